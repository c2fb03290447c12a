"""Conversations and their turns, exactly as said, sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, func, text, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Digest, Sealed, guarded, new_id


class Conversation(Base):
    """The latest snapshot. Its secret is the customer's credential; without its data key (`wrapped_key` null) all it said is gone.
    The row itself stays: its turns name it."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_party_id", "party_id", postgresql_where=text("party_id is not null")),
        # Every turn updates its row: room on the page keeps those updates off the indexes, and snapshots up to a page stay in the row.
        {"info": guarded(rls="party", is_kept=True), "postgresql_with": {"fillfactor": 60, "toast_tuple_target": 8160}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    secret_sha256: Mapped[Digest] = mapped_column(unique=True)
    party_id: Mapped[UUID | None] = mapped_column(default=None)
    wrapped_key: Mapped[Sealed | None]
    snapshot: Mapped[Sealed]
    version: Mapped[int] = mapped_column(default=0)
    language: Mapped[str]
    channel: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class CodeTry(Base):
    """A one-time code that was sent, or guessed wrongly, over all conversations, forgotten after an hour; a mail about a card prepared,
    after a day."""

    __tablename__ = "code_try"
    __table_args__ = (
        Index("ix_code_try_address", "address", "kind", "at"),
        Index("ix_code_try_at", "at"),
        {"info": guarded(rls="system")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[str]
    """sent, wrong or prepared."""
    address: Mapped[Digest]
    """A blind index of its own kind: it cannot be matched with a customer's."""
    at: Mapped[datetime]


class Upload(Base):
    """A file that a customer began to hand in: counted for a day, looked at once in case its turn never came."""

    __tablename__ = "upload"
    __table_args__ = (
        Index("ix_upload_conversation_id", "conversation_id", "at"),
        Index("ix_upload_owner_id", "owner_id", "at"),
        Index("ix_upload_at", "at"),
        {"info": guarded(rls="system")},
    )

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    """In whose folder the file lies: the party's, or the conversation's."""
    bytes: Mapped[BigInt]
    at: Mapped[datetime]
    looked_at: Mapped[datetime | None] = mapped_column(default=None)


class Turn(Base):
    """What was said and what was answered. `incoming_id` is the sender's own id of the message; null, or
    an id of ours (storage.turns.UNASKED), where the agency spoke unasked."""

    __tablename__ = "turn"
    __table_args__ = (
        Index("uq_turn_incoming", "conversation_id", "incoming_id", unique=True, postgresql_where=text("incoming_id is not null")),
        {"info": guarded(append_only=True, rls="conversation")},
    )

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Of a row that the same statement makes or changes, and that is never deleted. Checked as a foreign key once more, it was a sixth of
    PostgreSQL's time for a turn."""
    number: Mapped[int] = mapped_column(primary_key=True)
    incoming_id: Mapped[str | None] = mapped_column(default=None)
    incoming: Mapped[Sealed | None] = mapped_column(default=None)
    replies: Mapped[Sealed]
    is_sealed: Mapped[bool] = mapped_column(default=True, server_default=true())
    """False only for the refusal of electronic collection: its fixed reply outlives the conversation's key."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
