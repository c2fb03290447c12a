"""Customers' accounts: user name and password, sessions on the server, the code that lets a password be set.

A session is opened by a password alone: no messenger, link or chat cookie leads to one."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.entries import end_entries, end_entries_from
from storage.keys import Keys
from storage.parties import open_party
from storage.passwords import await_turn, count_failure, count_success, is_password, locked_until
from storage.sealing import ErasedError, Owner
from storage.staff import Limits
from storage.tables.accounts import Account, AccountCode, AccountSession
from storage.tables.base import new_id
from storage.tables.parties import Party
from storage.turns import TurnStore

LIMITS = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
FRESH = timedelta(minutes=5)
REMEMBERED = timedelta(days=365)
"""So long a device is a known one; the sessions themselves have ended long before."""
CODE_VALID = timedelta(minutes=10)
CODE_TRIES = 5
"""Of each code. Twenty an hour reach an address (dialogs.applying.MOST_SENT): a stranger's hundred guesses, 1 in 10,000, are told by twenty mails."""
MOST_BROWSER = 300
_SEEN_EVERY = timedelta(seconds=30)
_NAME, _PASSWORD, _BROWSER = "account.sealed_name", "account.sealed_password", "account_session.sealed_browser"


@dataclass(frozen=True, slots=True)
class Device:
    """`secret`: what the browser keeps for good; `browser`: what it calls itself."""

    secret: str
    browser: str


@dataclass(frozen=True, slots=True)
class Entered:
    party: UUID
    token: str
    """Goes into the cookie."""
    is_new_device: bool
    awaits_second: bool
    session: UUID | None = None
    """The one that was opened."""
    chats_ended: tuple[UUID, ...] = ()
    """By a new password, as `set_password` returns them."""


@dataclass(frozen=True, slots=True)
class NotEntered:
    why: Literal["wrong", "locked"]
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """Whose session a browser holds."""

    party: UUID
    session: UUID
    language: str
    password_at: datetime
    awaits_second: bool

    def is_fresh(self, now: datetime) -> bool:
        return now - self.password_at < FRESH


@dataclass(frozen=True, slots=True)
class OpenSession:
    id: UUID
    browser: str
    created_at: datetime
    last_seen_at: datetime


# the account


async def find_account(session: AsyncSession, party: UUID, *, lock: bool = False) -> Account | None:
    row: Account | None = await session.get(Account, party, with_for_update=lock)
    return row


async def is_name_free(session: AsyncSession, keys: Keys, name: str, party: UUID) -> bool:
    """For this party."""
    taken = await session.scalar(select(Account.party_id).where(Account.name_index == keys.blind_index("user_name", name)))
    return taken in {None, party}


def read_name(owner: Owner, row: Account) -> str:
    return owner.unseal_text(_NAME, row.party_id, row.sealed_name)


async def set_password(
    session: AsyncSession, store: TurnStore, owner: Owner, hashed: str, now: datetime, *, name: str | None = None
) -> tuple[UUID, ...]:
    """Of the account there is, or of a new one, which needs a name. `hashed` before the transaction, which it would hold up. Every session ends, and with them each browser's way into the chat;
    a lock too, unless a second factor is still to be told. Returns as `end_entries`."""
    sealed = owner.seal_text(_PASSWORD, owner.id, hashed)
    changes: dict[str, object] = {"sealed_password": sealed, "set_at": now}
    if name is None:
        await session.execute(update(Account).where(Account.party_id == owner.id).values(**changes))
    else:
        changes |= {"name_index": owner.keys.blind_index("user_name", name), "sealed_name": owner.seal_text(_NAME, owner.id, name)}
        made = insert(Account).values(party_id=owner.id, failed_count=0, is_second_on=False, second_step=0, **changes)
        await session.execute(made.on_conflict_do_update(index_elements=["party_id"], set_=changes))
    unlocked = update(Account).where(Account.party_id == owner.id, Account.is_second_on.is_(False))
    await session.execute(unlocked.values(failed_count=0, locked_until=None))
    await end_sessions(session, owner.id, now)
    return await end_entries(session, store, owner.id)


async def find_hash(session: AsyncSession, keys: Keys, party: UUID) -> str | None:
    """Of the password there is now; None where there is none, or none any more."""
    row = await find_account(session, party)
    return None if row is None else await _hash_of(session, keys, row)


