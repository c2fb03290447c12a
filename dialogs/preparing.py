"""A card prepared for a customer by a colleague, or from a file that a colleague released (S0-08). Nothing of it counts: whoever proves the
address is shown each value, and keeps it or changes it.

    by = Preparer(colleague.id, colleague.name, "telephone")
    match await prepare_card(services, by, "registration_person", "demo@example.org", {"registration_person.identity.sex": "female"}):
        case Prepared(id=card): ...
        case NotPrepared(problems=sentences): ...  # by path; EMAIL is the address's
"""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs import answers, problems, wording
from dialogs.desk import PARTY_KIND, Desk
from dialogs.journey import EMAIL, step_stop
from dialogs.mailing import send_mail
from dialogs.services import Services
from dialogs.state import State
from dialogs.turn import circumstances_at
from forms.cards import CARD_EMAILS, CARD_OF_FORM
from forms.flow import CompiledForm, Step, asked
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Doubt, Read, Reading, Wire
from forms.types.showing import listed
from rules.access import Action
from rules.refusals import Refused
from storage.audit import Audited, audit
from storage.codes import count_tries, keep_try
from storage.database import as_system
from storage.mails import NewMail
from storage.prepared import NewPrepared, Sheet, Source, keep_prepared

NEVER = frozenset({"file", "code", "confirm", "computed"})
"""Types of what only the customer gives, or nobody does."""
MOST_A_DAY = 3
"""Mails to one address, whoever prepares: nobody has proved it."""


@dataclass(frozen=True, slots=True)
class Preparer:
    """Who answers for the values. `source`: how the customer asked for it; `file`: the name of what a program took them from, which the
    colleague has released (then `source` is "file"). The customer reads both names."""

    colleague: UUID
    name: str
    source: Source
    file: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    id: UUID
    values: Mapping[str, Wire]
    """As they were read, by path."""
    doubts: Mapping[str, str] = field(default_factory=dict)
    """Taken, and worth a second look: a sentence by path."""


@dataclass(frozen=True, slots=True)
class NotPrepared:
    """Nothing was kept and nobody was written to."""

    problems: Mapping[str, str]
    """The type's own sentence by path, `dialogs.journey.EMAIL` for the address; "" where it is about the whole."""
    is_too_often: bool = False
    """The values hold; the address was written to often enough for today."""


async def prepare_card(
    services: Services,
    by: Preparer,
    form: str,
    email: str,
    values: Mapping[str, object],
    *,
    language: str | None = None,
    typed_in: str | None = None,
    within: AsyncSession | None = None,
) -> Prepared | NotPrepared:
    """Kept for `prepared_days` (retention.yaml) and told to the address in one mail that holds no value; a newer one for it takes its place.

    `form`: registration_person or registration_company. `values` by full path: text as a person types it in the language `typed_in`
    (choices and places by their code too), anything else as the chat API has it; empty ones are left out. `language`: the customer's.
    Whoever has a card already is shown what differs from it, under "My card". `within`: the caller's transaction, so that both
    hold or neither. Who may do this is the caller's to check; that it was done is audited here."""
    settings, at = services.settings, services.clock()
    language, typed_in = language or settings.languages[0], typed_in or settings.languages[0]
    read = read_values(services, form, email, values, typed_in)
    if read.problems:
        return NotPrepared(read.problems)
    ends_at = at + timedelta(days=services.catalogue.retention.prepared_days)
    sheet = Sheet(read.email, read.values, by.name, by.file)
    async with nullcontext(within) if within else services.database.transaction() as session:
        if not await _may_be_written_to(services, session, read.email, at):
            return NotPrepared({EMAIL: wording.say(typed_in, "preparing.too_often")}, is_too_often=True)
        new = NewPrepared(sheet, form, language, by.colleague, by.source, at, ends_at)
        owner, replaced = await keep_prepared(session, services.keys, new)
        told = {"colleague": by.name, "file": by.file, "days": services.catalogue.retention.prepared_days}
        await send_mail(session, settings, owner, NewMail("prepared", read.email, language, facts=told))
        detail: dict[str, str | int | bool | None] = {"form": form, "source": by.source, "values": len(read.values)}
        await audit(session, Audited(Action.PREPARE_CARD.value, at, colleague=by.colleague, subject=owner.id, detail=detail))
        for former in replaced:
            ended = {"replaced_by": str(owner.id)}
            await audit(session, Audited(Action.PREPARE_CARD.value, at, colleague=by.colleague, subject=former, detail=ended))
    return Prepared(owner.id, read.values, read.doubts)


