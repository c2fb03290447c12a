"""Files that other programs left for us: which were kept, which were refused and why; forgotten after a while."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from storage.keys import Keys
from storage.sealing import Owner
from storage.tables.base import new_id
from storage.tables.imports import IncomingFile

REFUSED = "refused"
MOST_NAME = 200
"""Bytes: a file's name has 255 at most, and gets an instant before it and an ending after it."""
MOST_LOOKED_AT = 1_000
"""Refusals of a source: a program that leaves a wrong file each minute makes 43,200 before they are forgotten."""
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """`name`: as its program called it; `problem`: a code; `facts`: of its sentence."""

    name: str
    at: datetime
    problem: str
    facts: Mapping[str, Any]
    is_settled: bool


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
        last_at=new.at,
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


async def settle(session: AsyncSession, file: UUID, at: datetime) -> None:
    """It has come, for the first time or again, and is out of the way."""
    await session.execute(update(IncomingFile).where(IncomingFile.id == file).values(is_settled=True, last_at=at))


async def last_files(session: AsyncSession) -> Mapping[str, IncomingFile]:
    """By source, the one that came last: also one that was known."""
    query = (
        select(IncomingFile)
        .ext(distinct_on(IncomingFile.source))
        .order_by(IncomingFile.source, IncomingFile.last_at.desc(), IncomingFile.id.desc())
    )
    return {row.source: row for row in await session.scalars(query)}


async def refused_files(session: AsyncSession, keys: Keys, folders: Mapping[str, Path], most: int = 20) -> Mapping[str, Sequence[Refusal]]:
    """Of each source those that somebody has yet to look after, the latest first: they lie where they were put aside, neither moved back
    nor deleted. One that is not out of the way yet does not lie there yet."""
    lying = await asyncio.to_thread(_lying, folders)
    found: dict[str, Sequence[Refusal]] = {}
    for source, paths in lying.items():
        query = select(IncomingFile).where(IncomingFile.source == source, IncomingFile.problem.is_not(None))
        rows = await session.scalars(query.order_by(IncomingFile.at.desc(), IncomingFile.id.desc()).limit(MOST_LOOKED_AT))
        refusals = (_refusal(keys, row) for row in rows)
        left = (each for each in refusals if not each.is_settled or aside_path(folders[source], REFUSED, each.at, each.name) in paths)
        if told := tuple(islice(left, most)):
            found[source] = told
    return found


def aside_path(folder: Path, aside: str, at: datetime, name: str) -> Path:
    """Where a file of this name lies that came then."""
    ending = os.fsencode(name)[-MOST_NAME:].decode(errors="ignore")
    return folder / aside / f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{ending}"


async def forget_files(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(IncomingFile).where(IncomingFile.at <= before))


def _refusal(keys: Keys, row: IncomingFile) -> Refusal:
    told = Owner(None, row.id, keys, keys.unwrap(row.wrapped_key)).unseal_json(_TOLD, row.id, row.sealed_told)
    return Refusal(told["name"], row.at, row.problem or "", told["facts"], is_settled=row.is_settled)


def _lying(folders: Mapping[str, Path]) -> dict[str, set[Path]]:
    return {source: set((folder / REFUSED).glob("*")) for source, folder in folders.items()}
