"""Who did or read what: ids and codes, never what was read. An operator works at the command line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Base
from storage.tables.evidence import AuditEvent
from storage.tables.parties import Party

type Who = Literal["colleague", "customer", "clock", "operator"]
REFUSED = ".refused"
"""Ends the code of what was tried and refused."""


@dataclass(frozen=True, slots=True)
class Audited:
    """`action` is stable (`submission.claimed`, `client.read`); `detail` holds ids, codes and counts, of an export its purpose as told.
    An operator is whoever runs a command on the server."""

    action: str
    at: datetime
    who: Who = "colleague"
    colleague: UUID | None = None
    party: UUID | None = None
    subject: UUID | None = None
    detail: Mapping[str, str | int | bool | None] | None = None


async def audit(session: AsyncSession, event: Audited) -> None:
    session.add(AuditEvent(**_values(event)))
    await session.flush()


async def audit_each(session: AsyncSession, events: Sequence[Audited]) -> None:
    """In one statement, however many were decided on together."""
    if events:
        await session.execute(insert(AuditEvent), [_values(event) for event in events])


async def whose(session: AsyncSession, subject: UUID) -> UUID | None:
    """The customer themselves, or of whom the row of this id is, in whatever table; None for anything else."""
    of_somebody = (table for table in Base.metadata.sorted_tables if {"id", "party_id"} <= set(table.columns.keys()))
    places = [select(table.c.party_id).where(table.c.id == subject) for table in of_somebody]
    found: UUID | None = await session.scalar(union_all(select(Party.id).where(Party.id == subject), *places))
    return found


async def read_audit(
    session: AsyncSession,
    *,
    party: UUID | None = None,
    colleague: UUID | None = None,
    who: Who | None = None,
    actions: Collection[str] | None = None,
    but: Collection[str] = (),
    is_refused: bool | None = None,
    before: int | None = None,
    most: int = 50,
) -> tuple[AuditEvent, ...]:
    """The latest first; `before` is the number of the last event of the page before. `actions`: only these; `but`: none of these."""
    wanted = (
        None if party is None else AuditEvent.party_id == party,
        None if colleague is None else AuditEvent.colleague_id == colleague,
        None if who is None else AuditEvent.who == who,
        None if actions is None else AuditEvent.action.in_(actions),
        AuditEvent.action.not_in(but) if but else None,
        None if is_refused is None else AuditEvent.action.endswith(REFUSED) == is_refused,
        None if before is None else AuditEvent.number < before,
    )
    query = select(AuditEvent).where(*(each for each in wanted if each is not None))
    return tuple(await session.scalars(query.order_by(AuditEvent.number.desc()).limit(most)))


def _values(event: Audited) -> dict[str, Any]:  # Any: of each column its own type
    return {
        "at": event.at,
        "who": event.who,
        "colleague_id": event.colleague,
        "action": event.action,
        "party_id": event.party,
        "subject_id": event.subject,
        "detail": dict(event.detail or {}),
    }
