"""What other programs were told, are to be told, and did not take. Values are sealed with their party's key: they go with it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Sealed, guarded, new_id


class SyncTarget(Base):
    """How far a target was looked after."""

    __tablename__ = "sync_target"
    __table_args__ = ({"info": guarded(rls="staff")},)

    name: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(default="")
    """Of its file and columns: another = everything is compared again."""
    cursor: Mapped[datetime | None] = mapped_column(default=None)
    """What has changed before it was compared."""
    compared_on: Mapped[date | None] = mapped_column(default=None)
    """When everything was compared, whatever its instant says."""
    last_number: Mapped[int] = mapped_column(default=0)
    """Of its batches."""


class SyncBatch(Base):
    """What leaves together. Of a target one at a time is under way: what comes later overtakes nothing."""

    __tablename__ = "sync_batch"
    __table_args__ = (
        Index("uq_sync_batch_open", "target", unique=True, postgresql_where=text("state <> 'sent'")),
        Index("uq_sync_batch_number", "target", "number", unique=True),
        {"info": guarded(rls="staff")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    target: Mapped[str]
    number: Mapped[int]
    records: Mapped[int]
    state: Mapped[str] = mapped_column(default="sending")
    """sending, sent; failed: given up, a colleague may try again."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(default=None)
    """A code (http_503, connection), never the target's sentence: it may repeat a name."""
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class SyncRecord(Base):
    """One record of one target: what it was told last, and what it is to be told."""

    __tablename__ = "sync_record"
    __table_args__ = (
        Index("uq_sync_record_target", "target", "record_id", unique=True),
        Index("ix_sync_record_due", "target", "state", "id", postgresql_where=text("state <> 'sent'")),
        Index("ix_sync_record_party_id", "party_id"),
        Index("ix_sync_record_batch_id", "batch_id", postgresql_where=text("batch_id is not null")),
        {"info": guarded(rls="party")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    target: Mapped[str]
    record_id: Mapped[str]
    """As the list has it."""
    party_id: Mapped[UUID]
    state: Mapped[str]
    """rules.sync.Due."""
    change: Mapped[str | None] = mapped_column(default=None)
    """rules.sync.Change; None where nothing is due."""
    sealed_sent: Mapped[Sealed | None] = mapped_column(default=None)
    """`told`, and of a file its `etag`. None = never taken by the target, or its party was erased."""
    sealed_due: Mapped[Sealed | None] = mapped_column(default=None)
    """As it is to be told; None of what is gone."""
    sealed_theirs: Mapped[Sealed | None] = mapped_column(default=None)
    """In a conflict: what the target has, where it said so."""
    problem: Mapped[str | None] = mapped_column(default=None)
    """Why it was not taken: a code (http_409, file_changed)."""
    is_forced: Mapped[bool] = mapped_column(default=False)
    """A colleague chose ours, or an erasure: it is done whatever the target has."""
    noted_at: Mapped[datetime]
    """When the difference was seen as it stands now."""
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was told last, taken or not: from then on the target may have this customer."""
    batch_id: Mapped[UUID | None] = mapped_column(default=None)
