"""Colleagues: passwords, lock-out, sessions on the server with an idle and an absolute limit."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from rules.access import Role
from storage.passwords import LEAST_PASSWORD, await_turn, count_failure, count_success, hash_password, is_password, locked_until
from storage.tables.base import new_id
from storage.tables.staff import Colleague, StaffSession

_SEEN_EVERY = timedelta(seconds=30)  # an active colleague costs one write per half minute


@dataclass(frozen=True, slots=True)
class SignedIn:
    colleague: Colleague
    token: str
    """Goes into the cookie; only its hash is kept."""


@dataclass(frozen=True, slots=True)
class SignInFailed:
    why: Literal["wrong", "locked"]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


async def add_colleague(session: AsyncSession, *, email: str, name: str, role: Role, password: str) -> Colleague:
    """Raises ValueError for a password under 12 characters; an address taken is the database's IntegrityError."""
    if len(password) < LEAST_PASSWORD:
        raise ValueError(f"a password has at least {LEAST_PASSWORD} characters")
    row = Colleague(
        id=new_id(),
        email=email.strip().lower(),
        name=name,
        role=role.value,
        password_hash=await hash_password(password),
    )
    session.add(row)
    await session.flush()
    return row


async def disable_colleague(session: AsyncSession, email: str, at: datetime) -> bool:
    """False where there is no such colleague. Their sessions end at once."""
    colleague = await session.scalar(
        update(Colleague).where(Colleague.email == email.strip().lower()).values(is_active=False).returning(Colleague.id),
    )
    if colleague is None:
        return False
    await end_sessions_of(session, colleague, at)
    return True


async def list_colleagues(session: AsyncSession) -> tuple[Colleague, ...]:
    return tuple(await session.scalars(select(Colleague).order_by(Colleague.name, Colleague.id)))


async def find_colleague(session: AsyncSession, colleague: UUID) -> Colleague | None:
    row: Colleague | None = await session.get(Colleague, colleague)
    return row


async def sign_in(session: AsyncSession, email: str, password: str, now: datetime) -> SignedIn | SignInFailed:
    """Counts failures, so its transaction must be committed whatever comes back."""
    address = email.strip().lower()
    await await_turn(session, address)
    row = await session.scalar(select(Colleague).where(Colleague.email == address).with_for_update())
    is_right = await is_password(password, row.password_hash if row else None)
    if row is None:
        return SignInFailed("wrong")
    if until := locked_until(row, now):
        return SignInFailed("locked", until)
    if not is_right or not row.is_active:
        count_failure(row, now)
        await session.flush()
        until = locked_until(row, now)
        return SignInFailed("locked" if until else "wrong", until)
    count_success(row)
    return SignedIn(row, await _open_session(session, row.id, now))


async def find_session(session: AsyncSession, token: str, now: datetime, limits: Limits, *, is_use: bool = True) -> Colleague | None:
    """The colleague whose session this is, None where it ended, idled or grew too old. `is_use` keeps it from idling."""
    found = (
        await session.execute(
            select(StaffSession, Colleague)
            .join(Colleague, Colleague.id == StaffSession.colleague_id)
            .where(StaffSession.token_sha256 == _digest(token)),
        )
    ).one_or_none()
    if found is None:
        return None
    row, colleague = found
    if row.ended_at is not None or not colleague.is_active or _is_over(row, now, limits):
        return None
    if is_use and now - row.last_seen_at >= _SEEN_EVERY:
        row.last_seen_at = now
        await session.flush()
    return colleague


async def end_session(session: AsyncSession, token: str, at: datetime) -> None:
    await session.execute(
        update(StaffSession).where(StaffSession.token_sha256 == _digest(token), StaffSession.ended_at.is_(None)).values(ended_at=at),
    )


async def end_sessions_of(session: AsyncSession, colleague: UUID, at: datetime) -> None:
    await session.execute(
        update(StaffSession).where(StaffSession.colleague_id == colleague, StaffSession.ended_at.is_(None)).values(ended_at=at),
    )


async def _open_session(session: AsyncSession, colleague: UUID, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_sha256=_digest(token), colleague_id=colleague, created_at=now, last_seen_at=now))
    await session.flush()
    return token


def _is_over(row: StaffSession, now: datetime, limits: Limits) -> bool:
    return now - row.last_seen_at >= limits.idle or now - row.created_at >= limits.absolute


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