async def _may_be_written_to(services: Services, session: AsyncSession, email: str, at: datetime) -> bool:
    """Counted, where they may. A colleague may not see whom codes were sent to."""
    async with as_system(session):
        if await count_tries(session, services.keys, "prepared", email, at) >= MOST_A_DAY:
            return False
        await keep_try(session, services.keys, "prepared", email, at)
        return True


def steps_to_prepare(form: CompiledForm) -> Iterator[Step]:
    """What may be prepared, in the form's order."""
    for key, step in form.steps().items():
        if step.question is not None and step.question.type not in NEVER and key not in CARD_EMAILS:
            yield step


@dataclass(slots=True)
class ReadSheet:
    email: str = ""
    values: dict[str, Wire] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)


def read_values(services: Services, form: str, email: str, values: Mapping[str, object], typed_in: str) -> ReadSheet:
    """As the conversation reads answers: by the types, each held against those before it."""
    told = {path: value for path, value in values.items() if value is not None and str(value).strip()}
    desk = _desk(services, form, typed_in)
    sheet = ReadSheet()
    _read_email(desk, email, sheet)
    steps = {step.key: step for step in steps_to_prepare(desk.form(form))}
    for path in told.keys() - steps.keys():
        sheet.problems[path] = wording.say(typed_in, "preparing.not_asked")
    for path in [path for path in steps if path in told]:
        _read_value(desk, steps[path], told[path], sheet)
    if not told and not sheet.problems:
        sheet.problems[""] = wording.say(typed_in, "preparing.nothing")
    return sheet


def _desk(services: Services, form: str, language: str) -> Desk:
    """One at which nobody sits: to word and to check as in a conversation. Raises KeyError for a form that is no card."""
    state = State(language, answers={PARTY_KIND: CARD_OF_FORM[form].kind})
    return Desk(state, services.catalogue, circumstances_at(services.clock(), services.settings))


def _read_email(desk: Desk, email: str, sheet: ReadSheet) -> None:
    reading = TYPES["email"].read_text(email, Asked(EMAIL, "email", desk.language, desk.today))
    if isinstance(reading, Read | Doubt):
        sheet.email = str(reading.value)
    if isinstance(reading, Refused):
        sheet.problems[EMAIL] = wording.say(desk.language, f"refusals.{reading.reason.value}", reading.facts)
    elif isinstance(reading, Doubt):
        sheet.doubts[EMAIL] = wording.say(desk.language, f"doubts.{reading.reason.value}", reading.facts)


def _read_value(desk: Desk, step: Step, told: object, sheet: ReadSheet) -> None:
    reading = _reading(desk, step, told)
    if isinstance(reading, Read | Doubt):
        held = answers.held(desk, step, reading.value)
        reading = reading if isinstance(held, Read) else held
    match reading:
        case Refused():
            sheet.problems[step.key] = _refusal(desk, step, reading)
        case Candidates():
            labels = listed((choice.label for choice in reading.choices), desk.language)
            sheet.problems[step.key] = f"{_refusal(desk, step, Refused(reading.reason, **reading.facts))} {labels}"
        case Doubt(value=value):
            sheet.doubts[step.key] = problems.sentence(desk, step_stop(step), reading.reason, reading.facts, value)
            sheet.values[step.key] = value
        case Read(value=value):
            sheet.values[step.key] = value
    if step.key in sheet.values:
        desk.answer({step.key: sheet.values[step.key]})


def _reading(desk: Desk, step: Step, told: object) -> Reading:
    known = asked(step, desk.state.answers, desk.environment, desk.words(step.form), desk.language)
    if not isinstance(told, str):
        return TYPES[known.type].read_value(told, known)
    if (unreadable := problems.unreadable(told)) is not None:
        return unreadable
    by_code = TYPES[known.type].read_value(told, known) if known.choices else None
    return by_code if isinstance(by_code, Read) else TYPES[known.type].read_text(told, known)


def _refusal(desk: Desk, step: Step, refused: Refused) -> str:
    stop = step_stop(step)
    own = problems.own_words(desk, stop, refused.facts)
    return own or wording.say(desk.language, f"refusals.{refused.reason.value}", problems.worded_facts(desk, stop, refused.facts))
