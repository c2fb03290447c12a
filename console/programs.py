"""How it stands with the agency's other programs: what they left for us and was refused, what no longer reaches them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from console.acting import Actor, acting
from console.wording import Wording
from dialogs.services import Services
from rules.access import Action
from rules.refusals import Reason, Refused
from storage.files import is_within_reach
from storage.incoming import Refusal, last_files, refused_files
from storage.sync import last_batches


@dataclass(frozen=True, slots=True)
class RefusedFile:
    name: str
    at: datetime
    reason: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One program that hands lists over. `last_at`: when its last file came; `problem`: why that one was refused, a code; `refused`: those
    that still lie there refused, the latest first."""

    name: str
    is_within_reach: bool
    last_at: datetime | None
    problem: str | None
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """`given_up`: since when a target hears nothing, and why, a code; `refused`: when the latest file of a source came of
    those that still lie there refused."""

    given_up: Mapping[str, tuple[datetime, str]]
    refused: Mapping[str, datetime]
    out_of_reach: tuple[str, ...]
    fault: str
    """As `told_fault`."""


async def list_sources(services: Services, actor: Actor, words: Wording) -> tuple[SourceRow, ...]:
    """With the names of refused files, which may be somebody's."""
    services.programs.refresh(services.catalogue)
    away = await _out_of_reach(services)
    async with acting(services, actor, Action.LIST_IMPORTS) as work:
        last = await last_files(work.session)
        refused = await refused_files(work.session, services.keys, _folders(services))
        work.detail["sources"] = len(services.sources)
        return tuple(
            SourceRow(
                name,
                name not in away,
                last[name].last_at if name in last else None,
                last[name].problem if name in last else None,
                tuple(_told(each, words) for each in refused.get(name, ())),
            )
            for name in sorted(services.sources)
        )


async def list_program_trouble(services: Services, actor: Actor) -> Trouble:
    """What somebody has to look after, without what is in it."""
    services.programs.refresh(services.catalogue)
    away = await _out_of_reach(services)
    async with acting(services, actor, Action.READ_MESSAGES) as work:
        given_up = await _given_up(work.session)
        refused = await refused_files(work.session, services.keys, _folders(services), 1)
        trouble = Trouble(
            {name: told for name, told in given_up.items() if name in services.targets},
            {name: refused[name][0].at for name in sorted(refused)},
            away,
            told_fault(services),
        )
        work.detail["rows"] = len(trouble.given_up) + len(trouble.refused) + len(away)
        return trouble


def told_fault(services: Services) -> str:
    """Which sentence of the words: that a file which describes a program cannot be used, or where they lie is away; empty = all is well."""
    programs = services.programs
    return "" if not programs.fault else "messages.programs_away" if programs.is_away else "messages.programs_fault"


async def _given_up(session: AsyncSession) -> dict[str, tuple[datetime, str]]:
    batches = await last_batches(session)
    return {name: (row.ended_at or row.made_at, row.last_error or "") for name, row in sorted(batches.items()) if row.state == "failed"}


async def _out_of_reach(services: Services) -> tuple[str, ...]:
    def look() -> tuple[str, ...]:
        return tuple(name for name, source in sorted(services.sources.items()) if not is_within_reach(source.folder))

    return await asyncio.to_thread(look)


def _folders(services: Services) -> dict[str, Path]:
    return {name: source.folder for name, source in services.sources.items()}


def _told(refusal: Refusal, words: Wording) -> RefusedFile:
    reason = words.refusal(Refused(Reason.NOT_POSSIBLE_NOW, **{**refusal.facts, "state": refusal.problem}))
    return RefusedFile(refusal.name, refusal.at, reason)
