"""Who did or read what: ids and codes, never what was read. An operator works at the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables.evidence import AuditEvent


@dataclass(frozen=True, slots=True)
class Audited:
    """`action` is stable (`submission.claimed`, `client.read`); `detail` holds ids, codes and counts, of an export its purpose as told.
    An operator is whoever runs a command on the server."""

    action: str
    at: datetime
    who: Literal["colleague", "customer", "clock", "operator"] = "colleague"
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


async def read_audit(
    session: AsyncSession, *, party: UUID | None = None, colleague: UUID | None = None, before: int | None = None, most: int = 50
) -> tuple[AuditEvent, ...]:
    """The latest first; `before` is the number of the last event of the page before."""
    query = select(AuditEvent).order_by(AuditEvent.number.desc()).limit(most)
    if party is not None:
        query = query.where(AuditEvent.party_id == party)
    if colleague is not None:
        query = query.where(AuditEvent.colleague_id == colleague)
    if before is not None:
        query = query.where(AuditEvent.number < before)
    return tuple(await session.scalars(query))


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
