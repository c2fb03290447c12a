"""Turns: durable, sealed, once each; alone, in batches, from two stores at once."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from secrets import token_bytes

import asyncpg
import pytest
import pytest_asyncio
from msgspec.structs import replace
from sqlalchemy import make_url, text

from storage.batching import ALONE, ENOUGH, TOGETHER, Writer
from storage.connections import Connections
from storage.database import Database
from storage.keys import Keys
from storage.listening import CHANNEL, FORGET, Listening
from storage.recent import Loaded, Recent
from storage.turns import FIND, LOAD, OPENS, READ, Created, Outcome, Stale, Taken, Turn, TurnStore, Written

KEYS = Keys(b"m" * 32)
NOW = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(shared_database: Database) -> Database:
    return shared_database


@pytest_asyncio.fixture(params=["plain", "cached", "batched"])
async def store(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[TurnStore]:
    entries = 0 if request.param == "plain" else 100
    async with TurnStore(database, KEYS, cache_entries=entries, batch=request.param == "batched") as opened:
        yield opened


@pytest_asyncio.fixture
async def other(database: Database) -> AsyncIterator[TurnStore]:
    """As in another process."""
    async with TurnStore(database, KEYS) as opened:
        yield opened


async def a_conversation(store: TurnStore) -> Created:
    return await store.create(language="it", channel="web", snapshot=b"{}", replies=b"welcome")


async def loaded(store: TurnStore, conversation: str) -> Loaded:
    found = await store.load(conversation)
    assert found is not None
    return found


def a_turn(after: Loaded, incoming_id: str | None = "a", **given: object) -> Turn:
    said = (incoming_id or "").encode()
    turn = Turn(after, incoming_id, b"said " + said, snapshot=b"after " + said, replies=b"reply to " + said, language="it")
    return replace(turn, **given)  # type: ignore[arg-type]  # fields of a Turn


async def take(store: TurnStore, conversation: str, incoming_id: str) -> Outcome:
    return await store.write(a_turn(await loaded(store, conversation), incoming_id))


async def test_a_turn_is_there_after_it_was_written(store: TurnStore, other: TurnStore) -> None:
    conversation = (await a_conversation(store)).conversation
    assert await take(store, conversation, "a") == Written(2)
    assert (await loaded(other, conversation)).snapshot == b"after a"
    assert [(turn.number, turn.incoming, turn.replies) for turn in await other.read_turns(conversation)] == [
        (1, None, b"welcome"),
        (2, b"said a", b"reply to a"),
    ]
    assert [turn.number for turn in await other.read_turns(conversation, after=1)] == [2]


async def test_the_same_id_finds_its_replies_and_changes_nothing(store: TurnStore) -> None:
    conversation = (await a_conversation(store)).conversation
    await take(store, conversation, "a")
    again = a_turn(await loaded(store, conversation), "a", replies=b"something else", snapshot=b"something else")
    assert await store.write(again) == Taken(b"reply to a")
    assert await store.find(conversation, "a") == b"reply to a"
    assert await store.find(conversation, "b") is None
    assert (await loaded(store, conversation)).snapshot == b"after a"


async def test_whoever_comes_second_is_told_to_load_again(store: TurnStore, other: TurnStore) -> None:
    conversation = (await a_conversation(store)).conversation
    first, second = await loaded(store, conversation), await loaded(other, conversation)
    assert await store.write(a_turn(first, "a")) == Written(2)
    assert await other.write(a_turn(second, "b")) == Stale()
    assert await take(other, conversation, "b") == Written(3)


async def test_the_same_id_at_once_from_two_processes_is_one_turn(store: TurnStore, other: TurnStore) -> None:
    for _ in range(20):
        conversation = (await a_conversation(store)).conversation
        here, there = await loaded(store, conversation), await loaded(other, conversation)
        outcomes = await asyncio.gather(*(each.write(a_turn(at, "a")) for each, at in ((store, here), (other, there), (store, here))))
        assert sorted(map(str, outcomes)) == sorted(map(str, [Written(2), Taken(b"reply to a"), Taken(b"reply to a")]))
        assert len(await store.read_turns(conversation)) == 2


async def test_the_same_id_at_once_with_other_words_is_answered_with_what_is_stored(store: TurnStore) -> None:
    for _ in range(20):
        conversation, another = (await a_conversation(store)).conversation, (await a_conversation(store)).conversation
        at, ahead = await loaded(store, conversation), await loaded(store, another)
        said = [a_turn(at, "a", replies=words, snapshot=words) for words in (b"one", b"two", b"three")]
        _, *outcomes = await asyncio.gather(store.write(a_turn(ahead, "a")), *map(store.write, said))
        told = {outcome.replies if isinstance(outcome, Taken) else turn.replies for turn, outcome in zip(said, outcomes, strict=True)}
        assert told == {await store.find(conversation, "a")}
        assert {(await loaded(store, conversation)).snapshot} == told


async def test_many_conversations_at_once_each_get_their_own_reply(store: TurnStore) -> None:
    conversations = [(await a_conversation(store)).conversation for _ in range(40)]
    for number in range(2, 5):
        outcomes = await asyncio.gather(*(take(store, each, f"{each}-{number}") for each in conversations))
        assert outcomes == [Written(number)] * 40
    for each in conversations:
        assert [turn.incoming_id for turn in await store.read_turns(each)] == [None, *(f"{each}-{number}" for number in range(2, 5))]


async def test_a_row_the_database_refuses_fails_alone(store: TurnStore) -> None:
    conversations = [(await a_conversation(store)).conversation for _ in range(9)]
    ids = ["\x00" if index == 4 else "\ud800" if index == 7 else f"turn-{index}" for index in range(9)]
    outcomes = await asyncio.gather(
        *(take(store, each, name) for each, name in zip(conversations, ids, strict=True)), return_exceptions=True
    )
    assert isinstance(outcomes[4], asyncpg.DataError)
    assert isinstance(outcomes[7], asyncpg.DataError | UnicodeEncodeError)
    assert [outcome for index, outcome in enumerate(outcomes) if index not in {4, 7}] == [Written(2)] * 7
    assert len(await store.read_turns(conversations[4])) == 1


async def test_a_connection_that_breaks_loses_and_doubles_nothing(store: TurnStore, database: Database) -> None:
    conversations = [(await a_conversation(store)).conversation for _ in range(20)]

    async def cut() -> None:
        async with database.engine.connect() as connection:
            await connection.execute(text("set role none"))
            await connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sospeso turns' and datname = current_database()"
                )
            )

    outcomes = await asyncio.gather(*(take(store, each, "a") for each in conversations), cut(), return_exceptions=True)
    for conversation, outcome in zip(conversations, outcomes, strict=False):
        if isinstance(outcome, BaseException):
            outcome = await take(store, conversation, "a")  # noqa: PLW2901 - what a client does: the same id again
        assert outcome in {Written(2), Taken(b"reply to a")}
        assert len(await store.read_turns(conversation)) == 2


async def test_who_is_cancelled_while_waiting_takes_nobody_along(store: TurnStore) -> None:
    conversations = [(await a_conversation(store)).conversation for _ in range(10)]
    waiting = [asyncio.ensure_future(take(store, each, "a")) for each in conversations]
    await asyncio.sleep(0)
    for index in (0, 5):
        waiting[index].cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    for index, outcome in enumerate(outcomes):
        assert isinstance(outcome, asyncio.CancelledError) if index in {0, 5} else outcome == Written(2)
    for index in (0, 5):
        assert await take(store, conversations[index], "a") in {Written(2), Taken(b"reply to a")}


async def test_a_turn_with_effects_is_written_with_them_or_not_at_all(store: TurnStore, database: Database) -> None:
    conversation = (await a_conversation(store)).conversation
    before = await loaded(store, conversation)
    with pytest.raises(ZeroDivisionError):
        await write_within_and_fail(store, database, a_turn(before, "a"))
    assert await store.find(conversation, "a") is None
    assert (await loaded(store, conversation)).version == 1
    async with database.transaction() as session:
        assert await store.write_within(session, a_turn(before, "a")) == Written(2)
    async with database.transaction() as session:
        assert await store.write_within(session, a_turn(await loaded(store, conversation), "a")) == Taken(b"reply to a")
        assert await store.write_within(session, a_turn(before, "b")) == Stale()
    assert (await loaded(store, conversation)).snapshot == b"after a"


async def write_within_and_fail(store: TurnStore, database: Database, turn: Turn) -> None:
    async with database.transaction() as session:
        assert await store.write_within(session, turn) == Written(2)
        raise ZeroDivisionError


async def test_what_the_agency_says_wakes_who_listens_also_elsewhere(store: TurnStore, other: TurnStore, database: Database) -> None:
    conversation = (await a_conversation(store)).conversation
    async with other.listen(conversation) as wake:
        async with database.transaction() as session:
            assert await store.write_within(session, a_turn(await loaded(store, conversation), None)) == Written(2)
        await asyncio.wait_for(wake(), 10)
        assert [turn.number for turn in await other.read_turns(conversation, after=1)] == [2]


async def test_a_lost_listening_connection_wakes_and_listens_again(store: TurnStore, database: Database) -> None:
    conversation = (await a_conversation(store)).conversation
    async with store.listen(conversation) as wake:
        async with database.engine.connect() as connection:
            await connection.execute(text("set role none"))
            await connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity where query like '%LISTEN%' and datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        await asyncio.wait_for(wake(), 10)
        async with database.transaction() as session:
            await store.write_within(session, a_turn(await loaded(store, conversation), None))
        await asyncio.wait_for(wake(), 10)


class CutWhileItBegins(asyncpg.Connection):
    """Its server goes down again before it listens to everything: to the channel named so, or right after the last."""

    at = ""

    async def add_listener(self, channel: str, callback: Callable[..., object]) -> None:
        if channel == self.at:
            self.terminate()
        await super().add_listener(channel, callback)
        if channel == FORGET and not self.at:
            self.terminate()


@pytest.mark.parametrize("at", [CHANNEL, FORGET, ""])
async def test_a_listening_connection_cut_again_while_it_begins_listens_at_last(database: Database, at: str) -> None:
    address = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    kinds = iter([asyncpg.Connection, type("Cut", (CutWhileItBegins,), {"at": at})])
    made: list[asyncpg.Connection] = []
    recent = Recent(10, 10_000)

    async def connect() -> asyncpg.Connection:
        made.append(await asyncpg.connect(address, connection_class=next(kinds, asyncpg.Connection)))
        return made[-1]

    listening = Listening(connect, recent)
    async with listening.to("one") as wake:
        made[0].terminate()
        await asyncio.wait_for(wake(), 30)
        assert recent.age == 3  # as it began, as it was cut, as it began again
        assert [one.is_closed() for one in made] == [True, True, False]
        await made[-1].execute("select pg_notify($1, 'one')", CHANNEL)
        await asyncio.wait_for(wake(), 30)
    await listening.close()


async def test_who_stops_listening_while_it_begins_leaves_no_connection(database: Database) -> None:
    connections = Connections(database.url, 1)
    made: list[asyncpg.Connection] = []

    async def connect() -> asyncpg.Connection:
        made.append(await connections.connect())
        asyncio.get_running_loop().call_soon(listener.cancel)
        return made[0]

    async def listen() -> None:
        async with Listening(connect, Recent(0, 0)).to_all() as heard:
            await heard.get()

    listener = asyncio.create_task(listen())
    with pytest.raises(asyncio.CancelledError):
        await listener
    assert made[0].is_closed()


async def test_a_closed_conversation_keeps_its_last_reply_only(store: TurnStore, other: TurnStore, database: Database) -> None:
    conversation = (await a_conversation(store)).conversation
    await take(store, conversation, "a")
    async with database.transaction() as session:
        assert await store.write_within(
            session, a_turn(await loaded(store, conversation), "no", replies=b"goodbye", snapshot=b"closed", closes=True)
        ) == Written(3)
    closed = await loaded(other, conversation)
    assert (closed.is_closed, closed.snapshot) == (True, b"closed")
    assert [(turn.number, turn.incoming, turn.replies) for turn in await other.read_turns(conversation)] == [(3, None, b"goodbye")]
    assert await other.find(conversation, "no") == b"goodbye"
    assert await other.find(conversation, "a") is None
    assert await other.write(a_turn(closed, "more")) == Stale()
    assert await other.write(a_turn(closed, "no")) == Taken(b"goodbye")


async def test_what_is_erased_is_forgotten_in_every_process_that_listens(store: TurnStore, other: TurnStore, database: Database) -> None:
    conversation = (await a_conversation(store)).conversation
    held = await loaded(other, conversation)
    erased = text("update conversation set wrapped_key = null, snapshot = 'over', version = version + 1 where id = :id")
    async with other.listen(conversation) as wake:
        async with database.transaction() as session:
            await session.execute(erased, {"id": conversation})
            await store.forget_within(session, conversation)
        await asyncio.wait_for(wake(), 10)
        assert (await loaded(other, conversation)).is_closed
    assert await other.write(a_turn(held, "late")) == Stale()


async def test_what_was_read_before_it_had_to_be_forgotten_is_not_kept_again(
    store: TurnStore, other: TurnStore, database: Database
) -> None:
    """A turn under way while the conversation goes on elsewhere brings what it was into nobody's memory."""
    conversation = (await a_conversation(store)).conversation
    held = await loaded(store, conversation)
    async with database.transaction() as session:
        await other.move(session, conversation, "telegram")
    store.forget(conversation)
    assert await store.write(a_turn(held, "under way")) == Written(2)
    assert (await loaded(store, conversation)).channel == "telegram"


