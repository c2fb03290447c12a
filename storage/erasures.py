"""Erasure of a customer: the request, the order, and what is done to the rows."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import Audited, audit
from storage.parties import lock_party
from storage.tables.erasures import Erasure


async def request_erasure(session: AsyncSession, party: UUID, *, by: Literal["customer", "colleague", "operator"], at: datetime) -> Erasure:
    """The party's open erasure; a second request finds the first. Nothing is erased by it: a colleague looks at it."""
    await lock_party(session, party)
    found = await open_erasure(session, party)
    if found is not None:
        return found
    row = Erasure(party_id=party, asked_by=by, asked_at=at)
    session.add(row)
    await audit(session, Audited("erasure.requested", at, by, party=party, subject=row.id))
    return row


async def open_erasure(session: AsyncSession, party: UUID) -> Erasure | None:
    """Asked for and not done yet."""
    row: Erasure | None = await session.scalar(select(Erasure).where(Erasure.party_id == party, Erasure.erased_at.is_(None)))
    return row
