"""Turns that wait while a commit is under way share the next statement and its commit; each is answered only after it."""

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple, cast

import orjson

from storage.connections import Connections

log = logging.getLogger(__name__)

MOST = 200  # turns a statement
ENOUGH = 8  # turns that wait together: nobody else is waited for
LOOKS = 3  # turns of the loop without a newcomer before a statement goes
LATE_S = 0.05  # a statement that takes longer waits for a lock, or a slow disk: the next no longer waits for it

# The secret is compared so that no plan looks for it: the row is found by its id.
ALONE = """
with updated as (
  update conversation set snapshot = $3, version = version + 1, language = $4, updated_at = now(),
    wrapped_key = case when $8 then wrapped_key end
  where id = $1 and version = $2 and secret_sha256 is not distinct from $9 and wrapped_key is not null
    and not exists (select from turn where conversation_id = $1 and incoming_id = $5)
  returning id, version)
insert into turn (conversation_id, number, incoming_id, incoming, replies, is_sealed)
select id, version, $5, $6, $7, $8 from updated
returning number
"""
# All rows in two parameters: with an array for each column the driver takes half as long again.
TOGETHER = """
with given as (
  select id, version, language, incoming_id, is_sealed,
    substring($2::bytea from at for snapshot_bytes) as snapshot,
    substring($2::bytea from at + snapshot_bytes for incoming_bytes) as incoming,
    substring($2::bytea from at + snapshot_bytes + coalesce(incoming_bytes, 0) for replies_bytes) as replies,
    substring($2::bytea from at + snapshot_bytes + coalesce(incoming_bytes, 0) + replies_bytes for 32) as secret_sha256
  from json_to_recordset($1::json) as given (id uuid, version int, language text, incoming_id text, is_sealed bool,
    at int, snapshot_bytes int, incoming_bytes int, replies_bytes int)),
updated as (
  update conversation set snapshot = given.snapshot, version = conversation.version + 1, language = given.language, updated_at = now(),
    wrapped_key = case when given.is_sealed then conversation.wrapped_key end
  from given
  where conversation.id = given.id and conversation.version = given.version
    and conversation.secret_sha256 is not distinct from given.secret_sha256 and wrapped_key is not null
    and not exists (select from turn where conversation_id = given.id and turn.incoming_id = given.incoming_id)
  returning conversation.id, conversation.version, given.incoming_id, given.incoming, given.replies, given.is_sealed)
insert into turn (conversation_id, number, incoming_id, incoming, replies, is_sealed)
select * from updated
returning conversation_id, number
"""


class Row(NamedTuple):
    """The parameters of ALONE, in order; sealed."""

    id: str
    version: int
    snapshot: bytes
    language: str
    incoming_id: str | None
    incoming: bytes | None
    replies: bytes
    is_sealed: bool
    secret_sha256: bytes
    """As the version: a turn decided from what memory held is written only where it still stands."""


type Waiting = tuple[Row, asyncio.Future[int | None]]


