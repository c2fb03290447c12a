"""Every chain of the store, act by act: streamed in one look at the database, a million acts in constant memory.

A process that shares the work imports only this module: SQLAlchemy, which the rest of the storage needs, takes it a second.

PostgreSQL's binary COPY writes each value after its length in four bytes, as a link's parts are hashed (rules.chain.digest): what arrives
from `previous` to the last fact is hashed as it is."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from struct import Struct, error
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
import uvloop

from rules.chain import DOMAIN, SALT_BYTES, commit, genesis
from storage.keys import CannotUnseal, Keys
from storage.sealing import ACT_DETAIL, ACT_SALT, bound

# The lengths stand first and tell where the parts begin: reading them off one by one took longer than hashing them. -1: there is none.
ROWS = """
select act.owner_id, act.link,
  act.is_sealed::int + 2 * (act.party_id is not null)::int + 4 * (act.owner_id = coalesce(act.party_id, act.conversation_id))::int
    + 8 * coalesce((head.number, head.link) = (act.number, act.link), false)::int,
  octet_length(act.kind) + octet_length(question) + octet_length(module) + octet_length(version) + octet_length(answer),
  36 * (act.conversation_id is not null)::int, octet_length(act.detail), coalesce(octet_length(act_salt.sealed_salt), -1),
  coalesce(octet_length(party.wrapped_key), -1),
  act.previous, act.number::int8, act.commitment, (extract(epoch from act.at) * 1000000)::int8,
  act.kind, act.question, act.module, act.version, act.answer, coalesce(act.conversation_id::text, ''),
  act.detail, act_salt.sealed_salt, party.wrapped_key
from act
left join act_salt on act_salt.owner_id = act.owner_id and act_salt.number = act.number and act_salt.owner_id between $1 and $2
left join party on party.id = act.owner_id and party.id between $1 and $2
left join chain_head as head on head.owner_id = act.owner_id and head.owner_id between $1 and $2
where act.owner_id between $1 and $2 order by act.owner_id, act.number
"""
# Four indexes read side by side. Left to itself the server looks each salt up alone, or sorts whole tables on disk.
READING = {"enable_nestloop": "off", "enable_hashjoin": "off", "enable_seqscan": "off", "enable_sort": "off", "jit": "off"}
IS_SEALED, HAS_PARTY, IS_OWNERS, IS_HEAD = 1, 2, 4, 8
FIXED = Struct(">h i16s i32s ii ii ii ii ii ii i32s iq i32s iq")
LENGTHS = (16, 32, 4, 4, 4, 4, 4, 4, 32, 8, 32, 8)
HASHED_FROM = Struct(">h i16s i32s ii ii ii ii ii ii").size
CLEAR_LENGTHS = 5 * 4
LENGTH = Struct(">i")
HASHES_AT = 8  # in what _read_odd reads: where previous, number, commitment begin
HEADER = 19  # bytes before the first row
DIGESTED = len(DOMAIN).to_bytes(4) + DOMAIN
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_TOLD = 100  # of what is wrong: whoever rewrote a whole store need not fill the memory of whoever checks it


class Wrong(NamedTuple):
    """What does not hold, where: an owner and the number of an act, a day, a receipt, a key."""

    what: str
    where: str


@dataclass(slots=True)
class Tally:
    """What was looked at; `wrong` holds the first of what does not hold, `wrong_count` how many there are."""

    owners: int = 0
    ended: int = 0
    """Chains whose last act is the one their head names."""
    acts: int = 0
    opened: int = 0
    erased: int = 0
    unopened: int = 0
    """Acts whose key was not given."""
    wrong: list[Wrong] = field(default_factory=list)
    wrong_count: int = 0

    def tell(self, what: str, where: str) -> None:
        self.wrong_count += 1
        if len(self.wrong) < MOST_TOLD:
            self.wrong.append(Wrong(what, where))

    def add(self, other: "Tally") -> None:
        for name in ("owners", "ended", "acts", "opened", "erased", "unopened", "wrong_count"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong = (self.wrong + other.wrong)[:MOST_TOLD]


class Range(NamedTuple):
    """What a process of its own looks at: the owners from `first` to `last`, as the snapshot shows them."""

    dsn: str
    settings: dict[str, str]
    snapshot: str
    master: bytes | None
    first: UUID
    last: UUID


def check_range(part: Range) -> Tally:
    """In a process of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_check_range(part))


