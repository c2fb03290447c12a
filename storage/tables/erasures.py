"""That a party's data are erased: asked for, ordered, agreed to, done. What stands here names nobody."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, JsonMap, Sealed, guarded, new_id


class Erasure(Base):
    """Of a party one at a time is open."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index("uq_erasure_open", "party_id", unique=True, postgresql_where=text("erased_at is null")),
        Index("ix_erasure_party_id", "party_id"),
        Index("ix_erasure_kept_until", "kept_until", postgresql_where=text("wrapped_key is not null")),
        {"info": guarded(rls="party", is_kept=True)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID]
    asked_by: Mapped[str]
    """customer, colleague or operator."""
    asked_at: Mapped[datetime]
    colleague_id: Mapped[UUID | None] = mapped_column(default=None)
    """Who ordered it; None = the customer has asked and nobody has ordered it yet, or by the command line."""
    reason: Mapped[str | None] = mapped_column(default=None)
    """In the colleague's own words."""
    ordered_at: Mapped[datetime | None] = mapped_column(default=None)
    agreed_by: Mapped[UUID | None] = mapped_column(default=None)
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    number: Mapped[str | None] = mapped_column(unique=True, default=None)
    """Of the certificate."""
    record: Mapped[JsonMap] = mapped_column(default_factory=dict)
    """What the certificate says: counts, days and codes."""
    kept_until: Mapped[date | None] = mapped_column(default=None)
    """Last day of what the law obliges to keep."""
    wrapped_key: Mapped[Sealed | None] = mapped_column(default=None)
    """Of what is kept; destroyed after that day."""
