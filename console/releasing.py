"""What was read in, as a colleague looks at it: before and after, released or dropped, row by row or all together.

Nothing is changed by a release: the values are proposed to the customer (dialogs/preparing.py), who confirms them or does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from console.acting import Actor, Work, acting
from console.revealing import Whole, looking
from console.sentences import Sentences
from console.wording import Wording
from dialogs.preparing import Prepared, Preparer, prepare_card
from dialogs.services import Services
from forms.covering import as_number, cover_text, covered
from forms.imports.comparing import Difference, differences
from forms.imports.rows import Problem, Row
from forms.types.base import Wire
from rules.access import Action
from rules.imports import Conflict, Decision, Outcome, decisions_on, is_released_with_others
from rules.refusals import Reason, Refused
from storage.audit import Audited, audit, audit_each
from storage.imports import (
    NOWHERE,
    Place,
    count_rows,
    decide,
    end_if_decided,
    end_import,
    find_import,
    find_row,
    import_owner,
    latest_cards,
    open_row,
    read_rows,
    read_source,
)
from storage.imports import list_imports as read_imports
from storage.parties import open_party, proved_emails
from storage.sealing import ErasedError
from storage.staff import find_colleague
from storage.tables.imports import ClientImport, ImportRow

SHOWN = timedelta(days=90)
PAGE = 20
MOST_AT_ONCE = 200
"""Rows released by one press: each is a mail, and the colleague waits for the answer."""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One list as the page of all lists shows it. `source`: empty where it has ended; `waiting`: rows by outcome that nobody has decided on."""

    id: UUID
    source: str
    format: str
    by: str
    program: str | None
    """That it came from by itself."""
    at: datetime
    counts: Mapping[str, int]
    waiting: Mapping[str, int]
    ends_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownValue:
    label: str
    ours: str | None
    """None where the card says nothing of it."""
    theirs: str
    is_private: bool
    is_covered: bool = False
    """Both are told by their end, or not at all."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    id: UUID
    line: int
    name: str
    outcome: Outcome
    conflict: Conflict | None
    values: tuple[ShownValue, ...]
    refused: tuple[str, ...]
    doubts: tuple[str, ...]
    omitted: tuple[str, ...]
    """Cells that it is taken without, and why."""
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class OpenImport:
    line: ImportLine
    outcome: Outcome
    rows: tuple[ShownRow, ...]
    next: Place | None
    """After which the next page begins."""


@dataclass(frozen=True, slots=True)
class Released:
    released: int
    left: int
    """Rows that still wait, those to be looked at one by one among them."""


async def list_imports(services: Services, actor: Actor) -> tuple[ImportLine, ...]:
    """The latest first."""
    async with acting(services, actor, Action.LIST_IMPORTS) as work:
        rows = await read_imports(work.session, work.at - SHOWN)
        work.detail["rows"] = len(rows)
        return tuple([await _line(work, row) for row in rows])


async def open_import(
    services: Services,
    actor: Actor,
    import_id: UUID,
    outcome: Outcome,
    words: Wording,
    *,
    after: Place = NOWHERE,
    whole: Whole | None = None,
) -> OpenImport:
    """A page of the rows that wait, identifiers covered unless with a reason. Every customer whose card is shown beside them has it in
    their audit trail."""
    async with looking(services, actor, Action.READ_IMPORT, import_id, whole) as work:
        row = await _open(work, import_id)
        found = await read_rows(work.session, import_id, (outcome,), after=after, most=PAGE + 1)
        owner, page = import_owner(services.keys, row), found[:PAGE]
        cards = await latest_cards(work.session, services.keys, {each.party_id for each in page if each.party_id})
        sentences = Sentences(services, words)
        shown = []
        for each in page:
            card = cards.get(each.party_id) if each.party_id else None
            shown.append(_shown(sentences, each, open_row(owner, each), card.answers if card else {}, is_whole=whole is not None))
            if card is not None:
                await audit(work.session, _read(work, row, each))
        work.detail |= {"outcome": outcome.value, "rows": len(page)}
        return OpenImport(await _line(work, row), outcome, tuple(shown), (page[-1].line, page[-1].id) if len(found) > PAGE else None)


async def decide_row(services: Services, actor: Actor, row_id: UUID, decision: Decision) -> UUID:
    """The list it belongs to. Released, the customer is asked; the last row's decision ends the list."""
    async with acting(services, actor, Action.DECIDE_IMPORT, row_id) as work:
        row = await _open(work, (await find_row(work.session, row_id)).import_id)
        each = await find_row(work.session, row_id, lock=True)
        if each.decision is not None or decision not in decisions_on(*_state(each)):
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_ended")
        work.party = each.party_id
        work.detail |= {"import": str(row.id), "decision": decision.value, "line": each.line}
        if decision is Decision.RELEASED:
            await _release(work, row, each)
        decide(each, decision, actor.id, work.at)
        await work.session.flush()
        await end_if_decided(work.session, row, work.at)
        return row.id


async def release_others(services: Services, actor: Actor, import_id: UUID) -> Released:
    """All that nobody need look at one by one, as many as one press can; what cannot be released stays and is doubted."""
    async with acting(services, actor, Action.DECIDE_IMPORT, import_id) as work:
        row = await _open(work, import_id)
        released = []
        for each in await _undoubted(work, row):
            try:
                await _release(work, row, each)
            except Refused:
                each.is_doubtful = True
                continue
            decide(each, Decision.RELEASED, actor.id, work.at)
            released.append(each)
        await work.session.flush()
        work.detail |= {"decision": Decision.RELEASED.value, "rows": len(released)}
        await audit_each(work.session, [_released(work, row, each) for each in released])
        left = sum((await count_rows(work.session, row.id, only_waiting=True)).values())
        await end_if_decided(work.session, row, work.at)
        return Released(len(released), left)


