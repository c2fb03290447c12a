"""Colleagues: passwords, lock-out, the devices they know, sessions on the server with an idle and an absolute limit."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from rules.access import Action, Role
from storage.audit import Audited, audit
from storage.keys import Keys
from storage.passwords import LEAST_PASSWORD, await_turn, count_failure, count_success, hash_password, is_password, locked_until
from storage.second_factors import is_second
from storage.staff_second import second_owner
from storage.tables.base import new_id
from storage.tables.parties import Party
from storage.tables.staff import Colleague, StaffDevice, StaffSession
from storage.tables.submissions import Submission

SECOND_WITHIN = timedelta(minutes=10)
"""So long after the password its second factor is awaited."""
REMEMBERED = timedelta(days=365)
"""So long after the last sign-in a device is a known one."""
_SEEN_EVERY = timedelta(seconds=30)  # an active colleague costs one write per half minute


@dataclass(frozen=True, slots=True)
class SignedIn:
    colleague: Colleague
    token: str
    """Goes into the cookie; only its hash is kept."""
    device: str
    """Likewise, and stays there."""
    awaits_second: bool = False
    """Nothing is open yet: `tell_second`."""


@dataclass(frozen=True, slots=True)
class SignInFailed:
    why: Literal["wrong", "locked", "ended"]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


async def add_colleague(session: AsyncSession, *, email: str, name: str, role: Role, password: str, at: datetime) -> Colleague:
    """Raises ValueError for a password under 12 characters; an address taken is the database's IntegrityError."""
    row = Colleague(id=new_id(), email=_folded(email), name=name, role=role.value, password_hash=await _hashed(password))
    session.add(row)
    await session.flush()
    await _note(session, "staff.added", row, at, role=role.value)
    return row


# What changes somebody's access. False where there is no such colleague. By whoever runs a command on the server.


async def disable_colleague(session: AsyncSession, email: str, at: datetime) -> bool:
    """Their sessions end at once, and no device is theirs any more."""
    return await _change(session, email, "staff.disabled", at, is_active=False)


async def enable_colleague(session: AsyncSession, email: str, at: datetime) -> bool:
    return await _change(session, email, "staff.enabled", at, is_active=True, failed_count=0, locked_until=None)


async def change_password(session: AsyncSession, email: str, password: str, at: datetime) -> bool:
    """Raises ValueError as `add_colleague` does. Their sessions end, and so does a lock."""
    hashed = await _hashed(password)
    return await _change(session, email, "staff.password_set", at, password_hash=hashed, failed_count=0, locked_until=None)


async def change_role(session: AsyncSession, email: str, role: Role, at: datetime) -> bool:
    """Their sessions end: what stands open on a page was opened in the other role."""
    return await _change(session, email, "staff.role_changed", at, role=role.value)


async def end_second_of(session: AsyncSession, email: str, at: datetime) -> bool:
    """For who has lost the telephone and the recovery codes. Their sessions end."""
    return await _change(session, email, "staff.second_off", at, sealed_second=None, is_second_on=False)


async def assign_customer(session: AsyncSession, email: str, party: UUID, at: datetime) -> bool:
    """The customer and what they have sent are this colleague's from now on."""
    row = await session.scalar(select(Colleague).where(Colleague.email == _folded(email)))
    if row is None:
        return False
    await session.execute(update(Party).where(Party.id == party).values(agent_id=row.id))
    await session.execute(update(Submission).where(Submission.party_id == party).values(agent_id=row.id))
    await audit(session, Audited(Action.ASSIGN_PORTFOLIO.value, at, "operator", party=party, subject=row.id))
    return True


async def _change(session: AsyncSession, email: str, action: str, at: datetime, **values: object) -> bool:
    row = await session.scalar(select(Colleague).where(Colleague.email == _folded(email)).with_for_update())
    if row is None:
        return False
    for name, value in values.items():
        setattr(row, name, value)
    await end_sessions_of(session, row.id, at)
    if not row.is_active:
        await session.execute(delete(StaffDevice).where(StaffDevice.colleague_id == row.id))
    await _note(session, action, row, at, **({"role": row.role} if "role" in values else {}))
    return True


async def _note(session: AsyncSession, action: str, row: Colleague, at: datetime, **detail: str) -> None:
    await audit(session, Audited(action, at, "operator", subject=row.id, detail=detail))


async def _hashed(password: str) -> str:
    if len(password) < LEAST_PASSWORD:
        raise ValueError(f"a password has at least {LEAST_PASSWORD} characters")
    return await hash_password(password)


def _folded(email: str) -> str:
    return email.strip().lower()


async def list_colleagues(session: AsyncSession) -> tuple[Colleague, ...]:
    return tuple(await session.scalars(select(Colleague).order_by(Colleague.name, Colleague.id)))


async def find_colleague(session: AsyncSession, colleague: UUID) -> Colleague | None:
    row: Colleague | None = await session.get(Colleague, colleague)
    return row


