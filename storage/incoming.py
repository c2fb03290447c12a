"""Files that other programs left for us: which were kept, which were refused and why; forgotten after a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from storage.keys import Keys
from storage.sealing import Owner
from storage.tables.base import new_id
from storage.tables.imports import IncomingFile

_TOLD = "incoming_file.sealed_told"


@dataclass(frozen=True, slots=True)
class NewFile:
    """`facts`: of the refusal's sentence, as JSON has them."""

    source: str
    name: str
    fingerprint: bytes
    at: datetime
    import_id: UUID | None = None
    problem: str | None = None
    facts: Mapping[str, Any] | None = None


async def keep_file(session: AsyncSession, keys: Keys, new: NewFile) -> IncomingFile:
    key, wrapped = keys.new_data_key()
    owner = Owner(None, new_id(), keys, key)
    row = IncomingFile(
        id=owner.id,
        source=new.source,
        fingerprint=new.fingerprint,
        import_id=new.import_id,
        problem=new.problem,
        sealed_told=owner.seal_json(_TOLD, owner.id, {"name": new.name, "facts": new.facts or {}}),
        wrapped_key=wrapped,
        at=new.at,
    )
    session.add(row)
    await session.flush()
    return row


async def find_file(session: AsyncSession, source: str, fingerprint: bytes, *, is_left_over: bool) -> IncomingFile | None:
    """The very same file, where it was kept; one that was refused may come again, and is known only where whoever refused it was killed
    before it was out of the way (`is_left_over`: it was under way)."""
    query = select(IncomingFile).where(IncomingFile.source == source, IncomingFile.fingerprint == fingerprint)
    for row in await session.scalars(query.order_by(IncomingFile.id.desc())):
        if row.problem is None or (is_left_over and not row.is_settled):
            return row
    return None


async def settle(session: AsyncSession, file: UUID) -> None:
    await session.execute(update(IncomingFile).where(IncomingFile.id == file).values(is_settled=True))


async def last_files(session: AsyncSession) -> Mapping[str, IncomingFile]:
    """By source."""
    query = (
        select(IncomingFile)
        .ext(distinct_on(IncomingFile.source))
        .order_by(IncomingFile.source, IncomingFile.at.desc(), IncomingFile.id.desc())
    )
    return {row.source: row for row in await session.scalars(query)}


async def refused_files(session: AsyncSession, most: int = 20) -> tuple[IncomingFile, ...]:
    """The latest first."""
    query = select(IncomingFile).where(IncomingFile.problem.is_not(None)).order_by(IncomingFile.at.desc(), IncomingFile.id)
    return tuple(await session.scalars(query.limit(most)))


def read_told(keys: Keys, row: IncomingFile) -> tuple[str, Mapping[str, Any]]:
    """Its name, and the facts of its refusal."""
    told = Owner(None, row.id, keys, keys.unwrap(row.wrapped_key)).unseal_json(_TOLD, row.id, row.sealed_told)
    return told["name"], told["facts"]


async def forget_files(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(IncomingFile).where(IncomingFile.at <= before))