async def drop_import(services: Services, actor: Actor, import_id: UUID) -> None:
    """Nothing that still waits is kept."""
    async with acting(services, actor, Action.DECIDE_IMPORT, import_id) as work:
        row = await _open(work, import_id)
        work.detail |= {"decision": Decision.DROPPED.value, **await count_rows(work.session, row.id, only_waiting=True)}
        await end_import(work.session, row, work.at)


async def _open(work: Work, import_id: UUID) -> ClientImport:
    """Locked, and before its rows, so that two colleagues decide one after the other. Raises Refused where it has ended."""
    row = await find_import(work.session, import_id, lock=True)
    if row.ended_at is not None:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_ended")
    return row


async def _undoubted(work: Work, row: ClientImport) -> tuple[ImportRow, ...]:
    outcomes = [outcome for outcome in Outcome if is_released_with_others(outcome, is_doubtful=False)]
    return await read_rows(work.session, row.id, outcomes, most=MOST_AT_ONCE, only_undoubted=True)


async def _release(work: Work, row: ClientImport, each: ImportRow) -> None:
    """Raises Refused where there is nobody to ask, or a value no longer holds."""
    told = open_row(import_owner(work.services.keys, row), each)
    email, language = await _address(work, each, told), row.language
    values = dict(told.values)
    values.pop(told.card.email, None)  # proved by a code and by nothing else
    if each.party_id is not None:
        language = (await work.row(each.party_id)).language
        cards = await latest_cards(work.session, work.services.keys, (each.party_id,))
        ours = cards[each.party_id].answers if each.party_id in cards else {}
        values = {one.key: one.theirs for one in differences(ours, values)}
    if not email or not values:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_no_email" if not email else "import_not_prepared")
    by = Preparer(work.actor.id, work.actor.name, "file", read_source(work.services.keys, row))
    prepared = await prepare_card(
        work.services, by, told.card.form, email, values, language=language, typed_in=row.language, within=work.session
    )
    if not isinstance(prepared, Prepared):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_too_often" if prepared.is_too_often else "import_not_prepared")


def _read(work: Work, row: ClientImport, each: ImportRow) -> Audited:
    """With the reason where the customer's identifiers are seen whole."""
    detail = dict(work.detail)
    return Audited(Action.READ_IMPORT.value, work.at, colleague=work.actor.id, party=each.party_id, subject=row.id, detail=detail)


def _released(work: Work, row: ClientImport, each: ImportRow) -> Audited:
    """As where a row is released by itself."""
    detail: dict[str, str | int | bool | None] = {"import": str(row.id), "decision": Decision.RELEASED.value, "line": each.line}
    return Audited(Action.DECIDE_IMPORT.value, work.at, colleague=work.actor.id, party=each.party_id, subject=each.id, detail=detail)


async def _address(work: Work, each: ImportRow, told: Row) -> str:
    """Of a customer the one they proved, whatever the list says; empty where there is none."""
    if each.party_id is None:
        return str(told.values.get(told.card.email, ""))
    try:
        owner = await open_party(work.session, work.services.keys, each.party_id)
    except (ErasedError, LookupError):
        return ""
    return next(iter(await proved_emails(work.session, owner)), "")


async def _line(work: Work, row: ClientImport) -> ImportLine:
    colleague = await find_colleague(work.session, row.colleague_id) if row.colleague_id else None
    waiting = await count_rows(work.session, row.id, only_waiting=True) if row.ended_at is None else {}
    ends_at = row.read_at + timedelta(days=work.services.catalogue.retention.import_days)
    name = colleague.name if colleague else ""
    source = read_source(work.services.keys, row)
    return ImportLine(row.id, source, row.format, name, row.program, row.read_at, row.counts, waiting, ends_at, row.ended_at)


def _shown(sentences: Sentences, each: ImportRow, row: Row, ours: Mapping[str, Wire], *, is_whole: bool) -> ShownRow:
    outcome, conflict = _state(each)
    values = _values(sentences, row, differences(ours, row.values))
    private = [value for side in (ours, row.values) for key, value in side.items() if sentences.is_private(key)]
    known = {number for value in private if (number := as_number(value)) is not None}

    def told(problems: tuple[Problem, ...]) -> tuple[str, ...]:
        said = (sentences.problem(row, problem) for problem in problems)
        return tuple(said if is_whole else (cover_text(each, known) for each in said))

    return ShownRow(
        each.id,
        each.line,
        row.card.name_in(row.values) or row.card.name_in(ours),
        outcome,
        conflict,
        tuple(values if is_whole else (_covered(value) for value in values)),
        told(row.refused),
        told(row.doubts),
        told(row.omitted),
        decisions_on(outcome, conflict),
    )


def _state(each: ImportRow) -> tuple[Outcome, Conflict | None]:
    return Outcome(each.outcome), Conflict(each.conflict) if each.conflict else None


def _values(sentences: Sentences, row: Row, found: tuple[Difference, ...]) -> Iterator[ShownValue]:
    for one in found:
        ours = sentences.value(row, one.key, one.ours) if one.ours is not None else None
        theirs = sentences.value(row, one.key, one.theirs)
        yield ShownValue(sentences.label(row, one.key), ours, theirs, sentences.is_private(one.key))


def _covered(value: ShownValue) -> ShownValue:
    if not value.is_private:
        return value
    return replace(value, ours=value.ours and covered(value.ours), theirs=covered(value.theirs), is_covered=True)