async def end_secret(database: Database, conversation: str) -> bytes:
    """As a new password does, and nobody is told."""
    nobodys = token_bytes(32)
    async with database.transaction() as session:
        changed = text("update conversation set secret_sha256 = :digest where id = :id")
        await session.execute(changed, {"digest": nobodys, "id": conversation})
    return nobodys


async def test_what_was_read_under_another_secret_is_not_written(store: TurnStore, database: Database) -> None:
    conversation = (await a_conversation(store)).conversation
    await take(store, conversation, "a")
    held = await loaded(store, conversation)
    nobodys = await end_secret(database, conversation)
    assert await store.write(a_turn(held, "b")) == Stale()
    assert await store.write(a_turn(held, "a")) == Stale()  # nor is told what was answered before
    async with database.transaction() as session:
        assert await store.hold(session, held, "b") == Stale()
        assert await store.write_within(session, a_turn(held, "b")) == Stale()
    assert (await loaded(store, conversation)).secret_sha256 == nobodys
    assert await take(store, conversation, "b") == Written(3)


async def test_in_one_statement_only_the_turn_under_another_secret_is_left_out(store: TurnStore, database: Database) -> None:
    held = [await loaded(store, (await a_conversation(store)).conversation) for _ in range(ENOUGH)]
    await end_secret(database, held[3].conversation)
    outcomes = await asyncio.gather(*(store.write(a_turn(one)) for one in held))
    assert outcomes == [Written(2) if number != 3 else Stale() for number in range(ENOUGH)]


