"""Passwords by argon2id, and the lock after too many wrong ones: colleagues' and customers' alike."""

import asyncio
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from pwdlib import PasswordHash

LEAST_PASSWORD = 12
MOST_PASSWORD = 128
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
GUESSES_AT_ONCE = 4
"""Of a process. Guesses at one name wait for each other with a connection in hand: without a bound they would leave none for anybody else.
Of those signed in already the passwords are compared without one, within the same bound."""
LOCK_SPACE = 7_364  # of advisory locks: one for each name that somebody guesses at


class Lockable(Protocol):
    failed_count: int
    locked_until: datetime | None


async def await_turn(session: AsyncSession, name: str) -> None:
    """Guesses at one name wait for each other until the transaction ends, and so do those at a name nobody has: else waiting would tell."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, func.hashtext(name))))


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hashes().hash, password)


async def is_password(password: str, hashed: str | None) -> bool:
    """None: there is no such account. It takes as long as a wrong password."""
    return await asyncio.to_thread(lambda: _hashes().verify(password, hashed or _nobody())) and hashed is not None


def locked_until(row: Lockable, now: datetime) -> datetime | None:
    """None where it is not locked."""
    return row.locked_until if row.locked_until is not None and now < row.locked_until else None


def count_failure(row: Lockable, now: datetime) -> None:
    row.failed_count += 1
    if row.failed_count >= MOST_FAILURES:
        row.failed_count, row.locked_until = 0, now + LOCKED_FOR


def count_success(row: Lockable) -> None:
    row.failed_count, row.locked_until = 0, None


@cache
def _hashes() -> "PasswordHash":
    from pwdlib import PasswordHash  # where somebody signs in, and not in every process that starts
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    return _hashes().hash(secrets.token_urlsafe(16))
