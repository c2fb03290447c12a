"""A registered customer, and the browser with which they come to their area."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from dialogs.effects import Effect
from dialogs.services import Services
from forms.catalogue import Catalogue
from storage.database import Database
from storage.mails import read_mail
from storage.tables.messages import OutgoingMail
from storage.turns import TurnStore
from tests.bots.house import a_customer, a_registration
from tests.bots.web.conftest import KEYS, ORIGIN, Made, a_client
from tests.builders import a_suspended_registration
from tests.conftest import created

PASSWORD = "la gatta dorme sul davanzale"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass
class Browser:
    """Fills in the area's forms; keeps its cookies."""

    services: Services
    client: httpx.AsyncClient
    email: str
    party: UUID
    answer: httpx.Response = field(init=False)
    asked: str = ""
    """What the form that asked for a code keeps hidden."""

    @property
    def page(self) -> str:
        return self.answer.text

    @property
    def at(self) -> str:
        return self.answer.headers.get("location", "")

    async def look(self, path: str = "") -> str:
        self.answer = await self.client.get(f"/area{path}")
        return self.page

    async def send(self, path: str, **fields: str) -> httpx.Response:
        hidden = {"form": self.asked} if path.startswith("/password/new") else {}
        self.answer = await self.client.post(f"/area{path}", data={**hidden, **fields}, headers={"Origin": ORIGIN})
        self.asked = dict(HIDDEN.findall(self.page)).get("form", self.asked)
        return self.answer

    async def sign_in(self, name: str = "", password: str = PASSWORD) -> httpx.Response:
        return await self.send("/sign-in", name=name or self.email, password=password)

    async def set_password(self, password: str = PASSWORD, *, name: str = "", code: str | None = None) -> httpx.Response:
        await self.send("/password", email=self.email)
        hidden = {key: unescape(value) for key, value in HIDDEN.findall(self.page)}
        told = code or await self.read_code()
        return await self.send("/password/new", **hidden, code=told, new_name=name, new_password=password)

    async def read_code(self) -> str:
        async with asyncio.timeout(180):
            while not (found := await self.mails("account_code")):  # noqa: ASYNC110 - written after the answer is out, and nothing tells when
                await asyncio.sleep(0.02)
        return str(found[0]["code"])

    async def read_chat_code(self) -> str:
        """Of the latest chat: before the address is proved there the mail is the conversation's."""
        async with self.services.database.transaction() as session:
            latest = select(OutgoingMail.id).where(OutgoingMail.kind == "code").order_by(OutgoingMail.id.desc()).limit(1)
            mail = await read_mail(session, self.services.keys, await session.scalar(latest))
        return str(mail.facts["code"]) if mail is not None else ""

    async def mails(self, kind: str) -> list[dict[str, object]]:
        """Their facts, the latest first."""
        async with self.services.database.transaction() as session:
            theirs = select(OutgoingMail.id).where(OutgoingMail.kind == kind, OutgoingMail.party_id == self.party)
            ids = await session.scalars(theirs.order_by(OutgoingMail.id.desc()))
            found = [await read_mail(session, self.services.keys, one) for one in ids]
        return [{**mail.facts, "to": mail.to} for mail in found if mail is not None]


@pytest_asyncio.fixture(scope="session")
async def house(server_url: str, template: str, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Made]:
    """One for all tests here: each has a customer of its own."""
    with created(server_url, f"sospeso_area_{uuid4().hex}", template=template) as url:
        database = Database(url)
        async with TurnStore(database, KEYS) as store:
            yield Made(database, store, catalogue, tmp_path_factory.mktemp("area"))
        await database.close()


@pytest_asyncio.fixture
async def browser(house: Made) -> AsyncIterator[Browser]:
    """Of a customer who has registered."""
    services, email = house.services(), f"demo.{uuid4().hex[:12]}@example.org"
    party = await a_customer(services, *a_registration(), emails=(email,))
    async with a_client(services) as client:
        yield Browser(services, client, email, party)


async def entered_as(house: Made, *effects: Effect, email: str = "") -> Browser:
    """In the area of a customer who did all this."""
    services, email = house.services(), email or f"demo.{uuid4().hex[:12]}@example.org"
    party = await a_customer(services, *effects, emails=(email,))
    browser = Browser(services, a_client(services), email, party)
    assert (await browser.set_password()).status_code == 303
    return browser


@pytest_asyncio.fixture(scope="session")
async def resident(house: Made) -> Browser:
    """In the area of a customer who registered in a chat that goes on: takes a second to make, so it is one for all that need it."""
    services, email = house.services(), "residente@example.org"
    case = await a_suspended_registration(services, email=email, **{"modules.privacy_marketing.act_email": "accept"})
    browser = Browser(services, a_client(services), email, case.party)
    assert (await browser.set_password()).status_code == 303
    return browser


@pytest_asyncio.fixture
async def entered(browser: Browser) -> Browser:
    assert (await browser.set_password()).status_code == 303
    return browser


def another(browser: Browser, services: Services | None = None) -> Browser:
    """On another device; `services`: at another time."""
    house = services or browser.services
    return Browser(house, a_client(house), browser.email, browser.party)
