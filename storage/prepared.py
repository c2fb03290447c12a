"""Cards prepared for customers: kept sealed, found by whoever proves the address, ended for good."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from forms.types.base import Wire
from storage.keys import Keys
from storage.sealing import Owner
from storage.tables.base import new_id
from storage.tables.messages import OutgoingMail
from storage.tables.prepared import PreparedCard

_CARD = "prepared_card.sealed_card"
type Source = Literal["telephone", "desk", "letter", "file"]
type Ending = Literal["used", "declined", "refused", "replaced", "withdrawn", "expired", "erased"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is sealed of a prepared card."""

    email: str
    values: Mapping[str, Wire]
    colleague: str
    """The name of whoever typed it or released the file."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class NewPrepared:
    sheet: Sheet
    form: str
    language: str
    colleague: UUID
    source: Source
    at: datetime
    ends_at: datetime


async def keep_prepared(session: AsyncSession, keys: Keys, new: NewPrepared) -> tuple[Owner, Sequence[UUID]]:
    """Whose key seals its mail, and what was open for the same address and makes room."""
    key, wrapped = keys.new_data_key()
    owner = Owner(None, new_id(), keys, key)
    blind_index = _index(keys, new.sheet.email)
    replaced = await _end(session, PreparedCard.blind_index == blind_index, "replaced", new.at)
    session.add(
        PreparedCard(
            id=owner.id,
            blind_index=blind_index,
            wrapped_key=wrapped,
            sealed_card=owner.seal_json(_CARD, owner.id, asdict(new.sheet)),
            form=new.form,
            language=new.language,
            colleague_id=new.colleague,
            source=new.source,
            prepared_at=new.at,
            ends_at=new.ends_at,
        ),
    )
    await session.flush()
    return owner, replaced


async def find_prepared(session: AsyncSession, keys: Keys, emails: Iterable[str], now: datetime) -> PreparedCard | None:
    """The latest that is open for one of these addresses."""
    waiting = select(PreparedCard).where(_for(keys, emails), PreparedCard.state == "open", PreparedCard.ends_at > now)
    row: PreparedCard | None = await session.scalar(waiting.order_by(PreparedCard.id.desc()).limit(1))
    return row


async def find_open(session: AsyncSession, prepared: UUID) -> PreparedCard | None:
    """None where it has ended, or row security hides it."""
    row: PreparedCard | None = await session.scalar(select(PreparedCard).where(PreparedCard.id == prepared, PreparedCard.state == "open"))
    return row


async def open_prepared_cards(session: AsyncSession, now: datetime, *, most: int = 200) -> Sequence[PreparedCard]:
    """Those that wait for their customer and the session may see, the latest first."""
    waiting = select(PreparedCard).where(PreparedCard.state == "open", PreparedCard.ends_at > now)
    return (await session.scalars(waiting.order_by(PreparedCard.id.desc()).limit(most))).all()


def read_sheet(keys: Keys, row: PreparedCard) -> Sheet:
    """Of an open one."""
    return Sheet(**prepared_owner(keys, row).unseal_json(_CARD, row.id, row.sealed_card))


def prepared_owner(keys: Keys, row: PreparedCard) -> Owner:
    """Of an open one."""
    if row.wrapped_key is None:
        raise LookupError(f"prepared card {row.id} has ended")
    return Owner(None, row.id, keys, keys.unwrap(row.wrapped_key))


async def prepared_for(session: AsyncSession, keys: Keys, emails: Iterable[str]) -> Sequence[PreparedCard]:
    """Open ones for these addresses: proved ones only, as others may be somebody else's."""
    return (await session.scalars(select(PreparedCard).where(_for(keys, emails)).order_by(PreparedCard.id))).all()


async def end_prepared(session: AsyncSession, prepared: UUID, how: Ending, at: datetime) -> bool:
    """False where it had ended before."""
    return bool(await _end(session, PreparedCard.id == prepared, how, at))


async def end_prepared_for(session: AsyncSession, keys: Keys, emails: Iterable[str], how: Ending, at: datetime) -> tuple[UUID, ...]:
    """What was prepared for these proved addresses; its mails, whose rows go with it."""
    ended = await _end(session, _for(keys, emails), how, at)
    mails = delete(OutgoingMail).where(OutgoingMail.conversation_id.in_(ended), OutgoingMail.party_id.is_(None))
    return tuple(await session.scalars(mails.returning(OutgoingMail.id)))


async def end_overdue(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Which have waited long enough."""
    return await _end(session, PreparedCard.ends_at <= now, "expired", now)


def _for(keys: Keys, emails: Iterable[str]) -> ColumnElement[bool]:
    return PreparedCard.blind_index.in_([_index(keys, email) for email in emails])


def _index(keys: Keys, email: str) -> bytes:
    """However its letters are written by who prepares and who proves; of a kind of its own, that no customer's can be matched with."""
    return keys.address_index("prepared", email)


async def _end(session: AsyncSession, which: ColumnElement[bool], how: Ending, at: datetime) -> Sequence[UUID]:
    """The key is destroyed; a mail that has not left will not."""
    gone = {"blind_index": None, "wrapped_key": None, "sealed_card": b"", "state": how, "ended_at": at}
    ended = update(PreparedCard).where(which, PreparedCard.state == "open").values(gone).returning(PreparedCard.id)
    found = (await session.scalars(ended)).all()
    if found:
        unsent = or_(OutgoingMail.state == "queued", OutgoingMail.state == "failed")
        await session.execute(delete(OutgoingMail).where(OutgoingMail.conversation_id.in_(found), unsent))
    return found