class Writer:
    """Writes turns on connections of its own, several in one statement where several wait.

    One statement at a time: while it commits the next is filled. Two at a time are hardly faster and cost a quarter more of PostgreSQL."""

    def __init__(self, connections: Connections, *, most: int = MOST) -> None:
        self._connections = connections
        self._most = most
        self._waiting: list[Waiting] = []
        self._flights: set[asyncio.Task[None]] = set()
        self._flying: asyncio.Task[None] | None = None  # the one that takes what waits
        self._writing = 0
        self._is_quiet = False  # the last statement took one turn: nobody is waited for

    async def write(self, row: Row) -> int | None:
        """The turn's number; None where the version had moved on, the secret was another or the incoming id was known.

        Of a caller that is cancelled the turn may be written all the same: the same id finds it again."""
        if self._is_quiet and not self._waiting and not self._writing:
            return await self._write_now(row)
        answer: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, answer))
        if self._flying is None:
            self._take_off()
        return await answer

    async def _write_now(self, row: Row) -> int | None:
        self._writing += 1
        try:
            return cast("int | None", await self._connections.fetchval(ALONE, *row))
        finally:
            self._writing -= 1

    async def close(self) -> None:
        """After the turns that wait; the connections' own closing waits for those under way."""
        await asyncio.gather(*self._flights)

    def _take_off(self) -> None:
        self._flying = asyncio.create_task(self._fly())
        self._flights.add(self._flying)

    def _pass_on(self) -> None:
        """What waits is taken by another from now on: one conversation under a lock holds nobody else up."""
        self._flying = None
        if self._waiting:
            self._take_off()

    async def _fly(self) -> None:
        me = cast("asyncio.Task[None]", asyncio.current_task())
        try:
            while self._waiting and self._flying is me:
                await self._gather()
                batch = self._take_batch()
                self._writing += 1
                self._is_quiet = len(batch) == 1
                late = asyncio.get_running_loop().call_later(LATE_S, self._pass_on)
                try:
                    await self._write(batch)
                finally:
                    late.cancel()
                    self._writing -= 1
                    for _, answer in batch:  # only where this task was cancelled
                        answer.cancel()
        finally:  # at once: whoever it woke must not count it as still under way, and wait for another customer to come by
            self._flights.discard(me)
            if self._flying is me:
                self._flying = None

    async def _gather(self) -> None:
        """Until enough wait, or the loop brings nobody else: customers who come one by one are written together."""
        seen = looks = 0
        while looks < LOOKS and len(self._waiting) < ENOUGH:
            looks = looks + 1 if len(self._waiting) == seen else 0
            seen = len(self._waiting)
            await asyncio.sleep(0)

    def _take_batch(self) -> list[Waiting]:
        """Half of a crowd: it is answered, and speaks again, while the other half commits."""
        count = len(self._waiting)
        if count > ENOUGH:
            count = -(-count // 2)
        count = min(count, self._most)
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _write(self, batch: list[Waiting]) -> None:
        if len(batch) > 1 and await self._write_together(batch):
            return
        for row, answer in batch:
            try:
                number = await self._connections.fetchval(ALONE, *row)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this turn's, and its caller's to see
                if not answer.done():
                    answer.set_exception(error)
            else:
                _tell(answer, number)

    async def _write_together(self, batch: list[Waiting]) -> bool:
        """False where a row broke the statement, or the connection did: then each goes alone, and what was committed is found by its id."""
        # One turn of a conversation: PostgreSQL picks among several, and would not say which. The others have been overtaken.
        first = {row.id: row for row, _ in reversed(batch)}
        rows = sorted(first.values())  # the same order everywhere: two batches do not lock each other out
        try:
            written = await self._connections.fetch(TOGETHER, *_packed(rows))
        except Exception as error:  # noqa: BLE001 - likewise
            log.warning("a batch of %d turns is written one by one after %s", len(batch), type(error).__name__)
            return False
        numbers = {str(conversation): number for conversation, number in written}
        for row, answer in batch:
            _tell(answer, numbers.get(row.id) if row is first[row.id] else None)
        return True


def _packed(rows: Sequence[Row]) -> tuple[str, bytes]:
    """The parameters of TOGETHER: what is short as JSON, with where the bytes of each row lie."""
    heads: list[dict[str, object]] = []
    parts: list[bytes] = []
    at = 1
    for row in rows:
        snapshot, incoming, replies = row.snapshot, row.incoming, row.replies
        heads.append(
            {
                "id": row.id,
                "version": row.version,
                "language": row.language,
                "incoming_id": row.incoming_id,
                "is_sealed": row.is_sealed,
                "at": at,
                "snapshot_bytes": len(snapshot),
                "incoming_bytes": None if incoming is None else len(incoming),
                "replies_bytes": len(replies),
            }
        )
        parts += (snapshot, incoming or b"", replies, row.secret_sha256)
        at += len(snapshot) + len(incoming or b"") + len(replies) + len(row.secret_sha256)
    return orjson.dumps(heads).decode(), b"".join(parts)


def _tell(answer: asyncio.Future[int | None], number: int | None) -> None:
    if not answer.done():
        answer.set_result(number)
