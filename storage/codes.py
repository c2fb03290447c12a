"""One-time codes over all conversations: how many were sent to an address, and how many guessed wrongly, within the hour."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.keys import Keys
from storage.tables.intake import CodeTry

type Kind = Literal["sent", "wrong"]
HOUR = timedelta(hours=1)


async def count_tries(session: AsyncSession, keys: Keys, kind: Kind, email: str, now: datetime) -> int:
    address = keys.blind_index("code", email)
    query = select(func.count()).where(CodeTry.address == address, CodeTry.kind == kind, CodeTry.at > now - HOUR)
    return await session.scalar(query) or 0


async def keep_try(session: AsyncSession, keys: Keys, kind: Kind, email: str, now: datetime) -> None:
    """Whatever is older than an hour, of whomever, is forgotten."""
    await session.execute(delete(CodeTry).where(CodeTry.at <= now - HOUR))
    session.add(CodeTry(kind=kind, address=keys.blind_index("code", email), at=now))
    await session.flush()
