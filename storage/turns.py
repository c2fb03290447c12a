"""Turns: every message and its reply, with the conversation's next snapshot, sealed and committed before anybody sees the reply.

A turn without effects takes the fast way (`write`): one statement, shared with other turns that wait, on connections of its own.
A turn with effects is written in their transaction (`write_within`). Both refuse a turn whose conversation has moved on, or has another
secret than when it was read (Stale), and find again what an incoming id was answered before (Taken)."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Self
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from storage.alone import alone
from storage.batching import ALONE, MOST, Row, Writer
from storage.connections import Connections
from storage.database import Database, driver_connection
from storage.keys import Keys
from storage.listening import CHANNEL, FORGET, Listening, Wake
from storage.recent import Loaded, Recent
from storage.tables.base import new_id

SECRET_BYTES = 24  # 192 random bits; at least 128 are promised
CONNECTIONS = 4
UNASKED = "\x1f"  # begins the ids of what the agency says: a customer's own ids are printable, so none can take the place of one
CREATE = """
with created as (
  insert into conversation (id, secret_sha256, wrapped_key, snapshot, version, language, channel)
  values ($1, $2, $3, $4, 1, $5, $6) returning id)
insert into turn (conversation_id, number, replies) select id, 1, $7 from created
"""
LOAD = "select version, snapshot, party_id, language, channel, secret_sha256, wrapped_key from conversation where id = $1"
OPENS = """
select secret_sha256 from conversation where id = $1 and (secret_sha256 = $2 or exists (
  select from entry where conversation_id = $1 and entry.secret_sha256 = $2 and expires_at > $3))
"""
HOLD = "select version, secret_sha256 from conversation where id = $1 for update"
FIND = """
select number, replies, is_sealed, wrapped_key from turn join conversation on id = conversation_id
where conversation_id = $1 and incoming_id = $2 and secret_sha256 = coalesce($3, secret_sha256)
"""
READ = """
select number, incoming_id, incoming, replies, is_sealed, turn.created_at, wrapped_key from turn join conversation on id = conversation_id
where conversation_id = $1 and number > $2 order by number limit $3
"""


class Turn(msgspec.Struct, frozen=True):
    """What is to be written after `loaded`: bytes in clear, sealed here."""

    loaded: Loaded
    incoming_id: str | None
    incoming: bytes | None
    snapshot: bytes
    replies: bytes
    language: str
    memo: object = None
    """Found again in the next `Loaded.memo`."""
    closes: bool = False
    """The conversation's key is destroyed with this turn: its reply and snapshot stay in clear and must say nothing personal, `incoming` is dropped."""

    def __repr__(self) -> str:
        return f"Turn({self.loaded}, {self.incoming_id})"


@dataclass(frozen=True, slots=True)
class Written:
    number: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The same incoming id was answered before: with this."""

    replies: bytes


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody was faster: load again, decide again."""


type Outcome = Written | Taken | Stale


@dataclass(frozen=True, slots=True)
class Created:
    conversation: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    number: int
    incoming_id: str | None
    incoming: bytes | None
    replies: bytes
    at: datetime


