"""What must be provable for as long as anybody may ask: acts, card revisions, receipts, documents, the audit trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, func, text, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Digest, JsonMap, Sealed, guarded, new_id


class ChainHead(Base):
    """The last link of each owner's chain; its row is locked while the next is made."""

    __tablename__ = "chain_head"
    __table_args__ = ({"info": guarded(rls="party", party_column="owner_id")},)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    link: Mapped[Digest | None] = mapped_column(default=None)


class Act(Base):
    """An authorisation, confirmation, consent or notice. `owner_id` is its party, or the conversation that refused before it had one."""

    __tablename__ = "act"
    __table_args__ = (
        CheckConstraint("num_nonnulls(party_id, conversation_id) >= 1", name="owned"),
        Index("ix_act_party_id_question", "party_id", "question", "number"),
        {"info": guarded(rls="party", append_only=True)},
    )

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    question: Mapped[str]
    module: Mapped[str]
    version: Mapped[str]
    kind: Mapped[str]
    answer: Mapped[str]
    at: Mapped[datetime]
    commitment: Mapped[Digest]
    previous: Mapped[Digest]
    link: Mapped[Digest]
    detail: Mapped[bytes] = mapped_column(LargeBinary)
    """Canonical JSON of what was committed to, sealed with the party's key."""
    is_sealed: Mapped[bool] = mapped_column(default=True, server_default=true())
    """False only for the refusal of electronic collection: it names nobody and outlives the conversation's key."""


class ActSalt(Base):
    """An act's salt, apart from it so that it can be erased."""

    __tablename__ = "act_salt"
    __table_args__ = ({"info": guarded(rls="system")},)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed_salt: Mapped[bytes] = mapped_column(LargeBinary)
    is_sealed: Mapped[bool] = mapped_column(default=True, server_default=true())


class CardRevision(Base):
    """The card as it was confirmed, and who typed it."""

    __tablename__ = "card_revision"
    __table_args__ = ({"info": guarded(rls="party", append_only=True)},)

    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID | None]
    form: Mapped[str]
    form_version: Mapped[str]
    sealed_answers: Mapped[Sealed]
    typed_by: Mapped[str]
    """`customer`, or the id of the colleague."""
    channel: Mapped[str]
    at: Mapped[datetime]


class YearCounter(Base):
    """Gap-free numbers, but for what a restore passes over (storage.restoring): the row stays locked until the transaction that took the number ends."""

    __tablename__ = "year_counter"
    __table_args__ = ({"info": guarded(rls="staff")},)

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Receipt(Base):
    """What a confirmation was receipted with. The workflow that prints it only reads this row."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index("ix_receipt_party_id", "party_id"),
        Index("ix_receipt_submission_id", "submission_id"),
        {"info": guarded(rls="party", append_only=True)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    """registration, quote, card_update, card_confirmation, offer_acceptance, offer_refusal, consents, withdrawal."""
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    conversation_id: Mapped[UUID]
    submission_id: Mapped[UUID | None] = mapped_column(default=None)
    submission_version: Mapped[int | None] = mapped_column(default=None)
    offer_id: Mapped[UUID | None] = mapped_column(default=None)
    language: Mapped[str]
    at: Mapped[datetime]
    sealed_stamp: Mapped[Sealed]
    utc_offset: Mapped[str]
    sequence: Mapped[int]
    """Number of the party's last act when this was receipted; `head` is that act's link."""
    head: Mapped[Digest]
    text_sha256: Mapped[Digest]


class Document(Base):
    """A file in both stores, sealed with its owner's key."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("num_nonnulls(party_id, conversation_id) >= 1", name="owned"),
        Index("ix_document_party_id", "party_id"),
        Index("ix_document_receipt_id", "receipt_id"),
        Index("ix_document_sha256", "sha256"),
        Index("ix_document_verified_at", "verified_at"),
        Index("ix_document_uncopied", "stored_at", postgresql_where=text("copied_at is null")),
        Index("ix_document_damaged_at", "damaged_at", postgresql_where=text("damaged_at is not null")),
        {"info": guarded(rls="party")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID | None] = mapped_column(default=None)
    conversation_id: Mapped[UUID | None] = mapped_column(default=None)
    kind: Mapped[str]
    """upload, receipt, offer, policy; kept: what stays of an erased party, whose `conversation_id` is a `kept_apart`."""
    submission_id: Mapped[UUID | None] = mapped_column(default=None)
    receipt_id: Mapped[UUID | None] = mapped_column(default=None)
    offer_id: Mapped[UUID | None] = mapped_column(default=None)
    policy_id: Mapped[UUID | None] = mapped_column(default=None)
    sealed_title: Mapped[Sealed]
    media_type: Mapped[str]
    bytes: Mapped[BigInt]
    sha256: Mapped[Digest]
    """Of the content as given, before sealing."""
    sealed_sha256: Mapped[Digest]
    """Of the object as it lies in both stores: a copy can be checked without any key."""
    stored_at: Mapped[datetime]
    copied_at: Mapped[datetime | None]
    """None = it waits for the second store."""
    verified_at: Mapped[datetime]
    """When both were last found right."""
    damaged_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was last found not to be right in both stores, and could not be put right."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class AuditEvent(Base):
    """Who did or read what. Ids and codes only, never what was read."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_party_id", "party_id"),
        Index("ix_audit_event_colleague_id", "colleague_id", "number"),
        {"info": guarded(rls="own", append_only=True)},
    )

    number: Mapped[BigInt] = mapped_column(Identity(always=True), primary_key=True, init=False)
    at: Mapped[datetime]
    who: Mapped[str]
    """colleague, customer, clock or operator."""
    colleague_id: Mapped[UUID | None]
    action: Mapped[str]
    party_id: Mapped[UUID | None] = mapped_column(default=None)
    subject_id: Mapped[UUID | None] = mapped_column(default=None)
    detail: Mapped[JsonMap] = mapped_column(default_factory=dict)
