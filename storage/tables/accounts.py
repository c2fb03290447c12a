"""Customers' own user names, passwords and sessions on the web (S0-30, S0-31)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Digest, Sealed, guarded, new_id


class Account(Base):
    __tablename__ = "account"
    __table_args__ = ({"info": guarded(rls="system")},)

    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), primary_key=True)
    name_index: Mapped[Digest] = mapped_column(unique=True)
    """A blind index of the user name."""
    sealed_name: Mapped[Sealed]
    sealed_password: Mapped[Sealed]
    """Argon2's hash; gone with the party's key."""
    set_at: Mapped[datetime]
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
    sealed_second: Mapped[Sealed | None] = mapped_column(default=None)
    """The second factor: its secret, and hashes of the recovery codes left."""
    is_second_on: Mapped[bool] = mapped_column(default=False)
    """False while its first code has not been told yet."""
    second_step: Mapped[BigInt] = mapped_column(default=0)
    """The half minute whose code was used last: none is used twice."""


class AccountSession(Base):
    """Only the hash of the session's token is kept."""

    __tablename__ = "account_session"
    __table_args__ = (Index("ix_account_session_party_id", "party_id"), {"info": guarded(rls="system")})

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    token_sha256: Mapped[Digest] = mapped_column(unique=True)
    device_sha256: Mapped[Digest]
    """Of what the browser keeps between sessions: one that no session had is a new device."""
    sealed_browser: Mapped[Sealed]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    password_at: Mapped[datetime]
    """When the password was last typed: some things want it fresh."""
    awaits_second: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class AccountCode(Base):
    """A one-time code to a proved address, with which a password is set: good in the form that asked for it alone, so that nobody uses up
    another's tries."""

    __tablename__ = "account_code"
    __table_args__ = (Index("ix_account_code_sent_at", "sent_at"), {"info": guarded(rls="system")})

    address: Mapped[Digest] = mapped_column(primary_key=True)
    """A blind index of its own kind, as code_try has it."""
    form_sha256: Mapped[Digest] = mapped_column(primary_key=True)
    """Of the secret that the form keeps hidden."""
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    """Null: nothing was mailed. It is guessed at in vain, and for as long."""
    code_sha256: Mapped[Digest]
    sent_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
