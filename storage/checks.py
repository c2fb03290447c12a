"""When each customer last confirmed their card, when they were asked, and what the program wrote to them by itself (S4-12, S4-13, S4-26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rules.approaches import YEAR, Way
from storage.queue import Page, page_of
from storage.sealing import Owner
from storage.tables.channels import Chat
from storage.tables.checks import Approach, CardCheck
from storage.tables.intake import Conversation
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party
from storage.tables.submissions import Submission


@dataclass(frozen=True, slots=True)
class CheckRow:
    check: CardCheck
    party: Party
    submission: UUID | None
    """The latest that the customer sent."""


async def keep_confirmed(session: AsyncSession, party: UUID, at: datetime) -> None:
    """The customer said that the card is right: it is asked about again in a year."""
    now = {"confirmed_at": at, "put_off_at": None, "doubted_at": None, "doubted_by": None, "look_at": at + YEAR}
    made = insert(CardCheck).values(party_id=party, **now)
    await session.execute(made.on_conflict_do_update(index_elements=["party_id"], set_=now))


async def keep_put_off(session: AsyncSession, party: UUID, at: datetime) -> None:
    await session.execute(update(CardCheck).where(CardCheck.party_id == party).values(put_off_at=at, look_at=at + YEAR))


async def keep_doubt(session: AsyncSession, party: UUID, way: Way, at: datetime) -> None:
    """One of their ways is closed: told once, until they have confirmed the card again."""
    untold = update(CardCheck).where(CardCheck.party_id == party, CardCheck.doubted_at.is_(None))
    await session.execute(untold.values(doubted_at=at, doubted_by=way, look_at=at))


async def keep_asked(session: AsyncSession, check: CardCheck, way: Way, at: datetime) -> None:
    check.asked_at, check.asked_by, check.look_at = at, way, at + YEAR
    await session.flush()


async def find_check(session: AsyncSession, party: UUID) -> CardCheck | None:
    row: CardCheck | None = await session.get(CardCheck, party)
    return row


async def checks_due(session: AsyncSession, at: datetime, *, most: int) -> tuple[UUID, ...]:
    """Parties, those that wait longest first."""
    due = select(CardCheck.party_id).where(CardCheck.look_at <= at).order_by(CardCheck.look_at, CardCheck.party_id).limit(most)
    return tuple(await session.scalars(due))


async def lock_check(session: AsyncSession, party: UUID, at: datetime) -> CardCheck | None:
    """None where it is due no more, or another worker has it."""
    due = select(CardCheck).where(CardCheck.party_id == party, CardCheck.look_at <= at)
    row: CardCheck | None = await session.scalar(due.with_for_update(skip_locked=True))
    return row


async def list_checks(session: AsyncSession, *, before: datetime | None = None, after: str | None = None, size: int = 25) -> Page[CheckRow]:
    """Cards that nobody has confirmed since `before`; None: those whose customer has a way that is closed. The oldest first."""
    wanted: list[ColumnElement[bool]] = [CardCheck.doubted_at.is_not(None) if before is None else CardCheck.confirmed_at < before]
    if after is not None:
        since, _, party = after.partition("|")
        wanted.append(tuple_(CardCheck.confirmed_at, CardCheck.party_id) > (datetime.fromisoformat(since), UUID(party)))
    latest = select(Submission.id).where(Submission.party_id == Party.id).order_by(Submission.id.desc()).limit(1).scalar_subquery()
    query = select(CardCheck, Party, latest).join(Party, Party.id == CardCheck.party_id).where(*wanted)
    found = [CheckRow(*row) for row in await session.execute(query.order_by(CardCheck.confirmed_at, CardCheck.party_id).limit(size + 1))]
    return page_of(found, size, after=after, before=None, cursor=lambda row: f"{row.check.confirmed_at.isoformat()}|{row.check.party_id}")


# approaches


async def keep_approach(session: AsyncSession, id_: UUID, party: UUID, *, kind: str, way: Way, at: datetime) -> None:
    """The same again changes nothing."""
    row = insert(Approach).values(id=id_, party_id=party, kind=kind, way=way, at=at)
    await session.execute(row.on_conflict_do_nothing(index_elements=["id"]))


async def approaches_of(session: AsyncSession, party: UUID, *, since: datetime, but: UUID | None = None) -> tuple[datetime, ...]:
    rows = select(Approach.at).where(Approach.party_id == party, Approach.at > since)
    return tuple(await session.scalars(rows.where(Approach.id != but) if but else rows))


async def every_approach(session: AsyncSession, party: UUID) -> Sequence[Approach]:
    return (await session.scalars(select(Approach).where(Approach.party_id == party).order_by(Approach.at))).all()


async def refused_mails(session: AsyncSession, owner: Owner, since: datetime) -> Sequence[OutgoingMail]:
    """That one of the customer's own addresses would not take."""
    to_them = (OutgoingMail.party_id == owner.party, OutgoingMail.recipient == "customer", OutgoingMail.kind != "code")
    error = OutgoingMail.last_error
    refused = (
        OutgoingMail.state == "failed",
        or_(error.startswith("smtp_5"), error.in_(("address", "smtp_utf8"))),
        OutgoingMail.created_at > since,
    )
    return (await session.scalars(select(OutgoingMail).where(*to_them, *refused))).all()


async def open_chat_of(session: AsyncSession, party: UUID) -> UUID | None:
    """The conversation that a messenger carries to them; None where there is no such chat, or it takes nothing more."""
    chats = select(Chat.conversation_id).join(Conversation, Conversation.id == Chat.conversation_id)
    theirs = chats.where(Conversation.party_id == party, Conversation.wrapped_key.is_not(None), Chat.is_reachable)
    return await session.scalar(theirs.order_by(Conversation.updated_at.desc()).limit(1))
