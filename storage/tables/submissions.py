"""Submissions: the present state in one row, every move in append-only events."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import NOBODY, Base, BigInt, Sealed, guarded, new_id


class Submission(Base):
    """What a customer confirmed, as it stands. `waiting_since` is when the customer last confirmed: the queue's order."""

    __tablename__ = "submission"
    __table_args__ = (
        # the queue merges one scan of these per state (and per portfolio); see storage/queue.py
        Index("ix_submission_state", "state", "waiting_since", "id"),
        Index("ix_submission_agent_id", "agent_id", "state", "waiting_since", "id"),
        Index("ix_submission_claimed_by", "claimed_by", postgresql_where=text("claimed_by is not null")),
        Index("ix_submission_party_id", "party_id"),
        UniqueConstraint("party_id", "form", "draft_begun_at"),
        {"info": guarded(rls="party")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    agent_id: Mapped[UUID] = mapped_column(init=False, default=NOBODY)
    """The customer's; triggers keep it so, whatever is written here."""
    conversation_id: Mapped[UUID]
    form: Mapped[str]
    form_version: Mapped[str]
    language: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    sealed_answers: Mapped[Sealed]
    sealed_pricing: Mapped[Sealed | None] = mapped_column(default=None)
    indicative_cents: Mapped[BigInt | None] = mapped_column(default=None)
    premium_cents: Mapped[BigInt | None] = mapped_column(default=None)
    tariff_version: Mapped[str | None] = mapped_column(default=None)
    missing_count: Mapped[int] = mapped_column(default=0)
    draft_begun_at: Mapped[datetime | None] = mapped_column(default=None)
    """Two browsers may hold one draft: whichever confirms it second is refused. None = a card update, which has no draft."""
    claimed_by: Mapped[UUID | None] = mapped_column(default=None)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    waiting_since: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), init=False)


class SubmissionEvent(Base):
    """One move of a submission. A confirmation keeps the answers as they were confirmed; a return its questions and reason."""

    __tablename__ = "submission_event"
    __table_args__ = (
        UniqueConstraint("submission_id", "version"),
        Index("ix_submission_event_party_id", "party_id"),
        {"info": guarded(rls="party", append_only=True)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    version: Mapped[int]
    act: Mapped[str]
    state_before: Mapped[str | None]
    state_after: Mapped[str]
    who: Mapped[str]
    colleague_id: Mapped[UUID | None] = mapped_column(default=None)
    at: Mapped[datetime]
    sealed_detail: Mapped[Sealed | None] = mapped_column(default=None)
