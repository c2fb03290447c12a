"""Offers: an agent's quotes and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from rules.refusals import Reason, Refused
from rules.submissions import Act
from storage.sealing import Owner
from storage.submissions import Move, move_submission
from storage.tables.base import new_id
from storage.tables.portfolio import Offer

_REASON = "offer.sealed_reason"


@dataclass(frozen=True, slots=True)
class NewOffer:
    submission: UUID
    premium_cents: int
    valid_until: date
    at: datetime
    colleague: UUID | None = None
    reason: str = ""
    """Why the premium differs from the indicative one."""


async def make_offer(session: AsyncSession, owner: Owner, new: NewOffer) -> Offer:
    """The offer; its submission is `quoted`."""
    detail = {"premium_cents": new.premium_cents, "valid_until": new.valid_until.isoformat(), "reason": new.reason}
    submission = await move_submission(session, owner, new.submission, Move(Act.QUOTE, new.at, new.colleague, detail))
    submission.premium_cents = new.premium_cents
    id_ = new_id()
    row = Offer(
        id=id_,
        submission_id=submission.id,
        party_id=submission.party_id,
        premium_cents=new.premium_cents,
        valid_until=new.valid_until,
        sealed_reason=owner.seal_text(_REASON, id_, new.reason) if new.reason else None,
        made_by=new.colleague,
        made_at=new.at,
    )
    session.add(row)
    await session.flush()
    return row


async def decide_offer(session: AsyncSession, owner: Owner, offer: UUID, *, is_accepted: bool, at: datetime, today: date) -> Offer:
    """Accepted: the policy is asked for. Raises Refused(NOT_POSSIBLE_NOW) for an offer that is decided or no longer valid."""
    row = await _lock_offer(session, offer, owner)
    if row.state != "open" or row.valid_until < today:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="expired" if row.state == "open" else row.state)
    act = Act.ACCEPT_OFFER if is_accepted else Act.REFUSE_OFFER
    await move_submission(session, owner, row.submission_id, Move(act, at))
    row.state, row.decided_at = ("accepted" if is_accepted else "refused"), at
    await session.flush()
    return row


async def expire_offer(session: AsyncSession, owner: Owner, offer: UUID, at: datetime) -> None:
    row = await _lock_offer(session, offer, owner)
    if row.state == "open":
        await move_submission(session, owner, row.submission_id, Move(Act.EXPIRE, at))
        row.state, row.decided_at = "expired", at
        await session.flush()


async def close_offers(session: AsyncSession, submission: UUID, at: datetime) -> None:
    """The customer withdrew: what was offered is open no more."""
    await session.execute(
        update(Offer).where(Offer.submission_id == submission, Offer.state == "open").values(state="refused", decided_at=at),
    )


async def overdue_offers(session: AsyncSession, today: date) -> tuple[Offer, ...]:
    """Open offers whose last day has passed."""
    return tuple(await session.scalars(select(Offer).where(Offer.state == "open", Offer.valid_until < today).order_by(Offer.id)))


async def open_offers(session: AsyncSession, party: UUID) -> tuple[Offer, ...]:
    return tuple(await session.scalars(select(Offer).where(Offer.party_id == party, Offer.state == "open").order_by(Offer.id)))


async def find_offer(session: AsyncSession, offer: UUID) -> Offer | None:
    row: Offer | None = await session.get(Offer, offer)
    return row


async def offer_of(session: AsyncSession, submission: UUID) -> Offer | None:
    """The submission's latest offer."""
    row: Offer | None = await session.scalar(select(Offer).where(Offer.submission_id == submission).order_by(Offer.id.desc()).limit(1))
    return row


def read_reason(owner: Owner, row: Offer) -> str:
    return owner.unseal_text(_REASON, row.id, row.sealed_reason) if row.sealed_reason else ""


async def _lock_offer(session: AsyncSession, offer: UUID, owner: Owner) -> Offer:
    row = await session.scalar(select(Offer).where(Offer.id == offer, Offer.party_id == owner.party).with_for_update())
    if row is None:
        raise LookupError(f"no offer {offer}")
    return row