async def test_whether_a_secret_opens_is_never_from_memory(store: TurnStore, database: Database) -> None:
    created = await a_conversation(store)
    held = await loaded(store, created.conversation)
    assert await store.opens(created.conversation, created.secret, NOW) == held.secret_sha256
    assert await store.opens(created.conversation, created.secret[::-1], NOW) is None
    assert await store.opens((await a_conversation(store)).conversation, created.secret, NOW) is None
    await end_secret(database, created.conversation)
    assert await store.opens(created.conversation, created.secret, NOW) is None


async def test_memory_holds_nothing_while_nobody_tells_what_to_forget(database: Database) -> None:
    async with TurnStore(database, KEYS) as store:
        conversation = (await a_conversation(store)).conversation
        assert len(store._recent) == 1
        listening = store._listening._connection
        assert listening is not None
        listening.terminate()
        while store._listening._connection is listening:  # noqa: ASYNC110 - the loop's next turns tell it
            await asyncio.sleep(0)
        assert len(store._recent) == 0
        await loaded(store, conversation)
        assert len(store._recent) == 0
        await store._listening.start()  # as it does by itself in a second
        await loaded(store, conversation)
        assert len(store._recent) == 1


async def test_a_memo_is_found_again_with_its_version_only(database: Database, other: TurnStore) -> None:
    async with TurnStore(database, KEYS) as store:
        conversation = (await a_conversation(store)).conversation
        await store.write(a_turn(await loaded(store, conversation), "a", memo="decoded"))
        assert (await loaded(store, conversation)).memo == "decoded"
        fresh = await store.load(conversation, fresh=True)
        assert fresh is not None
        assert fresh.memo == "decoded"
        await take(other, conversation, "b")
        fresh = await store.load(conversation, fresh=True)
        assert fresh is not None
        assert (fresh.memo, fresh.snapshot) == (None, b"after b")


