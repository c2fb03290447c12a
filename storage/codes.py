"""One-time codes over all conversations: how many were sent to an address, and how many guessed wrongly, within the hour; and how many
mails told it within the day that a card was prepared for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.keys import Keys
from storage.tables.intake import CodeTry

type Kind = Literal["sent", "wrong", "prepared"]
COUNTED: Final[Mapping[Kind, timedelta]] = {"sent": timedelta(hours=1), "wrong": timedelta(hours=1), "prepared": timedelta(days=1)}


async def count_tries(session: AsyncSession, keys: Keys, kind: Kind, email: str, now: datetime) -> int:
    address = keys.address_index("code", email)
    query = select(func.count()).where(CodeTry.address == address, CodeTry.kind == kind, CodeTry.at > now - COUNTED[kind])
    return await session.scalar(query) or 0


async def keep_try(session: AsyncSession, keys: Keys, kind: Kind, email: str, now: datetime) -> None:
    """Whatever is counted no more, of whomever, is forgotten."""
    over = or_(*(and_(CodeTry.kind == each, CodeTry.at <= now - span) for each, span in COUNTED.items()))
    # what somebody else forgets just now is left to them: their transaction may be a long one
    await session.execute(delete(CodeTry).where(CodeTry.id.in_(select(CodeTry.id).where(over).with_for_update(skip_locked=True))))
    session.add(CodeTry(kind=kind, address=keys.address_index("code", email), at=now))
    await session.flush()
