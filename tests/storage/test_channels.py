"""Other doors into a conversation: chats, one-time links, and who does what only one may do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text

from storage.chats import Chats, Standing, Told, bind_chat, chats_behind, index_of
from storage.database import Database
from storage.entries import LINK, STAY, enter, make_link, use_link
from storage.keys import Keys
from storage.turns import TurnStore

KEYS = Keys(b"m" * 32)
NOW = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(shared_database: Database) -> Database:
    return shared_database


@pytest_asyncio.fixture
async def store(database: Database) -> AsyncIterator[TurnStore]:
    async with TurnStore(database, KEYS) as opened:
        yield opened


@pytest_asyncio.fixture
async def chats(database: Database) -> AsyncIterator[Chats]:
    async with Chats(database, KEYS) as opened:
        yield opened


@pytest_asyncio.fixture
async def conversation(store: TurnStore) -> UUID:
    return UUID((await store.create(language="it", channel="telegram", snapshot=b"{}", replies=b"hello")).conversation)


async def test_a_chat_is_found_by_its_number_and_by_its_conversation(database: Database, chats: Chats, conversation: UUID) -> None:
    index = index_of(KEYS, "telegram:4242", 70_001)
    async with database.transaction() as session:
        await bind_chat(session, KEYS, index, 70_001, conversation, opened_by="t:m1")
        assert conversation in await chats_behind(session)
    await chats.keep_shown(index, Standing("abc", 7, has_keyboard=True))
    await chats.keep_told(index, 1, is_elsewhere=False)
    await chats.keep_told(index, 0, is_elsewhere=True)
    by_index, by_conversation = await chats.find(index), await chats.find_of(str(conversation))
    async with database.transaction() as session:
        assert conversation not in await chats_behind(session)
    assert by_index == by_conversation
    assert by_index is not None
    assert (by_index.number, by_index.told, by_index.shown, by_index.asked_in) == (70_001, 1, "abc", 7)
    assert (by_index.has_keyboard, by_index.is_elsewhere) == (True, False)


async def test_what_is_shown_and_told_is_noted_at_once_and_never_back(database: Database, chats: Chats, conversation: UUID) -> None:
    index = index_of(KEYS, "telegram:4242", 70_002)
    async with database.transaction() as session:
        await bind_chat(session, KEYS, index, 70_002, conversation, opened_by="t:m1")
    await chats.keep_shown(index, Standing("abc", 7, has_keyboard=False), Told(3, is_elsewhere=True))
    await chats.keep_shown(index, Standing("old", 5, has_keyboard=False), Told(2, is_elsewhere=False))
    found = await chats.find(index)
    assert found is not None
    assert (found.told, found.is_elsewhere) == (3, True)


async def test_no_number_of_a_chat_stands_in_clear(database: Database, conversation: UUID) -> None:
    async with database.transaction() as session:
        await bind_chat(session, KEYS, index_of(KEYS, "telegram:4242", 987_654_321), 987_654_321, conversation, opened_by="t:m1")
        rows = (await session.execute(text("select chat::text, sealed_number from chat"))).all()
    assert not [row for row in rows if "987654321" in row[0] or b"987654321" in row[1]]


async def test_a_conversation_goes_on_in_one_chat_and_a_chat_with_one_conversation(
    database: Database, store: TurnStore, chats: Chats, conversation: UUID
) -> None:
    first, second = index_of(KEYS, "telegram:4242", 1), index_of(KEYS, "telegram:4242", 2)
    async with database.transaction() as session:
        await bind_chat(session, KEYS, first, 1, conversation, opened_by="t:m1")
        await bind_chat(session, KEYS, second, 2, conversation, opened_by="t:m2", told=5)
    await chats.keep_reachable(second, is_reachable=False)
    assert await chats.find(first) is None
    other = UUID((await store.create(language="it", channel="telegram", snapshot=b"{}", replies=b"hello")).conversation)
    async with database.transaction() as session:
        await bind_chat(session, KEYS, second, 2, other, opened_by="t:m3")
    found = await chats.find(second)
    assert found is not None
    assert (found.conversation, found.told, found.is_reachable) == (str(other), 0, True)


async def test_a_link_opens_once_within_ten_minutes(database: Database, conversation: UUID) -> None:
    async with database.transaction() as session:
        token, late = await make_link(session, conversation, NOW), await make_link(session, conversation, NOW)
        assert await use_link(session, token, NOW + LINK - timedelta(seconds=1)) == conversation
        assert await use_link(session, token, NOW) is None
        assert await use_link(session, late, NOW + LINK) is None
        assert await enter(session, late, NOW + LINK) is None


async def test_a_browser_gets_a_secret_of_its_own_for_a_link(database: Database, conversation: UUID, store: TurnStore) -> None:
    other = UUID((await store.create(language="it", channel="web", snapshot=b"{}", replies=b"hello")).conversation)
    async with database.transaction() as session:
        token = await make_link(session, conversation, NOW)
        entered = await enter(session, token, NOW)
        assert entered is not None
        assert entered[0] == conversation
        assert await enter(session, token, NOW) is None
        assert await use_link(session, token, NOW) is None
    assert await store.opens(str(conversation), entered[1], NOW + STAY - timedelta(seconds=1))
    assert not await store.opens(str(conversation), entered[1], NOW + STAY)
    assert not await store.opens(str(other), entered[1], NOW)
    assert not await store.opens(str(conversation), token, NOW)


async def test_two_links_at_once_open_once(database: Database, conversation: UUID) -> None:
    async with database.transaction() as session:
        token = await make_link(session, conversation, NOW)

    async def use() -> UUID | None:
        async with database.transaction() as session:
            return await use_link(session, token, NOW)

    assert sorted(map(str, await asyncio.gather(use(), use()))) == sorted([str(conversation), "None"])


async def test_of_two_processes_one_works_and_the_other_takes_over(database: Database, store: TurnStore) -> None:
    done: list[str] = []

    async def second(other: TurnStore) -> None:
        async with other.alone("a bot"):
            done.append("second")

    async with TurnStore(database, KEYS) as other:
        async with store.alone("a bot") as lost:
            waiting = asyncio.create_task(second(other))
            async with store.alone("another bot"):
                done.append("first")
            assert not lost.is_set()
        await waiting
    assert done == ["first", "second"]


async def test_who_listens_to_all_hears_every_conversation_that_is_woken(database: Database, store: TurnStore, conversation: UUID) -> None:
    async with TurnStore(database, KEYS) as other, store.listen_to_all() as heard:
        await other.wake(str(conversation))
        assert await heard.get() == str(conversation)
