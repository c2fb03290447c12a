"""Lists of customers that come into the house: read with the questionnaire's own checks, kept sealed until a colleague has decided on them.

Whoever hands one over: a colleague or an operator (console/importing.py), another program (bots/sync/arriving.py)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from hashlib import file_digest
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.services import Services
from forms.cards import CARD_OF_FORM
from forms.exports.mapping import Mapped
from forms.exports.subjects import columns
from forms.imports.comparing import Judged, judge
from forms.imports.files import Handed, read_records, survey
from forms.imports.layouts import Layout, mapped_layout, own_layout
from forms.imports.rows import Problem, Row, RowReader
from forms.imports.sources import known_columns
from forms.programs import mappings
from rules.exports import Subject, check_purpose
from rules.imports import Fault, Outcome, unreadable
from rules.refusals import Reason, Refused
from storage.imports import (
    NewImport,
    count_rows,
    find_matches,
    find_same,
    forget_rows_of_erased,
    keep_import,
    keep_rows,
    latest_cards,
    mark_twice,
)
from storage.sealing import Owner
from storage.tables.imports import ClientImport

PAGE = 50  # rows read at a time: some 50 ms, in a thread, so that nobody's turn waits for them
MOST_TOLD = 100  # refused cells that are told one by one


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file with what whoever hands it over says of it. `source`: where it comes from and what for; `mapping`: the target whose columns
    it has, empty = ours. `language`: in which its words and dates are written. `takes_rest`: a row is taken without a refused cell, where
    that is neither its address nor who it is about; otherwise it is refused as a whole."""

    handed: Handed
    source: str
    language: str
    mapping: str = ""
    takes_rest: bool = False


@dataclass(slots=True)
class Reading:
    """What a file turned out to hold. `refused`: its first refused cells, each with its line; `omitted`: likewise those that rows are taken
    without."""

    left_out: tuple[str, ...]
    counts: dict[str, int] = field(default_factory=dict)
    doubtful: int = 0
    refused: list[tuple[int, Problem]] = field(default_factory=list)
    omitted: list[tuple[int, Problem]] = field(default_factory=list)
    id: UUID | None = None
    """None where nothing was kept."""


async def read_list(
    services: Services, session: AsyncSession, incoming: Incoming, *, colleague: UUID | None = None, program: str | None = None
) -> tuple[ClientImport, Reading]:
    """`program`: the source it came from by itself. The file itself is kept nowhere. Raises Refused for one that cannot be read, and for one
    that was read before."""
    handed, keys = incoming.handed, services.keys
    source = check_purpose(incoming.source, too_short="import_source")
    layout = layout_of(services, incoming.mapping)
    _check_size(handed, services.settings.max_import)
    surveyed = await asyncio.to_thread(survey, handed, layout)
    fingerprint = keys.blind_index("import", _digest(handed))
    await _check_new(services, session, fingerprint)
    new = NewImport(colleague, program, handed.format.value, source, incoming.language, fingerprint, services.clock())
    row, owner = await keep_import(session, keys, new)
    reading, counts = Reading(surveyed.left_out), Counter[str]()
    async for page in _pages(services, incoming, layout):
        judged = await _judged(session, owner, page)
        await keep_rows(session, owner, colleague, judged)
        _note(reading, counts, judged)
    await mark_twice(session, row.id)
    await forget_rows_of_erased(session, row.id)
    same = {Outcome.SAME.value: counts[Outcome.SAME]}
    row.counts = reading.counts = {**same, **await count_rows(session, row.id)}
    return row, reading


def list_mappings(services: Services) -> tuple[str, ...]:
    """Names of the programs in whose columns a file of customers can stand."""
    return tuple(sorted(_mappings(services)))


def layout_of(services: Services, mapping: str) -> Layout:
    """Raises Refused for a name that is none of `list_mappings`."""
    if not mapping:
        return own_layout(columns(Subject.CLIENTS, services.catalogue))
    mapped = _mappings(services).get(mapping)
    if mapped is None:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_mapping")
    return mapped_layout(mapped, known_columns(services.catalogue), services.settings.zone)


def _mappings(services: Services) -> dict[str, tuple[Mapped, ...]]:
    services.programs.refresh(services.catalogue)
    return mappings({**services.targets, **services.sources})


async def _check_new(services: Services, session: AsyncSession, fingerprint: bytes) -> None:
    same = await find_same(session, fingerprint)
    if same is not None:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_again", on=same.read_at.astimezone(services.settings.zone).date())


async def _pages(services: Services, incoming: Incoming, layout: Layout) -> AsyncIterator[list[Row]]:
    settings = services.settings
    reader = RowReader(
        services.catalogue,
        columns(Subject.CLIENTS, services.catalogue),
        language=incoming.language,
        today=services.clock().astimezone(settings.zone).date(),
        currency=settings.currency,
    )
    rows: Iterator[Row] = map(reader.read, read_records(incoming.handed, layout))
    if incoming.takes_rest:
        rows = map(Row.without_refused, rows)
    while page := await asyncio.to_thread(lambda: list(islice(rows, PAGE))):
        yield page


async def _judged(session: AsyncSession, owner: Owner, rows: list[Row]) -> list[Judged]:
    matches = await find_matches(session, owner.keys, rows)
    cards = await latest_cards(session, owner.keys, {match.by_email for match in matches if match.by_email})
    found = []
    for row, match in zip(rows, matches, strict=True):
        ours = cards.get(match.by_email) if match.by_email else None
        found.append(judge(row, match, CARD_OF_FORM[ours.form] if ours else None, ours.answers if ours else {}))
    return found


def _note(reading: Reading, counts: Counter[str], judged: list[Judged]) -> None:
    counts.update(each.outcome for each in judged)
    reading.doubtful += sum(bool(each.row.doubts) for each in judged)
    refused = ((each.row.line, problem) for each in judged if each.outcome is Outcome.REFUSED for problem in each.row.refused)
    omitted = ((each.row.line, problem) for each in judged if each.outcome is not Outcome.REFUSED for problem in each.row.omitted)
    reading.refused += islice(refused, MOST_TOLD - len(reading.refused))
    reading.omitted += islice(omitted, MOST_TOLD - len(reading.omitted))


def _check_size(handed: Handed, most: int) -> None:
    handed.file.seek(0, 2)
    if handed.file.tell() > most:
        raise unreadable(Fault.TOO_LARGE, max=most // 1_000_000)


def _digest(handed: Handed) -> str:
    handed.file.seek(0)
    return file_digest(handed.file, "sha256").hexdigest()
