"""Lint of one question's own fields: what fits its type, bounds, prefill, rules and computations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from forms.cards import CARDS
from forms.checks import RULES
from forms.computed import COMPUTATIONS, PROPOSALS
from forms.conditions import bound_value, is_answer_name
from forms.model import Bound, Question, TypeName
from forms.names import Types
from forms.spots import Spot
from forms.types.base import Wire

_CHOOSING: frozenset[TypeName] = frozenset({"choice", "choices"})
_BOUNDED: frozenset[TypeName] = frozenset({"integer", "number", "money", "date"})
_WRITTEN: frozenset[TypeName] = frozenset({"text", "multiline", "name"})

# Answers of the conversation itself that a form may take up.
JOURNEY: Mapping[str, TypeName] = {"journey.email": "email", "journey.language": "choice"}


type _Finding = tuple[str, str, str]  # code, field, message


def wrong_fields(spot: Spot, types: Types, known: Mapping[str, TypeName], today: date) -> Iterator[_Finding]:
    if spot.question is not None:
        yield from _QuestionLint(spot, spot.question, types, known, today).findings()


@dataclass(frozen=True, slots=True)
class _QuestionLint:
    spot: Spot
    question: Question
    types: Types
    known: Mapping[str, TypeName]
    today: date

    def findings(self) -> Iterator[_Finding]:
        yield from _misfits(self.question)
        yield from _unreachable_choices(self.question)
        yield from self._wrong_bounds()
        yield from self._wrong_prefill()
        yield from self._wrong_functions()

    def _wrong_bounds(self) -> Iterator[_Finding]:
        for field, bound in (("min", self.question.min), ("max", self.question.max)):
            if bound is not None and (complaint := self._complaint(bound)):
                yield "F033", field, complaint
        low, high = (self._known_bound(bound) for bound in (self.question.min, self.question.max))
        if low is not None and high is not None and low > high:
            yield "F033", "max", f"the least, {low}, is above the most, {high}"

    def _complaint(self, bound: Bound) -> str | None:
        kind = self.question.type
        if is_answer_name(bound):
            if bound not in self.spot.before:
                return f"`{bound}` is no earlier answer"
            return None if self.types[str(bound)] == kind else f"`{bound}` is of type {self.types[str(bound)]}, this of type {kind}"
        return None if self._known_bound(bound) is not None else f"`{bound}` is no value of type {kind}"

    def _known_bound(self, bound: Bound | None) -> Decimal | None:
        """The bound as a number to compare with, where it does not hang on an answer."""
        if bound is None or is_answer_name(bound):
            return None
        try:
            return _as_number(bound_value(bound, self.question.type, self.today, {}), self.question.type)
        except (ValueError, OverflowError, InvalidOperation):
            return None

    def _wrong_prefill(self) -> Iterator[_Finding]:
        path = self.question.prefill
        if path is None:
            return
        if path not in self.known:
            yield "F034", "prefill", f"no form asks `{path}`"
        elif self.known[path] != self.question.type:
            yield "F034", "prefill", f"`{path}` is of type {self.known[path]}, this of type {self.question.type}"

    def _wrong_functions(self) -> Iterator[_Finding]:
        for name, named, field in ((self.question.computed, COMPUTATIONS, "computed"), (self.question.propose, PROPOSALS, "propose")):
            if name is not None and name not in named:
                yield "F035", field, f"there is no `{name}`; there is {', '.join(sorted(named))}"
            elif name is not None:
                yield from self._missing_reads(name, named[name].reads, field, named[name].type)
        for one in self.question.checks:
            if one.rule is not None and one.rule not in RULES:
                yield "F035", "checks", f"there is no rule `{one.rule}`; there is {', '.join(sorted(RULES))}"
            elif one.rule is not None:
                yield from self._missing_reads(one.rule, tuple(one.prefix + name for name in RULES[one.rule].reads), "checks", None)

    def _missing_reads(self, name: str, reads: tuple[str, ...], field: str, gives: TypeName | None) -> Iterator[_Finding]:
        for read in reads:
            if read not in self.spot.before and read != self.question.name:
                yield "F036", field, f"`{name}` reads `{read}`, which is not answered before"
        if gives is not None and self.question.type not in ("computed", gives):
            yield "F036", field, f"`{name}` gives {gives}, this is of type {self.question.type}"


def _as_number(value: Wire | None, kind: TypeName) -> Decimal:
    if kind == "date":
        return Decimal(date.fromisoformat(str(value)).toordinal())
    if kind == "integer" and not isinstance(value, int):
        raise ValueError(value)
    return Decimal(str(value))


def _misfits(question: Question) -> Iterator[_Finding]:
    kind = question.type
    wrong = [
        ("choices", bool(question.choices), kind in _CHOOSING),
        ("choices_for", bool(question.choices_for), kind in _CHOOSING),
        ("exclusive", bool(question.exclusive), kind == "choices"),
        ("min", question.min is not None, kind in _BOUNDED),
        ("max", question.max is not None, kind in _BOUNDED),
        ("max_length", question.max_length is not None, kind in _WRITTEN),
        ("accept", bool(question.accept), kind == "file"),
        ("computed", question.computed is not None, kind == "computed"),
    ]
    for field, is_there, belongs in wrong:
        if is_there and not belongs:
            yield "F032", field, f"`{field}` means nothing for type {kind}"
    if kind == "computed" and question.computed is None:
        yield "F032", "type", "a computed answer names its computation in `computed`"
    if kind in _CHOOSING and not question.choices:
        yield "F032", "type", f"type {kind} has no choices to choose from"


def _unreachable_choices(question: Question) -> Iterator[_Finding]:
    for number, choice in enumerate(question.choices):
        if choice in question.choices[:number]:
            yield "F031", "choices", f"the choice `{choice}` stands twice: the second is never reached"
    for choice in question.exclusive:
        if choice not in question.choices:
            yield "F031", "exclusive", f"`{choice}` is exclusive but no choice"
    for kind, offered in question.choices_for.items():
        if kind not in CARDS:
            yield "F031", "choices_for", f"there is no kind of customer `{kind}`; there is {', '.join(CARDS)}"
        for choice in offered:
            if choice not in question.choices:
                yield "F031", "choices_for", f"`{choice}` is offered to `{kind}` but no choice"
