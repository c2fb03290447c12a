"""Which documents are to be read back, what was found of them, and which somebody has to look after."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.documents import Look
from storage.tables.evidence import Document

EVERY = timedelta(days=28)  # each document is read back at least monthly
DAMAGED_EVERY = timedelta(days=1)  # what could not be put right: somebody may have brought it back, or mended the store


@dataclass(frozen=True, slots=True)
class Trouble:
    """How many documents wait for their copy, since when, and which are not right in both stores and could not be put right."""

    waiting: int
    since: datetime | None
    damaged: tuple[Document, ...]


async def documents_to_scrub(session: AsyncSession, at: datetime, *, most: int, before: datetime | None = None) -> tuple[Document, ...]:
    """Those without their copy, then those longest not read back; `before` that instant, else before the last month.

    Held until the transaction ends: two workers do not meet."""
    read_before, damaged_before = (before, before) if before is not None else (at - EVERY, at - DAMAGED_EVERY)
    due = or_(
        and_(Document.damaged_at.is_(None), Document.copied_at.is_(None)),
        and_(Document.damaged_at.is_(None), Document.verified_at < read_before),
        Document.damaged_at < damaged_before,
    )
    query = select(Document).where(due).order_by(Document.copied_at.is_not(None), Document.verified_at).limit(most)
    return tuple(await session.scalars(query.with_for_update(skip_locked=True)))


async def keep_look(session: AsyncSession, row: Document, look: Look, at: datetime) -> None:
    """What the scrub found of it."""
    sides = {look.first, look.copy}
    if look.copy in {"whole", "mended"} and row.copied_at is None:
        row.copied_at = at
    if sides <= {"whole", "mended"}:
        row.verified_at, row.damaged_at = at, None
    elif "damaged" in sides and "unreachable" not in sides:
        row.damaged_at = at
    await session.flush()


async def documents_in_trouble(session: AsyncSession, *, most: int = 100) -> Trouble:
    """What somebody has to look after."""
    waiting, since = (await session.execute(select(func.count(), func.min(Document.stored_at)).where(Document.copied_at.is_(None)))).one()
    damaged = await session.scalars(select(Document).where(Document.damaged_at.is_not(None)).order_by(Document.id).limit(most))
    return Trouble(waiting, since, tuple(damaged))
