"""Chats of a messenger: which conversation each goes on with, and how far it was told there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.keys import Keys
from storage.tables.channels import Chat
from storage.tables.evidence import Document, Receipt
from storage.tables.intake import Conversation

_NUMBER = b"chat.sealed_number:"


@dataclass(frozen=True, slots=True)
class Known:
    """A chat as it stands; `number` is the messenger's own."""

    index: bytes
    number: int
    conversation: str
    opened_by: str
    told: int
    shown: str
    asked_in: int
    has_keyboard: bool
    is_elsewhere: bool
    is_reachable: bool


def index_of(keys: Keys, messenger: str, number: int | str) -> bytes:
    """`number`: what the messenger calls a chat, or a sender."""
    return keys.blind_index("chat", f"{messenger}:{number}")


async def bind_chat(
    session: AsyncSession, keys: Keys, index: bytes, number: int, conversation: UUID, *, opened_by: str, told: int = 0
) -> None:
    """From now on the chat goes on with this conversation, and no other chat does. What was said up to the turn `told` is not told again."""
    await session.execute(delete(Chat).where(Chat.conversation_id == conversation, Chat.chat_index != index))
    row = a_row(keys, index, number, conversation, opened_by=opened_by, told=told)
    bound = insert(Chat).values(row)
    await session.execute(bound.on_conflict_do_update(index_elements=[Chat.chat_index], set_={**row, "papers_told": func.now()}))


def a_row(keys: Keys, index: bytes, number: int, conversation: UUID, *, opened_by: str, told: int) -> dict[str, object]:
    """Of a chat in which nothing stands yet."""
    key, wrapped = keys.new_data_key()
    return {
        "chat_index": index,
        "conversation_id": conversation,
        "wrapped_key": wrapped,
        "sealed_number": keys.seal(key, str(number).encode(), _NUMBER + index),
        "opened_by": opened_by,
        "told": told,
        "shown": "",
        "asked_in": 0,
        "has_keyboard": False,
        "is_elsewhere": False,
        "is_reachable": True,
    }


async def find_chat(session: AsyncSession, keys: Keys, index: bytes) -> Known | None:
    return _known(keys, await session.scalar(select(Chat).where(Chat.chat_index == index)))


async def find_chat_of(session: AsyncSession, keys: Keys, conversation: UUID) -> Known | None:
    return _known(keys, await session.scalar(select(Chat).where(Chat.conversation_id == conversation)))


async def chats_behind(session: AsyncSession) -> Sequence[UUID]:
    """Conversations of which something is still to be told in their chat."""
    query = select(Chat.conversation_id).join(Conversation, Conversation.id == Chat.conversation_id)
    is_behind = (Chat.told < Conversation.version) | _receipts().where(Receipt.party_id == Conversation.party_id).exists()
    return (await session.scalars(query.where(Chat.is_reachable, is_behind))).all()


async def untold_receipts(session: AsyncSession, index: bytes, party: UUID) -> Sequence[tuple[UUID, datetime]]:
    """Documents of receipts printed since, and when each was stored; the oldest first."""
    query = _receipts().where(Chat.chat_index == index, Receipt.party_id == party).order_by(Document.created_at)
    return [(row.id, row.created_at) for row in await session.execute(query)]


def _receipts() -> Select[UUID, datetime]:
    """By the party's index: receipts have none by their conversation."""
    return select(Document.id, Document.created_at).where(
        Document.receipt_id == Receipt.id,
        Receipt.conversation_id == Chat.conversation_id,
        Document.created_at > Chat.papers_told,
    )


async def keep_paper_told(session: AsyncSession, index: bytes, stored: datetime) -> None:
    await session.execute(update(Chat).where(Chat.chat_index == index).values(papers_told=stored))


async def keep_told(session: AsyncSession, index: bytes, told: int, *, is_elsewhere: bool) -> None:
    """Told, or passed over, up to that turn; never back."""
    behind = update(Chat).where(Chat.chat_index == index, Chat.told <= told)
    await session.execute(behind.values(told=told, is_elsewhere=is_elsewhere))


async def keep_shown(session: AsyncSession, index: bytes, *, shown: str, asked_in: int, has_keyboard: bool) -> None:
    """What stands last in the chat."""
    changes = {"shown": shown, "asked_in": asked_in, "has_keyboard": has_keyboard}
    await session.execute(update(Chat).where(Chat.chat_index == index).values(changes))


async def keep_elsewhere(session: AsyncSession, index: bytes) -> None:
    """A sensitive question was handed over."""
    await session.execute(update(Chat).where(Chat.chat_index == index).values(is_elsewhere=True))


async def keep_reachable(session: AsyncSession, index: bytes, *, is_reachable: bool) -> None:
    await session.execute(update(Chat).where(Chat.chat_index == index).values(is_reachable=is_reachable))


async def forget_chat(session: AsyncSession, index: bytes) -> None:
    await session.execute(delete(Chat).where(Chat.chat_index == index))


def _known(keys: Keys, row: Chat | None) -> Known | None:
    if row is None:
        return None
    number = int(keys.unseal(keys.unwrap(row.wrapped_key), row.sealed_number, _NUMBER + row.chat_index))
    return Known(
        row.chat_index, number, str(row.conversation_id), row.opened_by, row.told, row.shown, row.asked_in,
        row.has_keyboard, row.is_elsewhere, row.is_reachable,
    )  # fmt: skip
