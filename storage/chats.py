"""Chats of a messenger: which conversation each goes on with, and how far it was told there.

Single statements on connections of their own, as turns are: every message asks for its chat first, and SQLAlchemy took several times as long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

import asyncpg
from sqlalchemy import delete, func, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.connections import Connections
from storage.database import Database
from storage.keys import Keys
from storage.tables.channels import Chat, Sender
from storage.tables.intake import Conversation

_NUMBER = b"chat.sealed_number:"
CONNECTIONS = 4
_KNOWN = """
select chat_index, conversation_id, wrapped_key, sealed_number, opened_by, told, shown, asked_in, has_keyboard, is_elsewhere, is_reachable
from chat where
"""
FIND = f"{_KNOWN} chat_index = $1"
FIND_OF = f"{_KNOWN} conversation_id = $1"
_STANDING = "from chat join conversation on conversation.id = chat.conversation_id"
# By the party's index: receipts have none by their conversation.
_UNTOLD = """
receipt join document on document.receipt_id = receipt.id
where receipt.party_id = conversation.party_id and receipt.conversation_id = conversation.id and document.created_at > papers_told
"""
UNTOLD_RECEIPTS = f"""
select untold.* {_STANDING}, lateral (select document.id, document.created_at from {_UNTOLD}) untold
where chat_index = $1 order by untold.created_at
"""
BEHIND = f"select conversation_id {_STANDING} where is_reachable and (told < version or exists (select from {_UNTOLD}))"
KEEP_PAPER_TOLD = "update chat set papers_told = $2 where chat_index = $1"
KEEP_TOLD = "update chat set told = $2, is_elsewhere = $3 where chat_index = $1 and told <= $2"
KEEP_SHOWN = "update chat set shown = $2, asked_in = $3, has_keyboard = $4 where chat_index = $1"
KEEP_SHOWN_AND_TOLD = """
update chat set shown = $2, asked_in = $3, has_keyboard = $4, told = greatest(told, $5), is_elsewhere = case when told <= $5 then $6 else is_elsewhere end
where chat_index = $1
"""
KEEP_ELSEWHERE = "update chat set is_elsewhere = true where chat_index = $1"
KEEP_REACHABLE = "update chat set is_reachable = $2 where chat_index = $1"
DOUBT = """
update card_check set doubted_at = now(), doubted_by = 'messenger', look_at = now()
where doubted_at is null and party_id = (select party_id from conversation join chat on chat.conversation_id = conversation.id where chat_index = $1)
"""
FORGET = "delete from chat where chat_index = $1"


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands last in a chat: the question shown, the number of its message, and whether a keyboard of ours stands there."""

    shown: str
    asked_in: int
    has_keyboard: bool


@dataclass(frozen=True, slots=True)
class Told:
    """The turn told; `is_elsewhere`: a sensitive question was handed over with it."""

    number: int
    is_elsewhere: bool


class Chats:
    """`async with Chats(database, keys) as chats`, or `close` it at the end."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._connections = Connections(database.url, CONNECTIONS)
        self._keys = keys

    async def close(self) -> None:
        await self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def find(self, index: bytes) -> Known | None:
        return self._known(await self._connections.fetchrow(FIND, index))

    async def find_of(self, conversation: str) -> Known | None:
        return self._known(await self._connections.fetchrow(FIND_OF, conversation))

    async def untold_receipts(self, index: bytes) -> Sequence[tuple[UUID, datetime]]:
        """Documents of receipts printed since, and when each was stored; the oldest first."""
        return [(row["id"], row["created_at"]) for row in await self._connections.fetch(UNTOLD_RECEIPTS, index)]

    async def keep_paper_told(self, index: bytes, stored: datetime) -> None:
        await self._connections.execute(KEEP_PAPER_TOLD, index, stored)

    async def keep_told(self, index: bytes, told: int, *, is_elsewhere: bool) -> None:
        """Passed over, up to that turn; never back."""
        await self._connections.execute(KEEP_TOLD, index, told, is_elsewhere)

    async def keep_shown(self, index: bytes, standing: Standing, told: Told | None = None) -> None:
        """What stands last in the chat, and the turn that was told with it; never back."""
        given = (index, standing.shown, standing.asked_in, standing.has_keyboard)
        if told is None:
            await self._connections.execute(KEEP_SHOWN, *given)
        else:
            await self._connections.execute(KEEP_SHOWN_AND_TOLD, *given, told.number, told.is_elsewhere)

    async def keep_elsewhere(self, index: bytes) -> None:
        """A sensitive question was handed over."""
        await self._connections.execute(KEEP_ELSEWHERE, index)

    async def keep_reachable(self, index: bytes, *, is_reachable: bool) -> None:
        """A chat that takes nothing more raises the question by which way its customer can be reached (S4-26)."""
        await self._connections.execute(KEEP_REACHABLE, index, is_reachable)
        if not is_reachable:
            await self._connections.execute(DOUBT, index)

    async def forget(self, index: bytes) -> None:
        await self._connections.execute(FORGET, index)

    def _known(self, row: asyncpg.Record | None) -> Known | None:
        if row is None:
            return None
        index, conversation, wrapped, sealed, *rest = row
        number = int(self._keys.unseal(self._keys.unwrap(wrapped), sealed, _NUMBER + index))
        return Known(index, number, str(conversation), *rest)


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


@dataclass(frozen=True, slots=True)
class Bound:
    """A messenger's chat, or a sender of Rasa's channel, in which a customer's conversation goes on."""

    conversation: UUID
    channel: str
    """telegram, rasa."""
    since: datetime


async def bound_to(session: AsyncSession, party: UUID) -> list[Bound]:
    """All that know this customer, the latest first."""
    theirs = Conversation.party_id == party
    rows = union_all(
        select(Chat.conversation_id, literal("telegram"), Chat.created_at.label("since")).join(Conversation).where(theirs),
        select(Sender.conversation_id, literal("rasa"), Sender.created_at).join(Conversation).where(theirs),
    )
    return [Bound(*row) for row in await session.execute(rows.order_by(text("since desc")))]


async def unbind(session: AsyncSession, party: UUID, conversation: UUID) -> None:
    """Whoever writes there next begins anew, as somebody unknown; the customer's conversation stays where else it is open."""
    is_theirs = select(Conversation.id).where(Conversation.id == conversation, Conversation.party_id == party)
    for table in (Chat, Sender):
        await session.execute(delete(table).where(table.conversation_id.in_(is_theirs)))


async def read_numbers(session: AsyncSession, keys: Keys, conversations: Sequence[UUID]) -> list[str]:
    """By which the messenger knows the people in these conversations."""
    rows = await session.scalars(select(Chat).where(Chat.conversation_id.in_(conversations)))
    return [keys.unseal(keys.unwrap(row.wrapped_key), row.sealed_number, _NUMBER + row.chat_index).decode() for row in rows]


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


async def chats_behind(session: AsyncSession) -> Sequence[UUID]:
    """Conversations of which something is still to be told in their chat. Looks at all chats."""
    return (await session.scalars(text(BEHIND))).all()
