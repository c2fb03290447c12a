"""The optional second factor: six digits of an authenticator app (TOTP, RFC 6238), or one of ten recovery codes."""

import hashlib
import secrets
import unicodedata
from base64 import b32decode, b32encode
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncSession

from storage.sealing import Owner

STEP_S = 30
DIGITS = 6
RECOVERY_CODES = 10
_SECRET_BYTES = 20


class Seconded(Protocol):
    """A customer's account, or a colleague; its owner's id is the row's."""

    __tablename__: str
    sealed_second: bytes | None
    is_second_on: bool
    second_step: int


async def begin_second(session: AsyncSession, owner: Owner, row: Seconded) -> str:
    """A fresh secret, in the letters that apps take; it counts once its first code is told."""
    secret = secrets.token_bytes(_SECRET_BYTES)
    _keep(owner, row, secret, [])
    row.is_second_on = False
    await session.flush()
    return letters(secret)


def pending_secret(owner: Owner, row: Seconded) -> str | None:
    """The secret begun and not confirmed."""
    return None if row.sealed_second is None or row.is_second_on else letters(_read(owner, row)[0])


async def confirm_second(session: AsyncSession, owner: Owner, row: Seconded, code: str, now: datetime) -> tuple[str, ...] | None:
    """The recovery codes, told once; None where the code is wrong."""
    if row.sealed_second is None or row.is_second_on:
        return None
    secret, _ = _read(owner, row)
    step = _step_of(secret, _told(code), now, after=0)
    if step is None:
        return None
    recovery = tuple(f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _ in range(RECOVERY_CODES))
    _keep(owner, row, secret, [_digest(one) for one in recovery])
    row.is_second_on, row.second_step = True, step
    await session.flush()
    return recovery


async def is_second(session: AsyncSession, owner: Owner, row: Seconded, code: str, now: datetime) -> bool:
    """Each code of the app and each recovery code is right once."""
    secret, recovery = _read(owner, row)
    told = _told(code)
    if (step := _step_of(secret, told, now, after=row.second_step)) is not None:
        row.second_step = step
    elif _digest(told) in recovery:
        _keep(owner, row, secret, [one for one in recovery if one != _digest(told)])
    else:
        return False
    await session.flush()
    return True


def recovery_left(owner: Owner, row: Seconded) -> int:
    return len(_read(owner, row)[1]) if row.is_second_on else 0


def end_second(row: Seconded) -> None:
    row.sealed_second, row.is_second_on = None, False


def letters(secret: bytes) -> str:
    return b32encode(secret).decode().rstrip("=")


def address_of(secret: str, name: str, agency: str) -> str:
    """What the app reads from the QR code."""
    return _totp(b32decode(secret + "=" * (-len(secret) % 8))).get_provisioning_uri(name, agency)


def _told(code: str) -> str:
    """As it is compared: apps show it with a gap, keyboards have digits of other scripts."""
    letters = (each for each in unicodedata.normalize("NFKC", code) if not each.isspace())
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each.lower() for each in letters)


def _step_of(secret: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """The half minute whose code it is: this one, the one before or the next, for clocks that go wrong; only later than `after`."""
    totp, present = _totp(secret), int(now.timestamp()) // STEP_S
    for step in (present - 1, present, present + 1):
        try:
            totp.verify(code.encode(), step * STEP_S)
        except InvalidToken:
            continue
        if step > after:
            return step
    return None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - what apps know; RFC 6238


def _keep(owner: Owner, row: Seconded, secret: bytes, recovery: Sequence[str]) -> None:
    row.sealed_second = owner.seal_json(_place(row), owner.id, {"secret": secret.hex(), "recovery": list(recovery)})


def _read(owner: Owner, row: Seconded) -> tuple[bytes, list[str]]:
    if row.sealed_second is None:
        return b"", []
    told = owner.unseal_json(_place(row), owner.id, row.sealed_second)
    return bytes.fromhex(told["secret"]), list(told["recovery"])


def _place(row: Seconded) -> str:
    return f"{row.__tablename__}.sealed_second"


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
