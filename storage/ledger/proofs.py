"""What proves one chain to somebody outside: keys, roots, the heads under them, with their paths (RFC 6962)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.merkle import Log, leaf_hash
from rules.statements import leaf
from storage.ledger.keys import all_keys
from storage.ledger.roots import AT_A_TIME
from storage.tables.ledger import LedgerKey, LedgerLeaf, LedgerRoot, LedgerWitness


@dataclass(frozen=True, slots=True)
class Proofs:
    keys: tuple[LedgerKey, ...]
    roots: tuple[tuple[LedgerRoot, list[bytes]], ...]
    """Each with the proof that it grew into the last one."""
    entries: tuple[tuple[LedgerLeaf, list[bytes]], ...]
    """The chain's heads in the log, each with its path to the last root."""
    stamps: dict[date, bytes]


async def read_proofs(session: AsyncSession, owner: UUID) -> Proofs:
    """The whole log is hashed once: a second and 32 MB for each million heads."""
    roots = tuple(await session.scalars(select(LedgerRoot).order_by(LedgerRoot.day)))
    log = await _read_log(session, roots[-1].size if roots else 0)
    entries = select(LedgerLeaf).where(LedgerLeaf.owner_id == owner, LedgerLeaf.position < log.size).order_by(LedgerLeaf.number)
    stamps = await session.execute(select(LedgerWitness.day, LedgerWitness.token).where(LedgerWitness.kind == "timestamp"))
    return Proofs(
        await all_keys(session),
        tuple((root, log.consistency_proof(root.size)) for root in roots),
        tuple((entry, log.inclusion_proof(entry.position)) for entry in await session.scalars(entries)),
        {day: token for day, token in stamps if token},
    )


async def _read_log(session: AsyncSession, size: int) -> Log:
    query = select(LedgerLeaf.owner_id, LedgerLeaf.number, LedgerLeaf.link).where(LedgerLeaf.position < size).order_by(LedgerLeaf.position)
    hashes = bytearray()
    rows = await session.stream(query.execution_options(yield_per=AT_A_TIME))
    async for some in rows.partitions():
        hashes += b"".join(leaf_hash(leaf(str(owner), number, link)) for owner, number, link in some)
    return Log(bytes(hashes))