async def sign_in(session: AsyncSession, email: str, password: str, now: datetime, device: str = "") -> SignedIn | SignInFailed:
    """Counts failures, so its transaction must be committed whatever comes back. A device that the colleague has signed in from has a count and a
    lock of its own, and waits for nobody's guesses: whoever knows the address alone cannot keep them out."""
    address = _folded(email)
    found = await _find_device(session, address, device, now)
    row = found[1] if found else await _await_colleague(session, address)
    is_right = await is_password(password, row.password_hash if row else None)
    if row is None:
        return SignInFailed("wrong")
    counted = found[0] if found else row
    if until := locked_until(counted, now):
        return SignInFailed("locked", until)
    if not is_right or not row.is_active:
        count_failure(counted, now)
        await session.flush()
        until = locked_until(counted, now)
        return SignInFailed("locked" if until else "wrong", until)
    if row.is_second_on:  # the count stands until it is told: else whoever knows the password would guess it for ever
        return SignedIn(row, await _open_session(session, row.id, now, awaits_second=True), device if found else "", awaits_second=True)
    count_success(counted)
    return await _enter(session, row, now, device if found else "")


async def tell_second(
    session: AsyncSession, keys: Keys, token: str, code: str, *, now: datetime, device: str = ""
) -> SignedIn | SignInFailed:
    """After the password: a session takes the place of the one that waits. Wrong codes are counted as wrong passwords are; its transaction
    must be committed whatever comes back."""
    waits = select(StaffSession).where(
        StaffSession.token_sha256 == _digest(token), StaffSession.awaits_second, StaffSession.ended_at.is_(None)
    )
    waiting = await session.scalar(waits.where(StaffSession.created_at > now - SECOND_WITHIN).with_for_update())
    row: Colleague | None = await session.get(Colleague, waiting.colleague_id, with_for_update=True) if waiting else None
    if waiting is None or row is None or not row.is_active or not row.is_second_on:
        return SignInFailed("ended")
    found = await _find_device(session, row.email, device, now)
    counted = found[0] if found else row
    if until := locked_until(counted, now):
        return SignInFailed("locked", until)
    if not await is_second(session, second_owner(keys, row), row, code, now):
        count_failure(counted, now)
        await session.flush()
        until = locked_until(counted, now)
        return SignInFailed("locked" if until else "wrong", until)
    count_success(counted)
    waiting.ended_at = now
    return await _enter(session, row, now, device if found else "")


async def _enter(session: AsyncSession, row: Colleague, now: datetime, device: str) -> SignedIn:
    kept = device or secrets.token_urlsafe(32)
    await _keep_device(session, row, kept, now)
    return SignedIn(row, await _open_session(session, row.id, now), kept)


async def is_known_device(session: AsyncSession, email: str, device: str, now: datetime) -> bool:
    """Whether the colleague of this address has signed in from it, with the password they have now."""
    found = (await session.execute(_devices(email.strip().lower(), device, now))).one_or_none()
    return found is not None and _is_current(*found)


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
    if row.awaits_second or row.ended_at is not None or not colleague.is_active or _is_over(row, now, limits):
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


async def _await_colleague(session: AsyncSession, address: str) -> Colleague | None:
    """Locked, but for their sessions, which may still be opened at a device of their own."""
    await await_turn(session, address)
    row: Colleague | None = await session.scalar(select(Colleague).where(Colleague.email == address).with_for_update(key_share=True))
    return row


async def _find_device(session: AsyncSession, address: str, device: str, now: datetime) -> tuple[StaffDevice, Colleague] | None:
    """Locked: guesses from one device wait for each other."""
    if not device:
        return None
    found = (await session.execute(_devices(address, device, now).with_for_update(of=StaffDevice))).one_or_none()
    return (found[0], found[1]) if found is not None and _is_current(*found) else None


def _devices(address: str, device: str, now: datetime) -> Select[StaffDevice, Colleague]:
    theirs = select(StaffDevice, Colleague).join(Colleague, Colleague.id == StaffDevice.colleague_id).where(Colleague.email == address)
    return theirs.where(StaffDevice.token_sha256 == _digest(device), StaffDevice.seen_at > now - REMEMBERED)


def _is_current(device: StaffDevice, colleague: Colleague) -> bool:
    return device.password_sha256 == _digest(colleague.password_hash)


async def _keep_device(session: AsyncSession, colleague: Colleague, device: str, now: datetime) -> None:
    await session.execute(delete(StaffDevice).where(StaffDevice.colleague_id == colleague.id, StaffDevice.seen_at <= now - REMEMBERED))
    row = await session.get(StaffDevice, _digest(device))
    if row is None:
        of_password = _digest(colleague.password_hash)
        session.add(StaffDevice(token_sha256=_digest(device), colleague_id=colleague.id, password_sha256=of_password, seen_at=now))
    else:
        row.seen_at = now
    await session.flush()


async def _open_session(session: AsyncSession, colleague: UUID, now: datetime, *, awaits_second: bool = False) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(token_sha256=_digest(token), colleague_id=colleague, created_at=now, last_seen_at=now, awaits_second=awaits_second)
    )
    await session.flush()
    return token


def _is_over(row: StaffSession, now: datetime, limits: Limits) -> bool:
    return now - row.last_seen_at >= limits.idle or now - row.created_at >= limits.absolute


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
