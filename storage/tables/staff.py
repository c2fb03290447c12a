"""Colleagues and their sessions in the console."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false, func, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Digest, Sealed, guarded, new_id


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
    wrapped_key: Mapped[Sealed | None] = mapped_column(default=None)
    """Their own data key, for the second factor; None until one is begun."""
    sealed_second: Mapped[Sealed | None] = mapped_column(default=None)
    """The second factor: its secret, and hashes of the recovery codes left."""
    is_second_on: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_step: Mapped[BigInt] = mapped_column(default=0, server_default="0")
    """The half minute whose code was used last."""
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
    awaits_second: Mapped[bool] = mapped_column(default=False)
    """The password was right; the second factor is still to be told, and nothing is open yet."""


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