async def _check_range(part: Range) -> Tally:
    connection = await asyncpg.connect(part.dsn, server_settings=part.settings | READING)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(f"set transaction snapshot '{part.snapshot}'")
            return await check_chains(connection, Keys(part.master) if part.master else None, part.first, part.last)
    finally:
        await connection.close()


async def check_chains(connection: asyncpg.Connection, keys: Keys | None, first: UUID, last: UUID) -> Tally:
    """Of the owners from `first` to `last`. Without keys no commitment is opened."""
    checker = _Checker(keys)
    await connection.copy_from_query(ROWS, first, last, output=checker.take, format="binary")
    checker.end()
    return checker.tally


class _Committed(msgspec.Struct, gc=False):
    kind: str
    question: str
    module: str
    version: str
    answer: str
    at: datetime


COMMITTED = msgspec.json.Decoder(_Committed)


type _Row = tuple[bytes, bytes, int, bytes, int, bytes, int, bytes, bytes, bytes, bytes | None, bytes | None, int]
"""Owner, link, flags, previous, number, commitment, microseconds; kind, question, module, version and answer, each after its length; what the
link hashes; detail, salt, wrapped key; where the next row begins. No class: to make one took longer than to hash it."""


class _Checker:
    def __init__(self, keys: Keys | None) -> None:
        self.tally = Tally()
        self._keys = keys
        self._rest, self._skip = b"", HEADER
        self._owner_id, self._name = b"", ""
        self._unseal: Callable[[bytes, bytes], bytes] | None = None
        self._salt_at, self._detail_at = b"", b""
        """Where the owner's salts and details stand, up to the number of the act."""
        self._previous, self._expected = b"", 1
        self._flags = 0

    async def take(self, data: bytes) -> None:
        """The next piece of what COPY sends; a row may be parted over two."""
        data, at = self._rest + data, self._skip
        if len(data) < at:
            self._rest = data
            return
        self._skip = 0
        while row := _read_row(data, at):
            owner, link, flags, _, number, _, _, _, _, _, _, wrapped_key, at = row
            if owner != self._owner_id:
                self._begin(owner, wrapped_key)
            self.tally.acts += 1
            if what := self._broken(row):
                self.tally.tell(what, f"act {number} of {self._name}")
            self._previous, self._expected, self._flags = link, number + 1, flags
        self._rest = data[at:]

    def end(self) -> None:
        """Of the chain that was read last."""
        self.tally.ended += self._flags & IS_HEAD == IS_HEAD

    def _begin(self, owner: bytes, wrapped_key: bytes | None) -> None:
        self.end()
        self.tally.owners += 1
        self._owner_id = owner
        self._name, self._unseal = str(UUID(bytes=owner)), None
        self._salt_at, self._detail_at = bound(ACT_SALT, f"{self._name}/"), bound(ACT_DETAIL, f"{self._name}/")
        self._previous, self._expected = genesis(self._name), 1
        if self._keys and wrapped_key:
            try:
                self._unseal = self._keys.opener(self._keys.unwrap(wrapped_key))
            except CannotUnseal:
                self.tally.tell("the data key does not open", self._name)

    def _broken(self, row: _Row) -> str | None:
        """Of the chain, or of what was committed to."""
        _, link, flags, previous, number, _, _, _, hashed, _, salt, wrapped_key, _ = row
        if number != self._expected:
            return "number: an act is missing, doubled or out of its place"
        if previous != self._previous:
            return "previous: it does not follow the act before it"
        if link != sha256(DIGESTED + hashed).digest():
            return "link: something in it was changed"
        if not flags & IS_OWNERS:
            return "owner: it was moved to somebody else"
        if salt is None:
            self.tally.erased += 1
            return "salt: it is gone, though nobody was erased" if wrapped_key else None
        return self._unlike(row, salt)

    def _unlike(self, row: _Row, salt: bytes) -> str | None:
        """What is wrong between what stands in clear and what was committed to, which only this house's keys could write."""
        _, _, flags, _, number, commitment, microseconds, clear, _, detail, _, _, _ = row
        if flags & IS_SEALED:
            if (unseal := self._unseal) is None:
                self.tally.unopened += 1
                return None
            place = b"%d" % number
            try:
                detail, salt = unseal(detail, self._detail_at + place), unseal(salt, self._salt_at + place)
            except CannotUnseal:
                self.tally.opened += 1
                return "sealing: its detail or salt were not written by this house"
        self.tally.opened += 1
        if not flags & IS_SEALED and flags & HAS_PARTY:
            return "sealing: it lies open"
        if len(salt) != SALT_BYTES or commitment != commit(salt, detail):
            return "commitment: its detail is not what was committed to"
        told = COMMITTED.decode(detail)
        in_clear = _clear(told.kind, told.question, told.module, told.version, told.answer)
        if clear != in_clear or (told.at - EPOCH) // MICROSECOND != microseconds:
            return "answer: what stands in clear is not what was committed to"
        return None


