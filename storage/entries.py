"""One-time links into a conversation, and the secrets that browsers get for them. Tokens and secrets are stored as their SHA-256 only."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables.base import new_id
from storage.tables.channels import Entry
from storage.tables.intake import Conversation

LINK = timedelta(minutes=10)
STAY = timedelta(days=30)
"""As long as the cookie that holds the secret."""
TOKEN_BYTES = 24  # 192 random bits, 32 characters: a messenger's deep link takes 64


async def make_link(session: AsyncSession, conversation: UUID, now: datetime) -> str:
    """The token, told once. Links and secrets that have expired are forgotten."""
    await session.execute(delete(Entry).where(Entry.expires_at <= now))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(Entry(id=new_id(), conversation_id=conversation, token_sha256=_digest(token), expires_at=now + LINK))
    await session.flush()
    return token


async def use_link(session: AsyncSession, token: str, now: datetime) -> UUID | None:
    """The conversation that the token leads into, for this one time. None where it was used, has expired or never was."""
    used = delete(Entry).where(Entry.token_sha256 == _digest(token), Entry.expires_at > now).returning(Entry.conversation_id)
    conversation: UUID | None = await session.scalar(used)
    return conversation


async def enter(session: AsyncSession, token: str, now: datetime) -> tuple[UUID, str] | None:
    """As use_link, for a browser: with a secret of its own, which opens the conversation from now on."""
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    entered = (
        update(Entry)
        .where(Entry.token_sha256 == _digest(token), Entry.expires_at > now)
        .values(token_sha256=None, secret_sha256=_digest(secret), expires_at=now + STAY)
        .returning(Entry.conversation_id)
    )
    conversation: UUID | None = await session.scalar(entered)
    return None if conversation is None else (conversation, secret)


async def opens(session: AsyncSession, conversation: UUID, secret: str, now: datetime) -> bool:
    """Whether a browser got this secret for a link into the conversation."""
    query = select(Entry.id).where(Entry.secret_sha256 == _digest(secret), Entry.conversation_id == conversation, Entry.expires_at > now)
    return await session.scalar(query) is not None


async def end_entries(session: AsyncSession, party: UUID) -> None:
    """No link and no browser's secret opens this customer's conversations any more."""
    theirs = select(Conversation.id).where(Conversation.party_id == party)
    await session.execute(delete(Entry).where(Entry.conversation_id.in_(theirs)))


def _digest(given: str) -> bytes:
    return sha256(given.encode()).digest()
