"""Conversations in which a customer asks for a person, and the colleague who has taken one over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, guarded, new_id


class Takeover(Base):
    """Asked for, then perhaps taken over by one colleague, then ended; of a conversation one at a time is open."""

    __tablename__ = "takeover"
    __table_args__ = (
        Index("uq_takeover_open", "conversation_id", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_takeover_waiting", "asked_at", postgresql_where=text("ended_at is null")),
        {"info": guarded(rls="visitor")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID | None]
    """Of the conversation, from when it is bound."""
    conversation_id: Mapped[UUID]
    asked_at: Mapped[datetime]
    colleague_id: Mapped[UUID | None] = mapped_column(default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    written_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the customer last wrote to the colleague; null once that was answered."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