async def count_password(
    session: AsyncSession, keys: Keys, party: UUID, now: datetime, *, hashed: str | None, is_right: bool
) -> NotEntered | None:
    """None: it is right. `is_right`: against `hashed`, apart from this transaction, which must be committed whatever comes back. Passwords may
    be compared at once, and are judged one after the other: after the fifth wrong one the right one is of no use."""
    row = await find_account(session, party, lock=True)
    if row is None or hashed is None or hashed != await _hash_of(session, keys, row):
        return NotEntered("wrong", party)  # another was set meanwhile, and with it every other session has ended
    return await _judged(session, row, now, is_right=is_right, is_whole=not row.is_second_on)


async def _hash_of(session: AsyncSession, keys: Keys, row: Account) -> str | None:
    try:
        owner = await open_party(session, keys, row.party_id)
    except ErasedError:
        return None
    return owner.unseal_text(_PASSWORD, row.party_id, row.sealed_password)


async def count_second(session: AsyncSession, row: Account, now: datetime, *, is_right: bool) -> NotEntered | None:
    """As a wrong password, a wrong second factor counts towards the lock."""
    return await _judged(session, row, now, is_right=is_right, is_whole=True)


async def _judged(session: AsyncSession, row: Account, now: datetime, *, is_right: bool, is_whole: bool) -> NotEntered | None:
    """`is_whole`: nothing more is to be told. Else whoever knows the password would guess the second factor for ever."""
    if locked_until(row, now):
        return NotEntered("locked", row.party_id)
    if is_right and is_whole:
        count_success(row)
    elif not is_right:
        count_failure(row, now)
    await session.flush()
    return None if is_right else NotEntered("locked" if locked_until(row, now) else "wrong", row.party_id)


# sessions


async def sign_in(session: AsyncSession, keys: Keys, *, name: str, password: str, device: Device, now: datetime) -> Entered | NotEntered:
    """Wrong name and wrong password are the same answer. Its transaction must be committed whatever comes back."""
    index = keys.blind_index("user_name", name)
    await await_turn(session, index.hex())
    row = await session.scalar(select(Account).where(Account.name_index == index).with_for_update())
    hashed = await _hash_of(session, keys, row) if row is not None else None
    is_right = await is_password(password, hashed)
    if row is None or hashed is None:
        return NotEntered("wrong")
    if (failed := await _judged(session, row, now, is_right=is_right, is_whole=not row.is_second_on)) is not None:
        return failed
    return await open_session(session, await open_party(session, keys, row.party_id), device, now, awaits_second=row.is_second_on)


async def open_session(session: AsyncSession, owner: Owner, device: Device, now: datetime, *, awaits_second: bool) -> Entered:
    """`is_new_device` is told once the second factor is: until then nobody has entered."""
    token, id_ = secrets.token_urlsafe(32), new_id()
    await session.execute(delete(AccountSession).where(AccountSession.party_id == owner.id, AccountSession.created_at < now - REMEMBERED))
    row = AccountSession(
        id=id_,
        party_id=owner.id,
        token_sha256=_digest(token),
        device_sha256=_digest(device.secret),
        sealed_browser=owner.seal_text(_BROWSER, id_, device.browser[:MOST_BROWSER]),
        created_at=now,
        last_seen_at=now,
        password_at=now,
        awaits_second=awaits_second,
    )
    session.add(row)
    await session.flush()
    return Entered(owner.id, token, not awaits_second and await _is_new_device(session, row), awaits_second, id_)


async def find_guest(session: AsyncSession, token: str, now: datetime) -> Guest | None:
    """None where the session ended, idled or grew too old, or its customer was erased. Looking is use."""
    theirs = select(AccountSession, Party.language).join(Party, Party.id == AccountSession.party_id).where(Party.wrapped_key.is_not(None))
    found = (await session.execute(theirs.where(AccountSession.token_sha256 == _digest(token)))).one_or_none()
    if found is None:
        return None
    row, language = found
    if row.ended_at is not None or now - row.last_seen_at >= LIMITS.idle or now - row.created_at >= LIMITS.absolute:
        return None
    if now - row.last_seen_at >= _SEEN_EVERY:
        row.last_seen_at = now
        await session.flush()
    return Guest(row.party_id, row.id, language, row.password_at, row.awaits_second)


