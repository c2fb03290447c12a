"""The web room over real parts: database, engine, documents; requests through ASGI, or a real server where streams matter."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from bots.printing import Printers
from bots.web.app import create_app
from dialogs.services import Services
from dialogs.turn import Turns
from forms.catalogue import Catalogue
from storage.database import Database
from storage.documents import DocumentStores
from storage.keys import Keys
from storage.mails import read_mail
from storage.settings import Settings
from storage.tables.messages import OutgoingMail
from storage.turns import TurnStore
from tests.forms.content import shipped

KEYS = Keys(b"a master key for tests, 32 bytes or more")
ORIGIN = "http://127.0.0.1"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return shipped.catalogue()


@dataclass
class Made:
    """Services of any settings over one database."""

    database: Database
    store: TurnStore
    catalogue: Catalogue
    home: Path

    def services(self, **settings: Any) -> Services:
        made = Settings(_env_file=None, home=self.home, public_url=ORIGIN, **settings)
        turns = Turns(self.database, self.store, self.catalogue, made, keys=KEYS)
        documents = DocumentStores(made.documents_url, made.documents_copy_url)
        return Services(made, self.database, KEYS, self.store, turns, self.catalogue, documents, Printers().print_paper, is_demo=True)


@pytest_asyncio.fixture
async def made(database: Database, catalogue: Catalogue, tmp_path: Path) -> AsyncIterator[Made]:
    async with TurnStore(database, KEYS) as store:
        yield Made(database, store, catalogue, tmp_path)


@pytest.fixture
def services(made: Made) -> Services:
    return made.services()


@pytest_asyncio.fixture
async def client(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    async with a_client(services) as opened:
        yield opened


def a_client(services: Services, address: str = "127.0.0.1", **options: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(services), client=(address, 1), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, **options)


@dataclass
class Robot:
    """A program that talks through the API with its secret."""

    client: httpx.AsyncClient
    conversation: str = ""
    secret: str = ""
    turn: dict[str, Any] = field(default_factory=dict)

    async def open(self, language: str = "it") -> "Robot":
        answer = await self.client.post("/api/chat/conversations", json={"language": language})
        assert answer.status_code == 201
        opened = answer.json()
        self.conversation, self.secret, self.turn = opened["conversation"], opened["secret"], opened["turn"]
        return self

    @property
    def path(self) -> str:
        return f"/api/chat/conversations/{self.conversation}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    @property
    def question(self) -> dict[str, Any]:
        return self.turn["question"]

    async def send(self, **body: Any) -> httpx.Response:
        return await self.post(json={"id": uuid4().hex} | body)

    async def post(self, **request: Any) -> httpx.Response:
        answer = await self.client.post(f"{self.path}/turns", headers=self.headers, **request)
        if answer.status_code == 200:
            self.turn = answer.json()
        return answer

    async def answer(self, value: object) -> httpx.Response:
        return await self.send(question=self.question["path"], value=value, shown=self.question["shown"])

    async def walk(self, script: dict[str, Any], until: str, read_code: "Callable[[], Any]") -> None:
        """Answers by the script, confirms, skips what may be skipped, until a question is open."""
        for _ in range(150):
            asked = self.question
            if asked["path"] == until:
                return
            await self._step(asked, script, read_code)
        raise AssertionError(f"still at {self.question['path']}: {self.turn['messages']}")

    async def _step(self, asked: dict[str, Any], script: dict[str, Any], read_code: "Callable[[], Any]") -> None:
        if asked["type"] == "code":
            answer = await self.answer(await read_code())
        elif asked["path"] in script:
            answer = await self.answer(script[asked["path"]])
        elif asked["type"] == "confirm":
            answer = await self.answer(value=True)
        else:
            answer = await self.send(command="skip")
        assert answer.status_code == 200, answer.text


@pytest_asyncio.fixture
async def robot(client: httpx.AsyncClient) -> Robot:
    return await Robot(client).open()


@pytest.fixture
def read_code(database: Database) -> Callable[[], Any]:
    async def read() -> str:
        async with database.transaction() as session:
            latest = await session.scalar(
                select(OutgoingMail.id).where(OutgoingMail.kind == "code").order_by(OutgoingMail.id.desc()).limit(1)
            )
            return str((await read_mail(session, KEYS, latest)).facts["code"])

    return read
