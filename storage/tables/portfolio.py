"""What the agency offers and what it issued."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Sealed, guarded, new_id


class Offer(Base):
    """An agent's quote for a submission. state: open, accepted, refused, expired."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_party_id", "party_id"),
        Index("ix_offer_submission_id", "submission_id"),
        Index("ix_offer_open", "state", "valid_until"),
        {"info": guarded(rls="party")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    premium_cents: Mapped[BigInt]
    valid_until: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    sealed_reason: Mapped[Sealed | None] = mapped_column(default=None)
    """Why the premium differs from the indicative one."""
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    document_id: Mapped[UUID | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class Policy(Base):
    __tablename__ = "policy"
    __table_args__ = (Index("ix_policy_party_id", "party_id"), {"info": guarded(rls="party")})

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), unique=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"), unique=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    premium_cents: Mapped[BigInt]
    starts_on: Mapped[date | None]
    issued_by: Mapped[UUID | None]
    issued_at: Mapped[datetime]
    document_id: Mapped[UUID | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
