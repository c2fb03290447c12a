"""Customers: what the desk searches and sorts by in clear, everything that identifies them sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Digest, Sealed, guarded, new_id


class Party(Base):
    """A customer or a prospect. Without its data key (`wrapped_key` null) all its sealed rows and documents are gone."""

    __tablename__ = "party"
    __table_args__ = (
        Index("ix_party_agent_id", "agent_id"),
        {"info": guarded(rls="party", party_column="id")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[str] = mapped_column(default="person")
    display_name: Mapped[str | None] = mapped_column(default=None)
    municipality: Mapped[str | None] = mapped_column(default=None)
    province: Mapped[str | None] = mapped_column(default=None)
    region: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(default=None)
    sealed_contact: Mapped[Sealed | None] = mapped_column(default=None)
    """How and when the customer wants to be looked for."""
    wrapped_key: Mapped[Sealed | None]
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), init=False)


class PartyName(Base):
    """Display names once more, folded, for `parties_named` alone (storage/migrations/schema.py); triggers keep them."""

    __tablename__ = "party_name"
    __table_args__ = (
        Index("ix_party_name_folded", "folded", postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}),
        {"info": guarded(rls=None, is_private=True)},
    )

    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[UUID | None]
    folded: Mapped[str]


class PartyIdentifier(Base):
    """An e-mail, phone, tax code, IBAN or document number: found by its blind index, read by unsealing.

    Only a proved e-mail belongs to one party alone; the others may stand on two cards, and a colleague looks."""

    __tablename__ = "party_identifier"
    __table_args__ = (
        Index("ix_party_identifier_blind_index", "kind", "blind_index"),
        Index(
            "uq_party_identifier_proved",
            "kind",
            "blind_index",
            unique=True,
            postgresql_where=text("proved_at is not null and is_current"),
        ),
        Index("uq_party_identifier_current", "party_id", "kind", "blind_index", unique=True, postgresql_where=text("is_current")),
        {"info": guarded(rls="party")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str]
    blind_index: Mapped[Digest]
    sealed: Mapped[Sealed]
    proved_at: Mapped[datetime | None] = mapped_column(default=None)
    is_current: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
