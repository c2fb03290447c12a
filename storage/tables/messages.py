"""What leaves the house by mail, and who wants to be called."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Sealed, guarded, new_id


class OutgoingMail(Base):
    """One mail to one address. The payload is sealed with the party's key, before there is a party with the conversation's."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint("num_nonnulls(party_id, conversation_id) >= 1", name="owned"),
        Index("ix_outgoing_mail_state", "state", "id"),
        Index("ix_outgoing_mail_party_id", "party_id"),
        Index("ix_outgoing_mail_receipt_id", "receipt_id"),
        {"info": guarded(rls="party")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    submission_id: Mapped[UUID | None] = mapped_column(default=None)
    receipt_id: Mapped[UUID | None] = mapped_column(default=None)
    offer_id: Mapped[UUID | None] = mapped_column(default=None)
    policy_id: Mapped[UUID | None] = mapped_column(default=None)
    document_id: Mapped[UUID | None] = mapped_column(default=None)
    kind: Mapped[str]
    """code, receipt, call_request, person_request, erasure_request, returned, accepted, rejected, offer, policy, expired, still_right, way_closed, marketing, and those of the account: account_code,
    account_password, account_second_on, account_second_off, account_device; erased: the certificate, whose `conversation_id` is the erasure;
    prepared: that a card was prepared, whose `conversation_id` is the prepared card."""
    recipient: Mapped[str]
    """customer or agency."""
    sealed_payload: Mapped[Sealed]
    message_id: Mapped[str] = mapped_column(unique=True)
    needs_consent: Mapped[str | None] = mapped_column(default=None)
    """The act question whose yes must still stand at the moment of sending; None = it needs none."""
    state: Mapped[str] = mapped_column(default="queued")
    """queued, sent, failed; withheld: the consent it rests on did not stand any more, or the customer had been written to just before."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(default=None)
    """A code (smtp_550, smtp_connection, smtp_utf8, address), never the server's sentence: it may repeat the address."""
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class CallRequest(Base):
    """A customer or a visitor wants to be called (S0-34)."""

    __tablename__ = "call_request"
    __table_args__ = (Index("ix_call_request_state", "state", "at"), {"info": guarded(rls="visitor")})

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID]
    sealed_detail: Mapped[Sealed]
    """Phone and topic."""
    state: Mapped[str] = mapped_column(default="open")
    at: Mapped[datetime]
    answered_by: Mapped[UUID | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
