"""Policies: issued from a submission whose customer asked for it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.submissions import Act
from storage.receipts import next_number
from storage.sealing import Owner
from storage.submissions import Move, move_submission
from storage.tables.base import new_id
from storage.tables.portfolio import Offer, Policy


async def issue_policy(
    session: AsyncSession, owner: Owner, offer: Offer, *, colleague: UUID | None, at: datetime, zone: str, starts_on: date | None
) -> Policy:
    """The policy with its number; the submission is `issued`. The gate (rules.issuance) is the caller's."""
    await move_submission(session, owner, offer.submission_id, Move(Act.ISSUE, at, colleague))
    row = Policy(
        id=new_id(),
        number=await next_number(session, "P", at, zone),
        submission_id=offer.submission_id,
        offer_id=offer.id,
        party_id=offer.party_id,
        premium_cents=offer.premium_cents,
        starts_on=starts_on,
        issued_by=colleague,
        issued_at=at,
    )
    session.add(row)
    await session.flush()
    return row


async def find_policy(session: AsyncSession, policy: UUID) -> Policy | None:
    row: Policy | None = await session.get(Policy, policy)
    return row


async def policies_of(session: AsyncSession, party: UUID) -> tuple[Policy, ...]:
    """The latest first."""
    return tuple(await session.scalars(select(Policy).where(Policy.party_id == party).order_by(Policy.id.desc())))
