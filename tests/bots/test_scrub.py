"""Documents are read back in both stores, and one store mends the other."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import UUID

import pytest
import pytest_asyncio
from moto.server import ThreadedMotoServer

from bots.scrub import AT_ONCE, scrub_all, scrub_due
from dialogs.services import Services
from storage.audit import read_audit
from storage.documents import About, DocumentStores, Look, keep_document
from storage.parties import open_party
from storage.scrubbing import Trouble, documents_in_trouble
from storage.tables.evidence import Document
from tests.bots.house import a_customer

pytestmark = pytest.mark.slow

MONTH = timedelta(days=30)


@pytest_asyncio.fixture
async def party(house: Services) -> UUID:
    return await a_customer(house)


async def a_document(house: Services, party: UUID, number: int = 1) -> Document:
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        stored = await house.documents.put(owner, f"%PDF-1.7 demo {number}".encode(), media_type="application/pdf")
        await keep_document(session, owner, stored, About("upload", "Demo.pdf"))
        row = await session.get(Document, stored.id)
    assert row is not None
    return row


async def trouble(house: Services) -> Trouble:
    async with house.database.transaction() as session:
        return await documents_in_trouble(session)


def files(house: Services, name: str) -> list[Path]:
    return sorted(path for path in (house.settings.home / name).rglob("*") if path.is_file())


def a_file(house: Services, name: str, row: Document) -> Path:
    return house.settings.home / name / str(row.party_id) / str(row.id)


def later(house: Services, by: timedelta) -> Services:
    return replace(house, clock=lambda: house.clock() + by)


async def test_every_document_is_read_back_once_a_month(house: Services, party: UUID) -> None:
    await a_document(house, party)
    assert await scrub_due(house) == {}
    assert await scrub_due(later(house, MONTH)) == {"whole": 1}
    assert await scrub_due(later(house, MONTH)) == {}


async def test_a_lost_first_store_is_brought_back_from_the_copies(house: Services, party: UUID) -> None:
    rows = [await a_document(house, party, number) for number in range(AT_ONCE + 5)]
    for file in files(house, "documents"):
        file.unlink()
    assert await scrub_all(house) == {"mended": AT_ONCE + 5}
    assert [await house.documents.check(row) for row in rows] == [(True, True)] * (AT_ONCE + 5)
    for file in files(house, "documents-copy"):
        file.unlink()
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        assert await house.documents.read(owner, rows[0]) == b"%PDF-1.7 demo 0"
        events = await read_audit(session, party=party)
    assert (events[0].action, events[0].who, events[0].detail) == ("document.mended", "clock", {"first": "mended", "copy": "whole"})


async def test_what_neither_store_has_right_is_told_until_it_is_brought_back(house: Services, party: UUID) -> None:
    row = await a_document(house, party)
    [first], [copy] = files(house, "documents"), files(house, "documents-copy")
    backup = first.read_bytes()
    first.write_bytes(b"damaged")
    copy.unlink()
    assert await scrub_due(later(house, MONTH)) == {"damaged": 1}
    assert [one.id for one in (await trouble(house)).damaged] == [row.id]
    assert await scrub_due(later(house, MONTH)) == {}  # not again at each look
    first.write_bytes(backup)
    assert await scrub_due(later(house, MONTH + timedelta(days=2))) == {"mended": 1}
    assert (await trouble(house)).damaged == ()


async def test_an_object_that_cannot_be_read_is_mended_and_holds_up_no_other(house: Services, party: UUID) -> None:
    rows = [await a_document(house, party, number) for number in range(3)]
    for name, row in zip(("documents", "documents-copy"), rows, strict=False):
        bad = a_file(house, name, row)
        bad.unlink()
        bad.symlink_to(bad.name)  # a loop: no disk reads it, as with a bad sector
    assert await scrub_due(later(house, MONTH)) == {"mended": 2, "whole": 1}
    assert [await house.documents.check(row) for row in rows] == [(True, True)] * 3


async def test_an_object_that_cannot_be_put_right_is_told_and_holds_up_no_other(house: Services, party: UUID) -> None:
    rows = [await a_document(house, party, number) for number in range(3)]
    bad = a_file(house, "documents", rows[0])
    bad.unlink()
    (bad / "in the way").mkdir(parents=True)
    assert await scrub_due(later(house, MONTH)) == {"damaged": 1, "whole": 2}
    assert [one.id for one in (await trouble(house)).damaged] == [rows[0].id]
    bad = a_file(house, "documents-copy", rows[0])
    bad.unlink()
    bad.symlink_to(bad.name)
    assert await house.documents.scrub(rows[0]) == Look("damaged", "damaged")


async def test_a_store_that_does_not_answer_ends_the_look(house: Services, party: UUID) -> None:
    for number in range(2):
        await a_document(house, party, number)
    store = house.settings.home / "documents"
    store.rename(store.with_name("unmounted"))
    assert await scrub_due(later(house, MONTH)) == {"unreachable": 1}
    assert (await trouble(house)).damaged == ()


async def test_a_look_ends_after_its_share_of_bytes(house: Services, party: UUID) -> None:
    for number in range(AT_ONCE + 5):
        await a_document(house, party, number)
    assert (await scrub_due(later(house, MONTH), most_bytes=1)).total() == AT_ONCE
    assert (await scrub_due(later(house, MONTH))).total() == 5


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadedMotoServer]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("ACCESS_KEY_ID", "demo"), ("SECRET_ACCESS_KEY", "demo"), ("REGION", "eu-south-1"), ("ALLOW_HTTP", "true"),
        ("ENDPOINT", f"http://{host}:{port}"),
    ):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    yield server
    server.stop()


def make_bucket(server: ThreadedMotoServer) -> None:
    host, port = server.get_host_and_port()
    urlopen(Request(f"http://{host}:{port}/demo-copies", method="PUT")).close()


@pytest_asyncio.fixture
async def copied_to_s3(house: Services, s3: ThreadedMotoServer) -> AsyncIterator[Services]:
    yield replace(house, documents=DocumentStores(house.settings.documents_url, "s3://demo-copies/house"))


async def test_a_copy_in_s3_is_made_up_for_when_it_answers_again(
    copied_to_s3: Services, s3: ThreadedMotoServer, party: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    house = copied_to_s3  # the bucket is not there yet
    rows = [await a_document(house, party, number) for number in range(2)]
    assert [row.copied_at for row in rows] == [None, None]
    assert caplog.text.count("waits for its copy") == 1  # the second is not kept waiting
    assert (await trouble(house)).waiting == 2
    assert await scrub_due(house) == {"unreachable": 1}
    make_bucket(s3)
    assert await scrub_due(house) == {"mended": 2}
    assert (await trouble(house)).waiting == 0
    assert [await house.documents.check(row) for row in rows] == [(True, True)] * 2