async def mark_entered(session: AsyncSession, guest: Guest, now: datetime) -> bool:
    """The second factor was right. Whether the device is one that no session had before."""
    row = await session.get_one(AccountSession, guest.session)
    row.awaits_second, row.last_seen_at = False, now
    await session.flush()
    return await _is_new_device(session, row)


async def _is_new_device(session: AsyncSession, row: AccountSession) -> bool:
    others = select(AccountSession.id).where(
        AccountSession.party_id == row.party_id,
        AccountSession.device_sha256 == row.device_sha256,
        AccountSession.id != row.id,
        AccountSession.awaits_second.is_(False),
    )
    return not await session.scalar(select(others.exists()))


async def mark_fresh(session: AsyncSession, guest: Guest, now: datetime) -> None:
    await session.execute(update(AccountSession).where(AccountSession.id == guest.session).values(password_at=now))


async def open_sessions(session: AsyncSession, owner: Owner, now: datetime) -> tuple[OpenSession, ...]:
    """The one used last first."""
    rows = await session.scalars(
        select(AccountSession)
        .where(AccountSession.party_id == owner.id, AccountSession.ended_at.is_(None), AccountSession.awaits_second.is_(False))
        .where(AccountSession.last_seen_at > now - LIMITS.idle, AccountSession.created_at > now - LIMITS.absolute)
        .order_by(AccountSession.last_seen_at.desc())
    )
    return tuple(_opened(owner, row) for row in rows)


async def every_session(session: AsyncSession, owner: Owner) -> tuple[OpenSession, ...]:
    """Ended ones too, the first first."""
    rows = await session.scalars(select(AccountSession).where(AccountSession.party_id == owner.id).order_by(AccountSession.id))
    return tuple(_opened(owner, row) for row in rows)


def _opened(owner: Owner, row: AccountSession) -> OpenSession:
    return OpenSession(row.id, owner.unseal_text(_BROWSER, row.id, row.sealed_browser), row.created_at, row.last_seen_at)


async def end_sessions(session: AsyncSession, party: UUID, at: datetime, *, only: UUID | None = None, but: UUID | None = None) -> None:
    """With them the ways into the chat that led through them."""
    ending = update(AccountSession).where(AccountSession.party_id == party, AccountSession.ended_at.is_(None)).values(ended_at=at)
    if only is not None:
        ending = ending.where(AccountSession.id == only)
    if but is not None:
        ending = ending.where(AccountSession.id != but)
    ended = await session.scalars(ending.returning(AccountSession.id).execution_options(synchronize_session="fetch"))
    await end_entries_from(session, ended.all())


# the code that lets a password be set


async def keep_code(session: AsyncSession, keys: Keys, email: str, *, form: str, party: UUID | None, code: str, now: datetime) -> None:
    """Beside those that other forms asked for. `party`: None where nothing is mailed. Those that have expired, of whomever, are forgotten."""
    await session.execute(delete(AccountCode).where(AccountCode.sent_at <= now - CODE_VALID))
    address = keys.address_index("code", email)
    row = AccountCode(address=address, form_sha256=_digest(form), party_id=party, code_sha256=_code_digest(address, code), sent_at=now)
    session.add(row)
    await session.flush()


async def find_code(session: AsyncSession, keys: Keys, email: str, code: str, now: datetime, *, form: str) -> UUID | None:
    """Whose code it is; None where it is wrong, too old, was guessed at too often or another form asked for it. Wrong guesses are counted:
    to be committed."""
    address = keys.address_index("code", email)
    asked = select(AccountCode).where(AccountCode.address == address, AccountCode.form_sha256 == _digest(form))
    row = await session.scalar(asked.with_for_update())
    if row is None or now - row.sent_at >= CODE_VALID or row.tries >= CODE_TRIES:
        return None
    if not hmac.compare_digest(row.code_sha256, _code_digest(address, code)) or row.party_id is None:
        row.tries += 1
        await session.flush()
        return None
    return row.party_id


async def use_code(session: AsyncSession, keys: Keys, email: str) -> None:
    """With it go those that other forms asked for."""
    await session.execute(delete(AccountCode).where(AccountCode.address == keys.address_index("code", email)))


def _code_digest(address: bytes, code: str) -> bytes:
    return hashlib.sha256(address + code.encode()).digest()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
