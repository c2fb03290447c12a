"""One-time links into a conversation, and the secrets that browsers get for them. Tokens and secrets are stored as their SHA-256 only."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables.base import new_id
from storage.tables.channels import Entry
from storage.tables.intake import Conversation
from storage.turns import TurnStore

LINK = timedelta(minutes=10)
STAY = timedelta(days=30)
"""As long as the cookie that holds the secret."""
TOKEN_BYTES = 24  # 192 random bits, 32 characters: a messenger's deep link takes 64


async def make_link(session: AsyncSession, conversation: UUID, now: datetime, *, area: UUID | None = None) -> str:
    """The token, told once. Links and secrets that have expired are forgotten. `area`: the session there with which it ends."""
    await session.execute(delete(Entry).where(Entry.expires_at <= now))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    digest = _digest(token)
    session.add(Entry(id=new_id(), conversation_id=conversation, token_sha256=digest, expires_at=now + LINK, session_id=area))
    await session.flush()
    return token


async def use_link(session: AsyncSession, token: str, now: datetime) -> UUID | None:
    """The conversation that the token leads into, for this one time. None where it was used, has expired or never was."""
    used = delete(Entry).where(Entry.token_sha256 == _digest(token), Entry.expires_at > now).returning(Entry.conversation_id)
    conversation: UUID | None = await session.scalar(used)
    return conversation


async def enter(session: AsyncSession, token: str, now: datetime) -> tuple[UUID, str] | None:
    """As use_link, for a browser: with a secret of its own, which opens the conversation from now on (TurnStore.opens)."""
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    entered = (
        update(Entry)
        .where(Entry.token_sha256 == _digest(token), Entry.expires_at > now)
        .values(token_sha256=None, secret_sha256=_digest(secret), expires_at=now + STAY)
        .returning(Entry.conversation_id)
    )
    conversation: UUID | None = await session.scalar(entered)
    return None if conversation is None else (conversation, secret)


async def end_entries(session: AsyncSession, store: TurnStore, party: UUID) -> tuple[UUID, ...]:
    """No link and no secret, not even the one it was opened with, opens this customer's conversations any more, in whatever process: what
    one of them holds in memory is written for nobody, as their secret is another. Which they are: call `store.forget` for each once the
    transaction has committed, too."""
    theirs = select(Conversation.id).where(Conversation.party_id == party)
    await session.execute(delete(Entry).where(Entry.conversation_id.in_(theirs)))
    nobodys = func.sha256(func.uuid_send(func.gen_random_uuid()))  # 122 random bits, each row's own, that nobody is told
    ended = update(Conversation).where(Conversation.party_id == party).values(secret_sha256=nobodys).returning(Conversation.id)
    conversations = tuple(await session.scalars(ended.execution_options(synchronize_session=False)))
    for conversation in conversations:
        await store.forget_within(session, str(conversation))
    return conversations


async def end_entries_from(session: AsyncSession, sessions: Collection[UUID]) -> None:
    """Of browsers that came into a chat from these sessions of the client area."""
    await session.execute(delete(Entry).where(Entry.session_id.in_(sessions)))


def _digest(given: str) -> bytes:
    return sha256(given.encode()).digest()