async def test_memory_is_bounded_by_entries_and_bytes(database: Database) -> None:
    async with TurnStore(database, KEYS, cache_entries=3, cache_bytes=20_000) as store:
        for _ in range(5):
            await a_conversation(store)
        assert len(store._recent) == 3
        await store.create(language="it", channel="web", snapshot=b"x" * 15_000, replies=b"")
        assert len(store._recent) == 3
        await store.create(language="it", channel="web", snapshot=b"x" * 15_000, replies=b"")
        assert len(store._recent) == 1


async def test_a_snapshot_larger_than_a_page_is_kept(store: TurnStore) -> None:
    conversation = (await a_conversation(store)).conversation
    large = bytes(range(256)) * 400
    await store.write(a_turn(await loaded(store, conversation), "a", snapshot=large, replies=large))
    store.forget(conversation)
    assert (await loaded(store, conversation)).snapshot == large


@pytest.mark.parametrize("guess", ["", "x", "00000000-0000-0000-0000-000000000000", "{}", "\x00", "1" * 40])
async def test_an_id_that_is_none_is_not_found(other: TurnStore, guess: str) -> None:
    assert await other.load(guess) is None
    assert await other.find(guess, "a") is None
    assert await other.read_turns(guess) == []


async def test_nothing_said_is_stored_in_clear(other: TurnStore, database: Database) -> None:
    conversation = (await a_conversation(other)).conversation
    await other.write(
        a_turn(
            await loaded(other, conversation), "a", snapshot=b"RSSMRA80A01H501U", incoming=b"RSSMRA80A01H501U", replies=b"RSSMRA80A01H501U"
        )
    )
    connection = await asyncpg.connect(make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False))
    rows = await connection.fetch("select snapshot || incoming || replies as all from conversation join turn on id = conversation_id")
    await connection.close()
    assert b"RSSMRA80A01H501U" not in b"".join(row["all"] or b"" for row in rows)


