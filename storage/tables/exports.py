"""Lists that colleagues asked for: what, what for, and who agreed. The files themselves are kept nowhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, JsonMap, guarded, new_id


class ExportOrder(Base):
    __tablename__ = "export_order"
    __table_args__ = (Index("ix_export_order_ordered_at", "ordered_at"), {"info": guarded(rls="own", is_kept=True)})

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    colleague_id: Mapped[UUID | None]
    """None = by the command line."""
    subject: Mapped[str]
    format: Mapped[str]
    wanted: Mapped[JsonMap]
    """The filter: kind, state, since."""
    aim: Mapped[str]
    """service, program, law."""
    purpose: Mapped[str]
    """In the colleague's own words."""
    language: Mapped[str]
    rows: Mapped[BigInt]
    """As counted when it was ordered, or last fetched."""
    ordered_at: Mapped[datetime]
    agreed_by: Mapped[UUID | None] = mapped_column(default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)
    destroyed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When who fetched it said that file and copies are gone; fetched again, it is to be said again."""
