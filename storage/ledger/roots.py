"""The log of heads and its daily root: every head that was one when a root was made, in a tree that only grows (RFC 6962)."""

from datetime import date, datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rules.merkle import HASH, Tree, leaf_hash
from rules.statements import RootStatement, leaf
from storage.ledger.keys import LOCK_SPACE, Signer
from storage.tables.ledger import LedgerLeaf, LedgerRoot

AT_A_TIME = 5_000

ENTER_CHANGED = text("""
insert into ledger_leaf (position, owner_id, number, link)
select :size - 1 + row_number() over (order by owner_id), owner_id, number, link from chain_head as head
where number > 0 and not exists (select from ledger_leaf as known where known.owner_id = head.owner_id and known.number = head.number)
""")


async def make_root(session: AsyncSession, signer: Signer, day: date, at: datetime) -> LedgerRoot | None:
    """The day's signed root over every head there is; None where it was made before, or there is no head yet.

    All in the caller's transaction: killed before it commits, nothing happened and the next one makes it."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, 2)))  # two at once wait for each other
    before = await latest_root(session)
    if before is not None and before.day >= day:
        return None
    grown = tree_of(before) if before else Tree()
    await session.execute(ENTER_CHANGED, {"size": grown.size})
    entered = select(LedgerLeaf.owner_id, LedgerLeaf.number, LedgerLeaf.link).where(LedgerLeaf.position >= grown.size)
    rows = await session.stream(entered.order_by(LedgerLeaf.position).execution_options(yield_per=AT_A_TIME))
    async for some in rows.partitions():
        grown = grown.grown(leaf_hash(leaf(str(owner), number, link)) for owner, number, link in some)
    if grown.size == 0:
        return None
    key = await signer.current(session)
    statement = RootStatement(day, grown.size, grown.root, at, key.public_key)
    row = LedgerRoot(
        day=day,
        size=grown.size,
        root=grown.root,
        peaks=b"".join(grown.peaks),
        made_at=at,
        key_number=key.number,
        signature=key.sign(statement.text),
    )
    session.add(row)
    await session.flush()
    return row


async def latest_root(session: AsyncSession) -> LedgerRoot | None:
    row: LedgerRoot | None = await session.scalar(select(LedgerRoot).order_by(LedgerRoot.day.desc()).limit(1))
    return row


def statement_of(root: LedgerRoot, public_key: bytes) -> RootStatement:
    return RootStatement(root.day, root.size, root.root, root.made_at, public_key)


def tree_of(root: LedgerRoot) -> Tree:
    return Tree(root.size, tuple(root.peaks[at : at + HASH] for at in range(0, len(root.peaks), HASH)))