async def test_a_writer_can_be_closed_in_the_moment_its_last_turn_is_told(store: TurnStore) -> None:
    writer = Writer(store._connections)
    at = await loaded(store, (await a_conversation(store)).conversation)
    assert await writer.write(store._row(a_turn(at))) == 2
    await writer.close()


class CountsAtOnce:
    """The store's own connections, and how many turns each statement took and how many were under way with it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.under_way = 0
        self.statements: list[tuple[int, int]] = []

    async def fetch(self, query: str, heads: str, *given: object) -> object:
        self.under_way += 1
        self.statements.append((len(json.loads(heads)), self.under_way))
        try:
            return await self._connections.fetch(query, heads, *given)
        finally:
            self.under_way -= 1


async def test_after_a_single_turn_the_next_goes_at_once_and_many_still_go_together(store: TurnStore) -> None:
    writer = Writer(store._connections)
    first, *crowd = [await loaded(store, (await a_conversation(store)).conversation) for _ in range(21)]
    assert await writer.write(store._row(a_turn(first))) == 2
    assert await asyncio.gather(*(writer.write(store._row(a_turn(one))) for one in crowd)) == [2] * 20
    await writer.close()


async def test_one_statement_at_a_time_while_the_next_is_filled(store: TurnStore) -> None:
    connections = CountsAtOnce(store._connections)
    writer = Writer(connections)
    at = [await loaded(store, (await a_conversation(store)).conversation) for _ in range(ENOUGH + 6)]
    first = [asyncio.create_task(writer.write(store._row(a_turn(one)))) for one in at[:ENOUGH]]
    while not connections.statements:  # noqa: ASYNC110 - the writer tells nobody
        await asyncio.sleep(0)
    assert await asyncio.gather(*first, *(writer.write(store._row(a_turn(one))) for one in at[ENOUGH:])) == [2] * (ENOUGH + 6)
    assert connections.statements == [(ENOUGH, 1), (6, 1)]


async def test_a_conversation_under_a_lock_holds_nobody_else_up(store: TurnStore, database: Database) -> None:
    held, *others = [await loaded(store, (await a_conversation(store)).conversation) for _ in range(6)]
    writer = Writer(store._connections)
    async with database.transaction() as session:
        assert await store.hold(session, held, None) is None
        stuck = [asyncio.create_task(writer.write(store._row(a_turn(one)))) for one in (held, others[0])]  # in one statement
        while not writer._writing:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0)
        waiting = asyncio.gather(*(writer.write(store._row(a_turn(one))) for one in others[1:]))
        assert await asyncio.wait_for(waiting, 20) == [2] * 4
        assert not any(one.done() for one in stuck)
    assert await asyncio.gather(*stuck) == [2, 2]
    await writer.close()


async def test_turns_that_come_one_after_the_other_go_in_one_statement(store: TurnStore) -> None:
    connections = CountsAtOnce(store._connections)
    writer = Writer(connections)
    at = [await loaded(store, (await a_conversation(store)).conversation) for _ in range(6)]

    async def customer(place: int) -> int | None:
        for _ in range(place):
            await asyncio.sleep(0)
        return await writer.write(store._row(a_turn(at[place])))

    assert await asyncio.gather(*map(customer, range(6))) == [2] * 6
    assert connections.statements == [(6, 1)]


@pytest.mark.parametrize(
    "statement", [ALONE, TOGETHER, LOAD, OPENS, FIND, READ], ids=["alone", "together", "load", "opens", "find", "read"]
)
async def test_row_security_adds_nothing_to_the_plan_of_a_turn(store: TurnStore, statement: str) -> None:
    """Its settings, looked up in a hundred sub-plans, once took a third of a statement's processor time."""
    connection = await store._connections.connect()
    await connection.execute("set plan_cache_mode = force_generic_plan")
    await connection.execute(f"prepare turn as {statement}")
    nulls = ", ".join(["null"] * len(set(re.findall(r"\$\d", statement))))
    plan = "\n".join(line for (line,) in await connection.fetch(f"explain (verbose) execute turn({nulls})"))
    await connection.close()
    assert "Index Scan using pk_conversation" in plan
    assert "sospeso." not in plan
    assert "pk_party" not in plan
