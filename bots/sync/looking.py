"""Looks for what has changed since the last look, a page at a time; what is due leaves as a batch.

Nothing is remembered of a change but its instant in the row it changed: a missed look is made up by the next one, a second one finds
nothing. What commits late with an early instant is found by looking a while back; what has no instant, by comparing everything daily."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bots.faults import log_failed
from dialogs.desk import local_day
from dialogs.services import Services
from dialogs.syncing import start_batch, take_up
from forms.exports.columns import Column
from forms.exports.subjects import columns
from forms.exports.targets import Target, fingerprint, known_columns, names_of_no_change, told_record
from rules.exports import Subject
from rules.sync import Due
from storage.exports import NOWHERE, SOURCES, Line, Place, Source, Wanted, read_page, record_of_line
from storage.sync import Seen, lock_target, note_differences, open_batch, records_but
from storage.tables.sync import SyncTarget

log = logging.getLogger(__name__)

PAGE = 100
LATE = timedelta(minutes=10)
"""The longest that a transaction can be open after it took its instant."""


@dataclass(frozen=True, slots=True)
class Looking:
    """One look at one target's list."""

    services: Services
    name: str
    target: Target
    listed: tuple[Column, ...]
    known: tuple[Column, ...]
    at: datetime

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.target, self.known)

    @property
    def compares_all(self) -> bool:
        """Deadlines leave their list without anything of theirs changing."""
        return self.target.list is Subject.DEADLINES

    def since(self, row: SyncTarget) -> datetime | None:
        """None = everything is compared. An act never changes: its instant is enough."""
        is_due = self.target.list is not Subject.ACTS and row.compared_on != local_day(self.at, self.services.settings.timezone)
        return None if self.compares_all or is_due or row.fingerprint != self.fingerprint else row.cursor

    def seen(self, line: Line) -> Seen:
        known = line.known
        party = UUID(str(known["id"] if self.target.list is Subject.CLIENTS else known["party"]))
        states = {state.value for state in self.target.states}
        if states and known["state"] not in states:
            return Seen(str(known["id"]), party, None)
        record = record_of_line(self.listed, line)
        return Seen(str(known["id"]), party, told_record(self.target, self.known, record, self.services.settings.zone))


async def look_for_differences(services: Services) -> None:
    """At every target. What fails of one holds up no other, and is tried again at the next look."""
    for name in tuple(services.targets):
        if name not in services.targets:
            continue  # its file has gone since
        try:
            await look(services, name)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other targets wait to be told
            log_failed(log, f"the look for differences at {name}", error)


async def look(services: Services, name: str) -> UUID | None:
    """The batch that leaves; None where nothing is due, or one is under way: until it has ended nobody looks again."""
    target = services.targets[name]
    listed, known = columns(target.list, services.catalogue), known_columns(target, services.catalogue)
    looking = Looking(services, name, target, listed, known, services.clock())
    async with services.database.transaction() as session:
        since = looking.since(await lock_target(session, name))
        await take_up(session, name, looking.at)
    ids: set[str] = set()
    for source in SOURCES[target.list]:
        place: Place | None = NOWHERE
        while place is not None:
            async with services.database.transaction() as session:
                await lock_target(session, name)
                if await open_batch(session, name):
                    return None
                page, place = await _next_page(session, looking, source, Wanted(since=since), place)
                await _note(session, looking, page)
            ids.update(each.id for each in page)
    return await _end(looking, ids, is_whole=since is None)


async def _next_page(
    session: AsyncSession, looking: Looking, source: Source, wanted: Wanted, after: Place
) -> tuple[list[Seen], Place | None]:
    lines, place = await read_page(session, looking.services.keys, source, wanted, after=after, size=PAGE)
    return [looking.seen(line) for line in lines], place if len(lines) == PAGE else None


async def _note(session: AsyncSession, looking: Looking, seen: Sequence[Seen]) -> None:
    first = Due.WAITING if looking.target.mode == "controlled" else Due.RELEASED
    no_change = names_of_no_change(looking.target)
    await note_differences(session, looking.services.keys, looking.name, seen, but=no_change, first=first, at=looking.at)


async def _end(looking: Looking, ids: set[str], *, is_whole: bool) -> UUID | None:
    """The cursor moves only with all pages noted."""
    services = looking.services
    async with services.database.transaction() as session:
        row = await lock_target(session, looking.name)
        if await open_batch(session, looking.name):
            return None
        if looking.compares_all:
            await _note(session, looking, await records_but(session, looking.name, ids))
        row.cursor = looking.at - LATE
        if is_whole:
            row.compared_on, row.fingerprint = local_day(looking.at, services.settings.timezone), looking.fingerprint
        batch = await start_batch(session, looking.name, looking.at)
        return batch.id if batch else None