class TurnStore:
    """`async with TurnStore(…) as store`, or `close` it at the end."""

    def __init__(
        self, database: Database, keys: Keys, *, cache_entries: int = 10_000, cache_bytes: int = 64_000_000, batch: bool = True
    ) -> None:
        self._keys = keys
        self._recent = Recent(cache_entries, cache_bytes)
        self._connections = Connections(database.url, CONNECTIONS)
        self._writer = Writer(self._connections, most=MOST if batch else 1)
        self._listening = Listening(self._connections.connect, self._recent)

    async def close(self) -> None:
        await self._listening.close()
        await self._writer.close()
        await self._connections.close()

    async def __aenter__(self) -> Self:
        await self._listening.start()  # until then, and while it is cut, memory holds nothing
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def answers(self) -> bool:
        """Whether the database does, now and within a bounded time."""
        return await self._listening.answers()

    async def create(self, *, language: str, channel: str, snapshot: bytes, replies: bytes, memo: object = None) -> Created:
        """A new conversation with its first turn, number 1. The secret is told once and stored as its SHA-256 only."""
        conversation, secret = str(new_id()), secrets.token_urlsafe(SECRET_BYTES)
        key, wrapped = self._keys.new_data_key()
        loaded = Loaded(conversation, 1, snapshot, None, language, channel, sha256(secret.encode()).digest(), key, memo, self._recent.age)
        sealed_snapshot, sealed_replies = self._seal(loaded, "snapshot", 1, snapshot), self._seal(loaded, "replies", 1, replies)
        await self._connections.execute(
            CREATE, conversation, loaded.secret_sha256, wrapped, sealed_snapshot, language, channel, sealed_replies
        )
        self._recent.keep(loaded)
        return Created(conversation, secret)

    async def load(self, conversation: str, *, fresh: bool = False) -> Loaded | None:
        """None where there is no such conversation, or the id is none. `fresh` asks the database: for what is not followed by a `write`."""
        if not fresh and (found := self._recent.find(conversation)):
            return found
        if not _is_id(conversation):
            return None
        age = self._recent.age
        row = await self._connections.fetchrow(LOAD, conversation)
        if row is None:
            return None
        loaded = self._opened(conversation, row, age)
        known = self._recent.find(conversation)
        if known is not None and known.version == loaded.version and known.is_closed == loaded.is_closed:
            loaded = replace(loaded, memo=known.memo)
        self._recent.keep(loaded)
        return loaded

    async def opens(self, conversation: str, secret: str, now: datetime) -> bytes | None:
        """The SHA-256 of the conversation's own secret, where it is the one given or a browser got that one for a link; None: it stays closed.

        Never from memory: what it held was ended, perhaps, in another process."""
        if not _is_id(conversation):
            return None
        opened: bytes | None = await self._connections.fetchval(OPENS, conversation, sha256(secret.encode()).digest(), now)
        return opened

    async def write(self, turn: Turn) -> Outcome:
        """Durable when it returns. A turn cancelled while it waits may still have been written: its id tells."""
        loaded = turn.loaded
        if loaded.key is None:
            return await self._otherwise(loaded, turn.incoming_id)
        self._recent.drop(loaded.conversation)  # whatever happens next, this version is past or will be asked for again
        number = await self._writer.write(self._row(turn))
        if number is None:
            return await self._otherwise(loaded, turn.incoming_id)
        self._recent.keep(_after(turn))
        return Written(number)

    async def hold(self, session: AsyncSession, loaded: Loaded, incoming_id: str | None) -> Taken | Stale | None:
        """To the end of the caller's transaction nobody else takes a turn of this conversation. Not None = somebody was faster.

        Before anything else is locked: those who work on one conversation then wait for each other in one place, and none in a ring."""
        connection = await driver_connection(session)
        held = await connection.fetchrow(HOLD, loaded.conversation)
        if held is not None and (held["version"], held["secret_sha256"]) == (loaded.version, loaded.secret_sha256):
            return None
        self._recent.drop(loaded.conversation)
        return await self._otherwise(loaded, incoming_id)

    async def write_within(self, session: AsyncSession, turn: Turn) -> Outcome:
        """In the caller's transaction, which must end in an exception unless this is Written. Wakes who listens where nobody had asked."""
        loaded = turn.loaded
        self._recent.drop(loaded.conversation)
        connection = await driver_connection(session)
        number = None if loaded.key is None else await connection.fetchval(ALONE, *self._row(turn))
        if number is None:
            return await self._otherwise(loaded, turn.incoming_id)
        if is_unasked(turn.incoming_id):
            await self.wake_within(session, loaded.conversation)
        return Written(number)

    async def find(self, conversation: str, incoming_id: str, opened_by: bytes | None = None) -> bytes | None:
        """The stored replies to this id. `opened_by`: only while that is the SHA-256 of the conversation's secret."""
        row = await self._connections.fetchrow(FIND, conversation, incoming_id, opened_by) if _is_id(conversation) else None
        return None if row is None else self._unseal(conversation, "replies", row["number"], row["replies"], row)

    async def read_turns(self, conversation: str, after: int = 0, *, most: int | None = None) -> list[StoredTurn]:
        """In order; those whose key was destroyed are left out."""
        if not _is_id(conversation):
            return []
        rows = await self._connections.fetch(READ, conversation, after, most)
        return [self._stored(conversation, row) for row in rows if row["wrapped_key"] is not None or not row["is_sealed"]]

    @asynccontextmanager
    async def listen(self, conversation: str) -> AsyncIterator[Wake]:
        """`await wake()` returns when the agency may have said something in this conversation: then read_turns. One connection serves all."""
        async with self._listening.to(conversation) as wake:
            yield wake

    @asynccontextmanager
    async def listen_to_all(self) -> AsyncIterator[asyncio.Queue[str | None]]:
        """Every conversation in which the agency has said something, or that was woken; None = some may have been missed."""
        async with self._listening.to_all() as heard:
            yield heard

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[asyncio.Event]:
        """As storage.alone.alone."""
        async with alone(self._connections.connect, work) as lost:
            yield lost

    async def wake(self, conversation: str) -> None:
        """Wakes who listens, also for a turn that answers a message: it may have come by another door than the listener's."""
        await self._connections.execute("select pg_notify($1, $2)", CHANNEL, conversation)

    async def wake_within(self, session: AsyncSession, conversation: str) -> None:
        """As `wake`, at the end of the caller's transaction."""
        connection = await driver_connection(session)
        await connection.execute("select pg_notify($1, $2)", CHANNEL, conversation)

    async def bind(self, session: AsyncSession, conversation: str, party: str | UUID) -> None:
        """The conversation belongs to this party from the end of the transaction on."""
        self._recent.drop(conversation)
        connection = await driver_connection(session)
        await connection.execute("update conversation set party_id = $2 where id = $1", conversation, party)

    async def move(self, session: AsyncSession, conversation: str, channel: str) -> None:
        """The conversation goes on by this channel from the end of the transaction on."""
        self._recent.drop(conversation)
        connection = await driver_connection(session)
        await connection.execute("update conversation set channel = $2 where id = $1", conversation, channel)

    def forget(self, conversation: str) -> None:
        """Drops what memory holds of it, and what a turn under way would keep: its row was changed elsewhere (an erasure, its secret)."""
        self._recent.forget(conversation)

    async def forget_within(self, session: AsyncSession, conversation: str) -> None:
        """The same, at the end of the caller's transaction, in every process that listens; who looks at it is woken."""
        connection = await driver_connection(session)
        await connection.execute("select pg_notify($1, $3), pg_notify($2, $3)", FORGET, CHANNEL, conversation)

    async def _otherwise(self, loaded: Loaded, incoming_id: str | None) -> Taken | Stale:
        replies = None if incoming_id is None else await self.find(loaded.conversation, incoming_id, loaded.secret_sha256)
        return Stale() if replies is None else Taken(replies)

    def _row(self, turn: Turn) -> Row:
        loaded, number = turn.loaded, turn.loaded.version + 1
        if turn.closes:
            return Row(
                loaded.conversation,
                loaded.version,
                turn.snapshot,
                turn.language,
                turn.incoming_id,
                None,
                turn.replies,
                is_sealed=False,
                secret_sha256=loaded.secret_sha256,
            )
        incoming = None if turn.incoming is None else self._seal(loaded, "incoming", number, turn.incoming)
        snapshot, replies = self._seal(loaded, "snapshot", number, turn.snapshot), self._seal(loaded, "replies", number, turn.replies)
        return Row(
            loaded.conversation,
            loaded.version,
            snapshot,
            turn.language,
            turn.incoming_id,
            incoming,
            replies,
            is_sealed=True,
            secret_sha256=loaded.secret_sha256,
        )

    def _seal(self, loaded: Loaded, what: str, number: int, plaintext: bytes) -> bytes:
        if loaded.key is None:
            raise ValueError("the conversation is closed")
        return self._keys.seal(loaded.key, plaintext, _place(loaded.conversation, what, number))

    def _unseal(self, conversation: str, what: str, number: int, stored: bytes, row: asyncpg.Record) -> bytes | None:
        if not row["is_sealed"]:
            return stored
        if row["wrapped_key"] is None:
            return None
        return self._keys.unseal(self._keys.unwrap(row["wrapped_key"]), stored, _place(conversation, what, number))

    def _opened(self, conversation: str, row: asyncpg.Record, age: int) -> Loaded:
        wrapped, version = row["wrapped_key"], row["version"]
        key = None if wrapped is None else self._keys.unwrap(wrapped)
        snapshot = row["snapshot"] if key is None else self._keys.unseal(key, row["snapshot"], _place(conversation, "snapshot", version))
        party = None if row["party_id"] is None else str(row["party_id"])
        return Loaded(conversation, version, snapshot, party, row["language"], row["channel"], row["secret_sha256"], key, age=age)

    def _stored(self, conversation: str, row: asyncpg.Record) -> StoredTurn:
        number, incoming = row["number"], row["incoming"]
        opened = None if incoming is None else self._unseal(conversation, "incoming", number, incoming, row)
        replies = self._unseal(conversation, "replies", number, row["replies"], row)
        incoming_id = None if is_unasked(row["incoming_id"]) else row["incoming_id"]
        return StoredTurn(number, incoming_id, opened, replies or b"", row["created_at"])


def is_unasked(incoming_id: str | None) -> bool:
    """It answers no message: the agency speaks. Outside of here such a turn has no id."""
    return incoming_id is None or incoming_id.startswith(UNASKED)


def _after(turn: Turn) -> Loaded:
    before = turn.loaded
    key = None if turn.closes else before.key
    return replace(before, version=before.version + 1, snapshot=turn.snapshot, language=turn.language, key=key, memo=turn.memo)


def _place(conversation: str, what: str, number: int) -> bytes:
    return f"{what}:{conversation}:{number}".encode()


def _is_id(conversation: str) -> bool:
    try:
        return str(UUID(conversation)) == conversation
    except ValueError:
        return False
