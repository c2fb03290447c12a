"""Who asks for a person in their conversation, and which colleague has taken it over: one at a time, kept so by the row itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rules.refusals import Reason, Refused
from storage.tables.base import new_id
from storage.tables.takeovers import Takeover


@dataclass(frozen=True, slots=True)
class Place:
    """`before`: how many asked earlier and still wait."""

    before: int
    is_new: bool


async def ask_for_person(session: AsyncSession, conversation: UUID, party: UUID | None, at: datetime) -> Place:
    """Who asks again keeps their place."""
    new = insert(Takeover).values(id=new_id(), party_id=party, conversation_id=conversation, asked_at=at)
    once = new.on_conflict_do_nothing(index_elements=["conversation_id"], index_where=Takeover.ended_at.is_(None))
    is_new = await session.scalar(once.returning(Takeover.id)) is not None
    own = select(Takeover.asked_at).where(*_open(conversation)).scalar_subquery()
    waiting = select(func.count()).where(Takeover.ended_at.is_(None), Takeover.colleague_id.is_(None), Takeover.asked_at < own)
    return Place(await session.scalar(waiting) or 0, is_new)


async def take_over(session: AsyncSession, conversation: UUID, colleague: UUID, at: datetime) -> None:
    """Raises Refused: CLAIMED_BY_OTHER where another has it, NOT_POSSIBLE_NOW where nobody waits there any more."""
    free = or_(Takeover.colleague_id.is_(None), Takeover.colleague_id == colleague)
    values = {"colleague_id": colleague, "taken_at": func.coalesce(Takeover.taken_at, at)}
    await _change(session, conversation, free, values)


async def keep_answered(session: AsyncSession, conversation: UUID, colleague: UUID) -> None:
    """The colleague who has it wrote. Raises Refused where they have it no longer."""
    await _change(session, conversation, Takeover.colleague_id == colleague, {"written_at": None})


async def give_back(session: AsyncSession, conversation: UUID, at: datetime, colleague: UUID | None = None) -> None:
    """`colleague`: only where it is theirs; None: whoever has it, or nobody yet. Raises Refused."""
    owned = Takeover.colleague_id == colleague if colleague is not None else Takeover.ended_at.is_(None)
    await _change(session, conversation, owned, {"ended_at": at})


async def keep_written(session: AsyncSession, conversation: UUID, at: datetime) -> None:
    """The customer wrote to the colleague, who has yet to answer."""
    values = {"written_at": func.coalesce(Takeover.written_at, at)}
    await session.execute(update(Takeover).where(*_open(conversation)).values(values))


async def let_go(session: AsyncSession, conversation: UUID, at: datetime) -> None:
    """Who has asked to be called instead waits no longer in the chat."""
    waiting = update(Takeover).where(*_open(conversation), Takeover.colleague_id.is_(None))
    await session.execute(waiting.values(ended_at=at))


async def bind_takeover(session: AsyncSession, conversation: UUID, party: UUID | None) -> None:
    """From now on for the eyes of the party's portfolio only."""
    await session.execute(update(Takeover).where(Takeover.conversation_id == conversation).values(party_id=party))


async def forget_takeovers(session: AsyncSession, conversation: UUID) -> None:
    await session.execute(delete(Takeover).where(Takeover.conversation_id == conversation))


async def open_takeovers(session: AsyncSession, *, most: int = 100) -> tuple[Takeover, ...]:
    """Those who wait for somebody first, the longest waiting first; then those taken over."""
    order = (Takeover.colleague_id.is_not(None), func.coalesce(Takeover.written_at, Takeover.asked_at), Takeover.id)
    return tuple(await session.scalars(select(Takeover).where(Takeover.ended_at.is_(None)).order_by(*order).limit(most)))


async def open_takeover(session: AsyncSession, conversation: UUID) -> Takeover | None:
    found: Takeover | None = await session.scalar(select(Takeover).where(*_open(conversation)))
    return found


def _open(conversation: UUID) -> tuple[ColumnElement[bool], ...]:
    return (Takeover.conversation_id == conversation, Takeover.ended_at.is_(None))


async def _change(session: AsyncSession, conversation: UUID, owned: ColumnElement[bool], values: dict[str, object]) -> None:
    """One statement decides: of two colleagues at once the second finds the row no longer as it was."""
    changed = update(Takeover).where(*_open(conversation), owned).values(values).returning(Takeover.id)
    if await session.scalar(changed) is None:
        is_taken = await open_takeover(session, conversation) is not None
        raise Refused(Reason.CLAIMED_BY_OTHER if is_taken else Reason.NOT_POSSIBLE_NOW)
