"""Each setting changes what it says it does: the program's own parts, put together with other values than the defaults."""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from moto.server import ThreadedMotoServer

from bots.web.app import create_app
from console.acting import Actor
from dialogs.services import Services
from sospeso.parts import Addresses, open_services
from sospeso.settings import load_settings
from storage.acts import read_acts
from storage.documents import About, find_document, keep_document
from storage.offers import offer_of
from storage.parties import find_party_by_email, open_party
from storage.settings import NotConfigured, Settings
from tests.bots.web.conftest import ORIGIN, Robot
from tests.console.house import a_colleague, a_request, quoted
from tests.dialogs.customer import Customer
from tests.dialogs.driver import EMAIL, PERSON
from tests.forms.content.shipped import catalogue as the_catalogue

BROKER = "https://broker.example.org"
OTHER = {
    "SOSPESO_AGENCY_NAME": "Broker Demo",
    "SOSPESO_AGENCY_EMAIL": "broker@example.org",
    "SOSPESO_TIMEZONE": "Asia/Tokyo",
    "SOSPESO_LANGUAGES": "en",
    "SOSPESO_LIMIT_TURNS": "12/h, 18/h",
    "SOSPESO_LIMIT_CONVERSATIONS": "2/h",
    "SOSPESO_LIMIT_LOOPBACK": "1",
    "SOSPESO_MAX_BODY": "2 kB",
    "SOSPESO_MAX_UPLOAD": "4 kB",
    "SOSPESO_CODE_RESEND": "2/min, 2/h",
    "SOSPESO_OFFER_DAYS": "7",
    "SOSPESO_CACHE": "1 conversations, 64 MB",
    "SOSPESO_TRUSTED_PROXIES": "127.0.0.1",
    "SOSPESO_EMBED_ORIGINS": BROKER,
    "SOSPESO_PUBLIC_URL": ORIGIN,
    "SOSPESO_SECRET_KEY": "s" * 40,
    "SOSPESO_MASTER_KEY": b64encode(b"m" * 32).decode(),
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """These settings from the environment, and no `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SOSPESO_{name.upper()}", raising=False)
    for name, value in {**OTHER, "SOSPESO_HOME": str(tmp_path / "home")}.items():
        monkeypatch.setenv(name, value)


@pytest_asyncio.fixture
async def services(_bare: None, database_url: str) -> AsyncIterator[Services]:
    async with open_services(load_settings(), Addresses(database_url, database_url, is_embedded=False), catalogue=the_catalogue()) as made:
        yield made


@pytest_asyncio.fixture
async def client(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """Behind a proxy on this machine."""
    transport = httpx.ASGITransport(create_app(services), client=("127.0.0.1", 1), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as opened:
        yield opened


def from_address(address: str) -> dict[str, str]:
    return {"x-forwarded-for": address}


async def passes(robot: Robot, most: int) -> int:
    """How many messages are taken before one is told to wait."""
    for number in range(most):
        if (await robot.send(command="help")).status_code == 429:
            return number
    return most


async def test_languages_and_agency(client: httpx.AsyncClient) -> None:
    robot = await Robot(client).open("it")
    assert "Broker Demo" in robot.turn["messages"][0]["text"]
    assert [choice["value"] for choice in robot.question["choices"]] == ["en"]
    await robot.answer("en")
    await robot.answer("complaint")
    assert "broker@example.org" in robot.turn["messages"][0]["text"]


async def test_limit_turns(client: httpx.AsyncClient) -> None:
    robot = await Robot(client).open()
    assert await passes(robot, 20) == 12  # the thirteenth and what was refused for it also count for the address
    assert await passes(await Robot(client).open(), 20) == 5


async def test_limit_conversations_by_the_address_that_a_trusted_proxy_tells(client: httpx.AsyncClient) -> None:
    async def opened(address: str) -> int:
        return (await client.post("/api/chat/conversations", headers=from_address(address))).status_code

    assert [await opened("203.0.113.1") for _ in range(3)] == [201, 201, 429]
    assert await opened("203.0.113.2") == 201


async def test_limit_loopback(client: httpx.AsyncClient) -> None:
    opened = [(await client.post("/api/chat/conversations")).status_code for _ in range(3)]
    assert opened == [201, 201, 429]


async def test_max_body_and_max_upload(client: httpx.AsyncClient) -> None:
    robot = await Robot(client).open()
    assert (await robot.send(text="x" * 1_900)).status_code == 200
    assert (await robot.send(text="x" * 2_100)).status_code == 413
    upload = {"data": {"id": "a", "question": robot.question["path"]}, "files": {"file": ("a.png", b"x" * 30_000, "image/png")}}
    assert (await robot.post(**upload)).status_code == 413


async def test_code_resend(client: httpx.AsyncClient) -> None:
    robot = await Robot(client).open()
    for answer in ("en", "register", "person", "demo@example.org"):
        await robot.answer(answer)
    for is_sent in (True, False):
        await robot.send(command="resend")
        assert (robot.turn["messages"][0]["kind"] != "problem") is is_sent


async def test_embed_origins(client: httpx.AsyncClient) -> None:
    page = await client.get("/?embed")
    assert page.headers["content-security-policy"].endswith(f"frame-ancestors {BROKER}")
    started = await client.post("/chat/start?embed", data={"door": "new", "language": "en"}, headers={"origin": ORIGIN})
    assert "SameSite=None" in started.headers["set-cookie"]


async def test_cache(services: Services) -> None:
    first, second = [(await services.turns.open("en", "web")).conversation for _ in range(2)]
    kept = [await services.turn_store.load(conversation) for conversation in (second, first)]
    assert [loaded is not None and loaded.memo is not None for loaded in kept] == [True, False]


async def test_timezone(services: Services) -> None:
    customer = await Customer(services.database, services.turns, services.keys).open("en")
    before = datetime.now(UTC)
    await customer.play({**PERSON, "journey.language": "en"}, until="registration_person.identity.family_name")
    async with services.database.transaction() as session:
        party = await find_party_by_email(session, services.keys, EMAIL)
        assert party is not None
        given = await read_acts(session, await open_party(session, services.keys, party))
    days = [moment.astimezone(ZoneInfo("Asia/Tokyo")) for moment in (before, datetime.now(UTC))]
    assert any(f"{moment:%d/%m/%y/%H/}" in given[0].facts["stamp"] for moment in days)


async def test_offer_days(services: Services) -> None:
    agent: Actor = await a_colleague(services)
    request = await a_request(services)
    await quoted(services, agent, request)
    async with services.database.transaction() as session:
        offer = await offer_of(session, request.quote)
    assert offer is not None
    assert (offer.valid_until - services.clock().astimezone(ZoneInfo("Asia/Tokyo")).date()).days == 7


class TestDocumentsUrls:
    @pytest.fixture
    def s3(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        """Address of an S3 on this machine with two buckets."""
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        for name, value in {"ENDPOINT": address, "ALLOW_HTTP": "true", "ACCESS_KEY_ID": "demo", "SECRET_ACCESS_KEY": "demo"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        for bucket in ("demo-documents", "demo-copies"):
            urlopen(Request(f"{address}/{bucket}", method="PUT")).close()
        yield address
        server.stop()

    @pytest.fixture
    def folders(self, tmp_path: Path) -> tuple[str, str]:
        return (tmp_path / "one").as_uri(), (tmp_path / "two").as_uri()

    async def test_folders(self, folders: tuple[str, str], monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> None:
        await self.lies_in_both(folders, monkeypatch, database_url)
        assert [len(list((tmp_path / name).iterdir())) for name in ("one", "two")] == [1, 1]

    async def test_s3(self, s3: str, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
        assert s3
        await self.lies_in_both(("s3://demo-documents/house", "s3://demo-copies/house"), monkeypatch, database_url)

    async def test_what_no_store_can_be_made_of_is_said(self, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
        monkeypatch.setenv("SOSPESO_DOCUMENTS_URL", "az://container/folder")  # of which account, nobody has said
        with pytest.raises(NotConfigured, match=r"^SOSPESO_DOCUMENTS_URL or .* cannot be opened: .*\.$"):
            async with open_services(load_settings(), Addresses(database_url, database_url, is_embedded=False), catalogue=the_catalogue()):
                pass

    async def lies_in_both(self, urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
        """A document is stored twice, read back, not overwritten, and deleted."""
        for name, url in zip(("DOCUMENTS_URL", "DOCUMENTS_COPY_URL"), urls, strict=True):
            monkeypatch.setenv(f"SOSPESO_{name}", url)
        addresses = Addresses(database_url, database_url, is_embedded=False)
        async with open_services(load_settings(), addresses, catalogue=the_catalogue()) as services:
            request, document = await a_request(services), uuid4()
            async with services.database.transaction() as session:
                owner = await open_party(session, services.keys, request.party)
                for _ in range(2):
                    stored = await services.documents.put(owner, b"%PDF- demo", media_type="application/pdf", document=document)
                await keep_document(session, owner, stored, About("upload", "Demo.pdf"))
                row = await find_document(session, document)
            assert row is not None
            assert await services.documents.check(row) == (True, True)
            assert await services.documents.read(owner, row) == b"%PDF- demo"
            await services.documents.delete(request.party, document)
            assert await services.documents.check(row) == (False, False)
