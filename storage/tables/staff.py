"""Colleagues and their sessions in the console."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Digest, guarded, new_id


class Colleague(Base):
    __tablename__ = "colleague"
    __table_args__ = ({"info": guarded(rls="staff")},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case: what they sign in with."""
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class StaffSession(Base):
    """Only the hash of the session's token is kept."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_colleague_id", "colleague_id"), {"info": guarded(rls="system")})

    token_sha256: Mapped[Digest] = mapped_column(primary_key=True)
    colleague_id: Mapped[UUID] = mapped_column(ForeignKey("colleague.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class StaffDevice(Base):
    """A browser in which a colleague has signed in: its wrong passwords are counted apart from everybody else's. Only the hash of what it
    keeps is kept."""

    __tablename__ = "staff_device"
    __table_args__ = (Index("ix_staff_device_colleague_id", "colleague_id"), {"info": guarded(rls="system")})

    token_sha256: Mapped[Digest] = mapped_column(primary_key=True)
    colleague_id: Mapped[UUID] = mapped_column(ForeignKey("colleague.id"))
    password_sha256: Mapped[Digest]
    """Of the colleague's password hash: with another password it is a device like any other."""
    seen_at: Mapped[datetime]
    """When they last signed in there."""
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
