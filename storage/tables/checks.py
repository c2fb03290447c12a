"""Whether a customer's card is still right, and what the program wrote to them by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, guarded


class CardCheck(Base):
    """Of each customer with a card, in clear: days say nothing of what the card says."""

    __tablename__ = "card_check"
    __table_args__ = (
        Index("ix_card_check_look_at", "look_at"),
        Index("ix_card_check_confirmed_at", "confirmed_at", "party_id"),
        Index("ix_card_check_doubted_at", "confirmed_at", "party_id", postgresql_where=text("doubted_at is not null")),
        {"info": guarded(rls="party")},
    )

    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), primary_key=True)
    confirmed_at: Mapped[datetime]
    """When the customer last typed the card, confirmed it anew, or said that it is still right."""
    put_off_at: Mapped[datetime | None] = mapped_column(default=None)
    """When they last said "not now"."""
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    """When they were last asked without having come by themselves."""
    asked_by: Mapped[str | None] = mapped_column(default=None)
    """email, messenger; colleague: the program may not write, a colleague is to ask."""
    doubted_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when one of their ways is closed; null once they have confirmed the card again."""
    doubted_by: Mapped[str | None] = mapped_column(default=None)
    """email: an address refused a mail for good; messenger: the chat takes nothing more."""
    look_at: Mapped[datetime]
    """When the clock looks at it next."""


class Approach(Base):
    """One thing that the program wrote to a customer by itself, whatever about."""

    __tablename__ = "approach"
    __table_args__ = (Index("ix_approach_party_id", "party_id", "at"), {"info": guarded(rls="party")})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Of the mail, where it is one: tried again, it is still one approach."""
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str]
    """still_right, way_closed, marketing."""
    way: Mapped[str]
    """email or messenger."""
    at: Mapped[datetime]
