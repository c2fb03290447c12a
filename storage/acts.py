"""The ledger of acts: one hash chain per party over salted commitments, appended to and never changed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules import chain
from rules.statements import instant
from storage.database import driver_connection
from storage.sealing import ACT_DETAIL, ACT_SALT, Owner
from storage.tables.evidence import Act, ActSalt, ChainHead

_OF_OWNER = select(Act).where(Act.owner_id == bindparam("owner")).order_by(Act.number)
_HEAD = "select number, link from chain_head where owner_id = $1 for update"
_FIRST_HEAD = "insert into chain_head (owner_id, number) values ($1, 0) on conflict do nothing"
# One statement: somebody waits for the turn that gives the act.
_APPEND = """
with given as (
  insert into act (owner_id, number, party_id, conversation_id, question, module, version, kind, answer, at,
                   commitment, previous, link, detail, is_sealed)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
), salted as (
  insert into act_salt (owner_id, number, sealed_salt, is_sealed) values ($1, $2, $16, $15)
)
update chain_head set number = $2, link = $13 where owner_id = $1
"""


@dataclass(frozen=True, slots=True)
class NewAct:
    """`facts` go into what is committed to: hash of the text, what was shown, language, stamp, channel."""

    question: str
    module: str
    version: str
    kind: str
    answer: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptAct:
    """`facts` is empty where the key was destroyed."""

    number: int
    question: str
    module: str
    version: str
    kind: str
    answer: str
    at: datetime
    link: bytes
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenedAct:
    """`salt` and `detail` are what the commitment was made of; erased: None and empty."""

    row: Act
    salt: bytes | None
    detail: bytes

    @property
    def facts(self) -> dict[str, str]:
        return dict(orjson.loads(self.detail)["facts"]) if self.detail else {}


@dataclass(frozen=True, slots=True)
class Head:
    """How far an owner's chain reaches; number 0 and the owner's genesis before the first act."""

    number: int
    link: bytes


async def append_act(session: AsyncSession, owner: Owner, act: NewAct, *, conversation: UUID | None = None) -> Head:
    """The owner's new head. The row of the head stays locked until the transaction ends."""
    return await _append(session, owner, act, conversation, is_sealed=True)


async def keep_refusal(session: AsyncSession, conversation: Owner, act: NewAct) -> Head:
    """The refusal of electronic collection, unsealed: its facts name nobody, and nothing else of the conversation stays."""
    return await _append(session, conversation, act, conversation.conversation, is_sealed=False)


async def read_head(session: AsyncSession, owner: UUID) -> Head:
    row = (await session.execute(select(ChainHead.number, ChainHead.link).where(ChainHead.owner_id == owner))).one_or_none()
    if row is None or row.link is None:
        return Head(0, chain.genesis(str(owner)))
    return Head(row.number, row.link)


async def latest_acts(session: AsyncSession, owner: Owner) -> tuple[KeptAct, ...]:
    """The latest act per question, in the order they were given."""
    latest = select(func.max(Act.number)).where(Act.owner_id == owner.id).group_by(Act.question)
    rows = await session.scalars(select(Act).where(Act.owner_id == owner.id, Act.number.in_(latest)).order_by(Act.number))
    return tuple(open_act(owner, row) for row in rows)


async def read_acts(session: AsyncSession, owner: Owner, *, since: datetime | None = None) -> tuple[KeptAct, ...]:
    """The whole path of acts, or from an agreed date (S0-21)."""
    query = _OF_OWNER if since is None else _OF_OWNER.where(Act.at >= since)
    return tuple(open_act(owner, row) for row in await session.scalars(query, {"owner": owner.id}))


async def open_acts(session: AsyncSession, owner: Owner) -> tuple[OpenedAct, ...]:
    """The whole path with what it takes to prove it to others."""
    rows = tuple(await session.scalars(_OF_OWNER, {"owner": owner.id}))
    opened = await _details(session, owner, rows)
    return tuple(OpenedAct(row, *opened.get(row.number, (None, b""))) for row in rows)


async def erase_salts(session: AsyncSession, owner: UUID) -> None:
    """Afterwards nobody can guess what the commitments were made of; the chain still verifies."""
    await session.execute(delete(ActSalt).where(ActSalt.owner_id == owner))


