"""Which acts are still to be asked, and what answers each kind of act allows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from rules.refusals import Reason, Refused
from rules.retention import months_after

type Kind = Literal["authorisation", "confirmation", "consent", "notice"]
type Answer = Literal["accept", "refuse", "seen", "confirm"]

POSITIVE: frozenset[str] = frozenset({"accept", "confirm", "seen"})
WITHDRAWN, LAPSED, TOLD = "withdrawn", "lapsed", "told"
"""What became of a yes since: taken back by the customer, or too old to count (the latter is no act). And of a text: that its new wording
was told, where it says the same as before."""


@dataclass(frozen=True, slots=True)
class KindRules:
    """What all acts of one kind have in common (forms/catalog/modules/kinds.yaml, where each is explained)."""

    answers: tuple[Answer, ...]
    blocks: bool
    withdraw: bool
    again: Literal["on_change", "each_time"]
    lapses: bool


@dataclass(frozen=True, slots=True)
class InForce:
    """A module as it is in force today. `acts` are full paths of its act questions (`modules.mandate.act`)."""

    code: str
    version: str
    kind: Kind
    acts: tuple[str, ...]
    still_counting: frozenset[str] = frozenset()
    """Earlier versions that differ from this one editorially only: an act on them still counts."""
    needed_to_issue: bool = False
    needed_to_go_on: bool = False
    each_time: bool = False
    """Asked at every occasion (each quote), whatever was answered before."""


@dataclass(frozen=True, slots=True)
class GivenAct:
    question: str
    version: str
    answer: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToAsk:
    """One act question to put; `before` is the version last answered, None where it never was (the difference is then shown)."""

    module: InForce
    question: str
    before: str | None


def check_answer(kind: KindRules, answer: str) -> Answer:
    for allowed in kind.answers:
        if answer == allowed:
            return allowed
    raise Refused(Reason.CHOICE_UNKNOWN)


def modules_to_ask(modules_in_force: Sequence[InForce], latest_acts: Iterable[GivenAct]) -> tuple[ToAsk, ...]:
    """The act questions whose text changed since the customer's last act, in the modules' order (S0-19, S0-20).

    A refusal is an act, and so is taking a yes back: it is asked again only when the text changes, or where nothing goes on without it."""
    latest = {act.question: act for act in latest_acts}
    return tuple(
        ToAsk(module, question, _version(latest.get(question)))
        for module in modules_in_force
        for question in module.acts
        if module.each_time or not _stands(latest.get(question), module)
    )


def missing_modules(
    modules_in_force: Sequence[InForce], latest_acts: Iterable[GivenAct], *, since: datetime | None = None
) -> tuple[str, ...]:
    """Codes of the modules a policy needs and that are not answered positively on the text in force.

    `since`: when the occasion before this one ended; what is asked each time must have been answered after it."""
    latest = {act.question: act for act in latest_acts}
    return tuple(m.code for m in modules_in_force if m.needed_to_issue and not all(_is_given(latest.get(q), m, since) for q in m.acts))


def still_counting(history: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Earlier versions from which the latest differs in its words only. `history`: (version, `material` or `editorial`), oldest first."""
    counting: set[str] = set()
    for newer, older in zip(reversed(history), reversed(history[:-1]), strict=False):
        if newer[1] == "material":
            break
        counting.add(older[0])
    return frozenset(counting)


def lapse(months: int | None, act: GivenAct, now: datetime) -> GivenAct:
    """The act as it counts now: a yes counts for so many months, or for good."""
    is_old = months is not None and act.answer in POSITIVE and act.at is not None and months_after(act.at, months) <= now
    return replace(act, answer=LAPSED) if is_old else act


def may_send(consent: InForce, latest_acts: Iterable[GivenAct]) -> bool:
    """Whether a message that rests on a consent may leave: the latest answer is a yes, on the text in force or one that says the same."""
    latest = {act.question: act for act in latest_acts}
    return all(_is_given(latest.get(question), consent, None) for question in consent.acts)


def _stands(act: GivenAct | None, module: InForce) -> bool:
    if act is None or act.answer == LAPSED or (module.needed_to_go_on and act.answer not in POSITIVE):
        return False
    return _counts(act, module)


def _is_given(act: GivenAct | None, module: InForce, since: datetime | None) -> bool:
    if act is None or (module.each_time and since is not None and (act.at is None or act.at <= since)):
        return False
    return _counts(act, module) and act.answer in POSITIVE


def _counts(act: GivenAct | None, module: InForce) -> bool:
    return act is not None and (act.version == module.version or act.version in module.still_counting)


def _version(act: GivenAct | None) -> str | None:
    return act.version if act else None
