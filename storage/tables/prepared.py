"""Cards prepared for customers by others: nothing of them counts before the customer's own confirmation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Digest, Sealed, guarded, new_id


class PreparedCard(Base):
    """Values for whoever proves the address, sealed with a key of their own. Ended, it keeps who prepared it, when and how it ended:
    key and blind index are gone, and nothing tells for whom it was."""

    __tablename__ = "prepared_card"
    __table_args__ = (
        Index("ix_prepared_card_blind_index", "blind_index", postgresql_where=text("blind_index is not null")),
        Index("ix_prepared_card_ends_at", "ends_at", postgresql_where=text("state = 'open'")),
        Index("ix_prepared_card_colleague_id", "colleague_id", "state"),
        {"info": guarded(rls="preparer", is_kept=True)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    blind_index: Mapped[Digest | None]
    """Of the address (storage.prepared), of a kind of its own: it cannot be matched with a customer's."""
    wrapped_key: Mapped[Sealed | None]
    sealed_card: Mapped[Sealed]
    """Address, values by path, the colleague's name, the file they were taken from."""
    form: Mapped[str]
    language: Mapped[str]
    colleague_id: Mapped[UUID]
    """Who typed it, or released the file."""
    source: Mapped[str]
    """How the customer asked for it: telephone, desk, letter; file."""
    prepared_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    """open; used: the customer has confirmed their card, or what is new in it; declined: they kept theirs as it was; refused: they refused
    electronic collection, or are under age; replaced: by a newer one; withdrawn: by a colleague; expired; erased."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