async def verify_owner(session: AsyncSession, owner: UUID, opened: Owner | None = None) -> chain.Break | None:
    """None where the owner's chain holds and ends at its head; with `opened` each detail is held against its commitment."""
    rows = tuple(await session.scalars(_OF_OWNER, {"owner": owner}))
    links = [chain.Link(row.number, row.at, _facts(row), row.commitment, row.previous, row.link) for row in rows]
    details = await _details(session, opened, rows) if opened else {}
    broken = chain.verify(str(owner), links, details)
    head = await read_head(session, owner)
    if broken is None and head.number != len(links):
        return chain.Break(head.number, "number")
    if broken is None and links and head.link != links[-1].link:
        return chain.Break(head.number, "link")
    return broken


async def verify_all(session: AsyncSession) -> dict[UUID, chain.Break]:
    """The owners whose chain is broken; empty = all hold."""
    owners = await session.scalars(select(ChainHead.owner_id).union(select(Act.owner_id)))
    broken = {owner: await verify_owner(session, owner) for owner in owners}
    return {owner: what for owner, what in broken.items() if what}


async def _append(session: AsyncSession, owner: Owner, act: NewAct, conversation: UUID | None, *, is_sealed: bool) -> Head:
    await session.flush()  # of a party made just now, say
    connection = await driver_connection(session)
    before = await _lock_head(connection, owner.id)
    salt, detail, given_in = os.urandom(chain.SALT_BYTES), canonical(act), conversation or owner.conversation
    facts = (act.kind, act.question, act.module, act.version, act.answer, str(given_in or ""))
    link = chain.next_link(before.number, before.link, at=act.at, facts=facts, commitment=chain.commit(salt, detail))
    place = f"{owner.id}/{link.number}"
    clear = (act.question, act.module, act.version, act.kind, act.answer, act.at)
    hashed = (link.commitment, link.previous, link.link)
    kept = owner.seal(ACT_DETAIL, place, detail) if is_sealed else detail
    kept_salt = owner.seal(ACT_SALT, place, salt) if is_sealed else salt
    await connection.execute(_APPEND, owner.id, link.number, owner.party, given_in, *clear, *hashed, kept, is_sealed, kept_salt)
    return Head(link.number, link.link)


async def _lock_head(connection: asyncpg.Connection, owner: UUID) -> Head:
    """Its row stays locked; 0 and the genesis before the first act."""
    while (row := await connection.fetchrow(_HEAD, owner)) is None:
        await connection.execute(_FIRST_HEAD, owner)
    return Head(row["number"], row["link"] or chain.genesis(str(owner)))


def _facts(row: Act) -> tuple[str, ...]:
    return (row.kind, row.question, row.module, row.version, row.answer, str(row.conversation_id or ""))


async def _details(session: AsyncSession, owner: Owner, rows: tuple[Act, ...]) -> dict[int, tuple[bytes, bytes]]:
    salts = {row.number: row for row in await session.scalars(select(ActSalt).where(ActSalt.owner_id == owner.id))}
    return {row.number: (_open_salt(owner, salt), _open_detail(owner, row)) for row in rows if (salt := salts.get(row.number)) is not None}


def _open_salt(owner: Owner, row: ActSalt) -> bytes:
    return owner.unseal(ACT_SALT, f"{row.owner_id}/{row.number}", row.sealed_salt) if row.is_sealed else row.sealed_salt


def _open_detail(owner: Owner, row: Act) -> bytes:
    return owner.unseal(ACT_DETAIL, f"{row.owner_id}/{row.number}", row.detail) if row.is_sealed else row.detail


def open_act(owner: Owner, row: Act) -> KeptAct:
    facts: dict[str, str] = orjson.loads(_open_detail(owner, row))["facts"]
    return KeptAct(row.number, row.question, row.module, row.version, row.kind, row.answer, row.at, row.link, facts)


def canonical(act: NewAct) -> bytes:
    """The same act is always the same bytes: keys sorted, time in UTC with microseconds."""
    told = {
        "question": act.question,
        "module": act.module,
        "version": act.version,
        "kind": act.kind,
        "answer": act.answer,
        "at": instant(act.at),
        "facts": dict(act.facts),
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
