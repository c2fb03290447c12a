"""S0-44: lists that another program sends: verified as Standard Webhooks 1.0.0 asks, then read like a file in the source's folder."""

import asyncio
import base64
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from bots.sync.arriving import Folders
from bots.sync.webhooks import sign
from bots.web import lists
from bots.web.app import create_app
from bots.web.lists import MOST_AT_ONCE
from dialogs.services import Services
from storage.tables.imports import ClientImport
from tests.bots.house import AT
from tests.bots.sync.house import SOURCE, with_source
from tests.bots.sync.test_arriving import LIST

pytestmark = pytest.mark.slow

NAME, SECRET = "DEMO_LISTS_SECRET", b"demo secret of 24 bytes!"
BODY, ID = LIST.encode(), "msg_demo.1"
NOW = int(AT.timestamp())


def signed(body: bytes = BODY, *, message: str = ID, at: int = NOW, secret: bytes = SECRET) -> dict[str, str]:
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": f"v1,c2hvcnQ= {sign(secret, message, at, body)}"}


@pytest.fixture
def sent_to(house: Services, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    monkeypatch.setenv(NAME, f"whsec_{base64.b64encode(SECRET).decode()}")
    return with_source(house, folder, secret=NAME)


@pytest_asyncio.fixture
async def client(sent_to: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(sent_to))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as made:
        yield made


async def test_a_signed_list_waits_for_a_colleague_and_the_same_message_again_is_read_once(
    sent_to: Services, client: httpx.AsyncClient, folder: Path
) -> None:
    folders = Folders(sent_to)
    for _ in range(2):
        for _ in range(2):
            answer = await client.post(f"/webhooks/lists/{SOURCE}", content=BODY, headers=signed())
            assert (answer.status_code, answer.content) == (202, b"")
        assert [path.name for path in folder.iterdir()] == [f"sent-{ID}.csv"]
        for _ in range(2):
            await folders.look()
        assert list(folder.iterdir()) == []
    async with sent_to.database.transaction() as session:
        (row,) = await session.scalars(select(ClientImport))
    assert (row.program, row.counts) == (SOURCE, {"same": 0, "new": 1})


WRONG = {
    "no signature": {},
    "another secret": signed(secret=b"another secret, 24 bytes"),
    "another body": signed(b"x"),
    "another id": signed() | {"webhook-id": "msg_demo.2"},
    "too old": signed(at=NOW - 301),
    "too new": signed(at=NOW + 301),
    "another instant": signed() | {"webhook-timestamp": str(NOW + 1)},
    "no instant": signed() | {"webhook-timestamp": "x"},
    "an endless instant": signed() | {"webhook-timestamp": 5_000 * "9"},
    "a path": signed(message="../../demo"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_not_signed_by_it_now_is_refused_and_kept_nowhere(client: httpx.AsyncClient, folder: Path, wrong: str) -> None:
    answer = await client.post(f"/webhooks/lists/{SOURCE}", content=BODY, headers=WRONG[wrong])
    assert (answer.status_code, answer.json()["type"]) == (401, "not-signed")
    assert list(folder.iterdir()) == []


class Sender:
    """Sends a megabyte at a time; `sent`: how many were asked for."""

    def __init__(self, megabytes: int) -> None:
        self.sent, self._megabytes = 0, megabytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self._megabytes):
            self.sent += 1
            yield b"x" * 1_000_000


UNREAD = {each: WRONG[each] for each in ("no signature", "too old", "too new", "no instant", "an endless instant", "a path")}
UNREAD |= {"no form of a signature": signed() | {"webhook-signature": "v1,c2hvcnQ= v2,x"}}


@pytest.mark.parametrize("wrong", UNREAD)
async def test_nothing_is_read_of_what_says_itself_that_it_is_not_signed_now(client: httpx.AsyncClient, wrong: str) -> None:
    sender = Sender(40)
    answer = await client.post(f"/webhooks/lists/{SOURCE}", content=sender, headers=UNREAD[wrong])
    assert (answer.status_code, sender.sent) == (401, 0)


async def test_no_more_is_read_of_a_list_than_tells_that_it_is_too_long(sent_to: Services, client: httpx.AsyncClient) -> None:
    for name in (SOURCE, "altro"):
        sender = Sender(40)
        answer = await client.post(f"/webhooks/lists/{name}", content=sender, headers=signed() | {"content-length": "40000000"})
        assert (answer.status_code, sender.sent) == (413, 0)
        answer = await client.post(f"/webhooks/lists/{name}", content=sender, headers=signed())
        assert (answer.status_code, sender.sent) == (413, sent_to.settings.max_import // 1_000_000 + 1)


async def test_of_a_list_to_a_name_that_nobody_has_nothing_is_kept_while_it_is_read(client: httpx.AsyncClient) -> None:
    tracemalloc.start()
    answer = await client.post("/webhooks/lists/altro", content=Sender(19), headers=signed())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 401
    assert most < 5_000_000


class Waiter:
    """Sends half of a list, and the rest once it is let."""

    def __init__(self) -> None:
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield BODY[:100]
        self.asked.set()
        await self.let.wait()
        yield BODY[100:]


@pytest.mark.parametrize(("name", "status"), [(SOURCE, 202), ("altro", 401)])
async def test_no_more_lists_to_one_name_are_in_memory_at_once_than_a_few(client: httpx.AsyncClient, name: str, status: int) -> None:
    waiters = [Waiter() for _ in range(MOST_AT_ONCE)]
    posts = [asyncio.create_task(client.post(f"/webhooks/lists/{name}", content=each, headers=signed())) for each in waiters]
    await asyncio.gather(*(each.asked.wait() for each in waiters))
    crowded = await client.post(f"/webhooks/lists/{name}", content=BODY, headers=signed())
    assert (crowded.status_code, crowded.json()["type"]) == (503, "crowded")
    assert (await client.post("/webhooks/lists/third", content=BODY, headers=signed())).status_code == 401, "others do not wait for it"
    for each in waiters:
        each.let.set()
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {status}
    assert (await client.post(f"/webhooks/lists/{name}", content=BODY, headers=signed())).status_code == status


async def test_whoever_sends_without_end_holds_nobodys_place(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "WITHIN_S", 0.01)
    endless = [client.post(f"/webhooks/lists/{SOURCE}", content=Waiter(), headers=signed()) for _ in range(MOST_AT_ONCE)]
    for answer in await asyncio.gather(*endless):
        assert (answer.status_code, answer.json()["type"]) == (408, "too-slow")
    monkeypatch.setattr(lists, "WITHIN_S", 120.0)
    assert (await client.post(f"/webhooks/lists/{SOURCE}", content=BODY, headers=signed())).status_code == 202


async def test_nobody_learns_which_programs_there_are(house: Services, client: httpx.AsyncClient, folder: Path) -> None:
    unknown = await client.post("/webhooks/lists/altro", content=BODY, headers=signed())
    known = await client.post(f"/webhooks/lists/{SOURCE}", content=BODY, headers=WRONG["another secret"])
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content)
    long = b"x" * (house.settings.max_import + 1)
    unknown, known = [await client.post(f"/webhooks/lists/{name}", content=long, headers=signed(long)) for name in ("altro", SOURCE)]
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content)
    transport = httpx.ASGITransport(create_app(with_source(house, folder)))  # a source that takes files only
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as other:
        assert (await other.post(f"/webhooks/lists/{SOURCE}", content=BODY, headers=signed())).status_code == 401


async def test_a_list_that_is_too_long_and_a_folder_out_of_reach_are_told(
    sent_to: Services, client: httpx.AsyncClient, folder: Path
) -> None:
    long = b"x" * (sent_to.settings.max_import + 1)
    answer = await client.post(f"/webhooks/lists/{SOURCE}", content=long, headers=signed(long))
    assert (answer.status_code, answer.json()["limit"]) == (413, sent_to.settings.max_import)
    (folder / f"sent-{ID}.csv").mkdir()
    assert (await client.post(f"/webhooks/lists/{SOURCE}", content=BODY, headers=signed())).status_code == 503
    assert [path.name for path in folder.iterdir()] == [f"sent-{ID}.csv"], "nothing half written is left of what was not kept"
    (folder / f"sent-{ID}.csv").rmdir()
    folder.rmdir()
    answer = await client.post(f"/webhooks/lists/{SOURCE}", content=BODY, headers=signed())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
