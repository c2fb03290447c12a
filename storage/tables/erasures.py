"""That a party's data are erased: asked for, ordered, agreed to, done. What stands here names nobody."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Digest, JsonMap, Sealed, guarded, new_id


class Erasure(Base):
    """Of a party one at a time is open."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index("uq_erasure_open", "party_id", unique=True, postgresql_where=text("erased_at is null")),
        Index("ix_erasure_party_id", "party_id"),
        Index("ix_erasure_unlisted", "erased_at", postgresql_where=text("listed_at is null and erased_at is not null")),
        Index("ix_erasure_letter", "erased_at", postgresql_where=text("letter_key is not null")),
        {"info": guarded(rls="party", is_kept=True)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID]
    asked_by: Mapped[str]
    """customer, colleague or operator."""
    asked_at: Mapped[datetime]
    colleague_id: Mapped[UUID | None] = mapped_column(default=None)
    """Who ordered it, or took the order back that nobody else had asked for; None = nobody yet, or the command line."""
    reason: Mapped[str | None] = mapped_column(default=None)
    """In the words of whoever ordered it, who may have named the customer: gone with the erasure itself."""
    ordered_at: Mapped[datetime | None] = mapped_column(default=None)
    agreed_by: Mapped[UUID | None] = mapped_column(default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    number: Mapped[str | None] = mapped_column(unique=True, default=None)
    """Of the certificate."""
    record: Mapped[JsonMap] = mapped_column(default_factory=dict)
    """What the certificate says: counts, days and codes."""
    letter_key: Mapped[Sealed | None] = mapped_column(default=None)
    """The certificate's mails are sealed with it, as nothing else is left to seal them with; destroyed once they have left."""
    listed_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when both document stores have it in their list, from which a restored backup erases again."""


class PastPaper(Base):
    """A paper of the agency's whose document is gone with its customer: by these bytes it is known as genuine for as long as anybody has it."""

    __tablename__ = "past_paper"
    __table_args__ = (
        Index("ix_past_paper_sha256", "sha256"),
        {"info": guarded(rls="system", append_only=True)},
    )

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[Digest]
    receipt_id: Mapped[UUID | None]
    policy_id: Mapped[UUID | None]


class KeptApart(Base):
    """What the law obliges to keep of an erased party: one bundle, sealed with a key of its own, for whoever may ask for it by law.

    Each holds what has to stay until its day or longer: the one that ends first holds all."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        Index("ix_kept_apart_erasure_id", "erasure_id"),
        Index("ix_kept_apart_until", "until", postgresql_where=text("wrapped_key is not null")),
        {"info": guarded(rls="system", is_kept=True)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasure.id"))
    until: Mapped[date]
    """That day included; then the key is destroyed."""
    wrapped_key: Mapped[Sealed | None]
