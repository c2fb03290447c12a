"""Senders of a channel where each message is answered at once: which conversation each goes on with. Found by storage.chats.index_of."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables.channels import Sender


@dataclass(frozen=True, slots=True)
class Bound:
    index: bytes
    conversation: str
    opened_by: str
    told: int


async def bind_sender(session: AsyncSession, index: bytes, conversation: UUID, *, opened_by: str) -> None:
    """From now on they go on with this conversation."""
    row = {"conversation_id": conversation, "opened_by": opened_by, "told": 0}
    bound = insert(Sender).values(sender_index=index, **row)
    await session.execute(bound.on_conflict_do_update(index_elements=[Sender.sender_index], set_=row))


async def find_sender(session: AsyncSession, index: bytes) -> Bound | None:
    row = await session.scalar(select(Sender).where(Sender.sender_index == index))
    return None if row is None else Bound(row.sender_index, str(row.conversation_id), row.opened_by, row.told)


async def keep_shown_to(session: AsyncSession, index: bytes, told: int) -> None:
    """Shown up to that turn; never back."""
    await session.execute(update(Sender).where(Sender.sender_index == index, Sender.told < told).values(told=told))
