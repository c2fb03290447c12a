"""My consents: what was agreed to, taken back as easily as it was given, or given after all."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from dialogs import summaries, wording
from dialogs.desk import Desk
from dialogs.effects import ChangeConsents, RecordAct
from dialogs.journey import ACT_DETOUR, CONSENTS, act_stops
from dialogs.messages import Later
from dialogs.state import Act, Closing
from forms.types import TYPES
from forms.types.base import Asked, Choice, Read
from rules.consents import LAPSED, POSITIVE, WITHDRAWN, GivenAct, lapse

ALL, DONE = "all", "done"


def open_list(desk: Desk) -> None:
    """A detour: afterwards one is where one was. Who has not proved an address yet does that first."""
    has_some = not desk.state.bound or any(True for _ in known(desk))
    if not has_some:
        desk.say("no_consents")
    desk.set(detour=ACT_DETOUR if has_some else None, redo=None, redo_from="", offered=None)


def known(desk: Desk) -> Iterator[tuple[str, Act]]:
    """The latest act of each question whose yes may be taken back, or that a policy lacks, in the modules' order; those of retired modules
    last."""
    acts, missing = desk.state.acts, desk.state.client.missing
    questions = dict.fromkeys((*(stop.path for stop in act_stops(desk) if stop.path in acts), *acts))
    for question in questions:
        kind = desk.catalogue.kinds.get(acts[question].kind)
        if kind is not None and (kind.withdraw or (question in missing and acts[question].answer not in POSITIVE)):
            yield question, acts[question]


def standing(desk: Desk) -> list[str]:
    """Questions that were answered with a yes that counts."""
    return [question for question, act in known(desk) if act.answer in POSITIVE]


def free(desk: Desk, questions: Iterable[str]) -> list[str]:
    """Those of them that are consents: nothing hangs on them, and all can be taken back at once."""
    return [question for question in questions if not desk.catalogue.kinds[desk.state.acts[question].kind].blocks]


def open_to(desk: Desk) -> list[str]:
    """Questions of modules in force that could be answered with a yes after all."""
    there_are = {stop.path for stop in act_stops(desk)}
    return [question for question, act in known(desk) if act.answer not in POSITIVE and question in there_are]


def choices(desk: Desk) -> tuple[Choice, ...]:
    """What may be taken back; all of it that is free; what may be given after all; nothing."""
    given = [_choice(desk, "give", question, label) for question, label in _labels(desk).items() if question in open_to(desk)]
    return (*_to_withdraw(desk), *given, Choice(DONE, wording.say(desk.language, "consents.done")))


def _to_withdraw(desk: Desk) -> tuple[Choice, ...]:
    stand = standing(desk)
    found = [_choice(desk, "withdraw", question, label) for question, label in _labels(desk).items() if question in stand]
    if len(free(desk, stand)) > 1:
        aliases = wording.aliases(desk.language, "consents.all")
        found.append(Choice(ALL, wording.say(desk.language, "consents.withdraw_all"), aliases=aliases))
    return tuple(found)


def _choice(desk: Desk, what: str, question: str, label: str) -> Choice:
    return Choice(question, wording.say(desk.language, f"consents.{what}", {"label": label}), aliases=(label,))


def _labels(desk: Desk) -> dict[str, str]:
    return {row.question: row.label for row in summaries.act_rows(desk, dict(known(desk)))}


def withdraw_named(desk: Desk, named: str) -> None:
    """At once where it is said what, by its path or in words; otherwise the list opens, with a button for each."""
    offered = _to_withdraw(desk)
    meant = named if any(choice.value == named for choice in offered) else _read(desk, named, offered)
    if meant:
        choose(desk, meant, desk.state.shown)
    else:
        open_list(desk)


def _read(desk: Desk, named: str, offered: tuple[Choice, ...]) -> str:
    asked = Asked(CONSENTS, "choice", desk.language, desk.today, choices=offered)
    reading = TYPES["choice"].read_text(named, asked) if named and offered else None
    return str(reading.value) if isinstance(reading, Read) else ""


def choose(desk: Desk, choice: str, shown: str) -> None:
    stand = standing(desk)
    if choice == DONE:
        desk.set(detour=None)
    elif choice == ALL:
        withdraw(desk, free(desk, stand), shown)
    elif choice in stand:
        withdraw(desk, [choice], shown)
    else:
        desk.set(redo=choice)  # the whole text first, and both answers under it


def withdraw(desk: Desk, questions: list[str], shown: str) -> None:
    """At once, with a receipt. What it means for the rest of the conversation is said."""
    acts = {question: desk.state.acts[question] for question in questions}
    records = tuple(_taken_back(desk, question, act, shown) for question, act in acts.items())
    labels = [row.label for row in summaries.act_rows(desk, acts)]
    settle(desk, records, shown)
    desk.say("withdrawn", labels=labels, receipt=Later("receipt"), stamp=desk.stamp(), emails=list(desk.emails))
    if any(desk.catalogue.kinds[act.kind].blocks for act in acts.values()):
        desk.say("withdrawn_needed", phone=desk.circumstances.agency_phone)


def settle(desk: Desk, records: tuple[RecordAct, ...], shown: str) -> None:
    """The acts are recorded and receipted together, and one is back where one was."""
    stamp, at = desk.stamp(), desk.now.timestamp()
    desk.effects.append(ChangeConsents(records, shown, desk.now, stamp, desk.language))
    changed = {one.question: Act(one.module, one.version, one.kind, one.answer, at, stamp) for one in records}
    given = [question for question, act in changed.items() if act.answer in POSITIVE]
    desk.set(
        acts={**desk.state.acts, **changed},
        client=desk.state.client.with_given(given),
        closing=Closing("consents", stamp),
        detour=None,
        redo=None,
        redo_from="",
    )


def as_they_count(desk: Desk, acts: dict[str, Act]) -> dict[str, Act]:
    """A yes that has grown too old is marked: it is asked again. Looked at where the customer is loaded, not at every turn."""
    return {question: _as_it_counts(desk, question, act) for question, act in acts.items()}


def _as_it_counts(desk: Desk, question: str, act: Act) -> Act:
    given = GivenAct(question, act.version, act.answer, datetime.fromtimestamp(act.at, UTC))
    is_old = lapse(desk.catalogue.months_counted(act.module, act.version), given, desk.now).answer == LAPSED
    return msgspec.structs.replace(act, answer=LAPSED) if is_old else act


def _taken_back(desk: Desk, question: str, act: Act, shown: str) -> RecordAct:
    """On the text that had been agreed to, in the language it is taken back in where that text has it."""
    module = desk.catalogue.published.get((act.module, act.version))
    has_text = module is not None and desk.language in module.texts
    return RecordAct(
        question=question,
        module=act.module,
        version=act.version,
        kind=act.kind,
        answer=WITHDRAWN,
        text_sha256=module.text_sha256(desk.language) if module is not None and has_text else shown,
        shown=shown,
        language=desk.language,
        at=desk.now,
    )