@lru_cache(maxsize=10_000)  # of a million acts there are some hundred kinds
def _clear(*facts: str) -> bytes:
    return b"".join(LENGTH.pack(len(fact.encode())) + fact.encode() for fact in facts)


def _read_row(data: bytes, at: int) -> _Row | None:
    """The row that begins there; None where it is not whole yet, or at the end."""
    try:
        fixed = FIXED.unpack_from(data, at)
    except error:  # a piece of a row, or one with shorter hashes
        return _read_odd(data, at)
    if fixed[1:24:2] != LENGTHS:
        return _read_odd(data, at)
    owner, link, flags, clear, conversation, detail, salt, key, previous, number, commitment, instant = fixed[2::2]
    clear_from = at + FIXED.size
    clear_to = clear_from + CLEAR_LENGTHS + clear
    hashed_to = clear_to + 4 + conversation
    detail_to = hashed_to + 4 + detail
    salt_to = detail_to + 4 + max(0, salt)
    to = salt_to + 4 + max(0, key)
    if to > len(data):
        return None
    return (
        owner, link, flags, previous, number, commitment, instant,
        data[clear_from:clear_to], data[at + HASHED_FROM : hashed_to], data[hashed_to + 4 : detail_to],
        data[detail_to + 4 : salt_to] if salt >= 0 else None, data[salt_to + 4 : to] if key >= 0 else None, to,
    )  # fmt: skip


def _read_value(data: bytes, at: int) -> tuple[bytes | None, int]:
    (length,) = LENGTH.unpack_from(data, at)
    return (None, at + 4) if length < 0 else (data[at + 4 : at + 4 + length], at + 4 + length)


def _read_odd(data: bytes, at: int) -> _Row | None:
    """A row whose hashes have not their length is told as changed, and the next one read. At the end there is none."""
    try:
        (count,) = Struct(">h").unpack_from(data, at)
        to, values = at + 2, []
        for _ in range(count):
            value, to = _read_value(data, to)
            values.append(value or b"")
    except error:
        return None
    if count < 0 or to > len(data):
        return None
    previous, number, commitment = values[HASHES_AT : HASHES_AT + 3]
    return (values[0], values[1], IS_SEALED, previous, int.from_bytes(number), commitment, 0, b"", b"", b"", None, None, to)
