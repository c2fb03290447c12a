"""Looks for answers that lead somewhere: the shortest conversation in which a question is asked, or a condition fails."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from forms.cards import CARDS
from forms.conditions import OFFERED, Condition, bound_value, hashable, names_in
from forms.flow import CompiledForm, Environment, offered
from forms.lint_cel import comparisons, tokens, unquoted
from forms.model import Question
from forms.names import names_read_by, questions_of, types_of
from forms.types.base import Wire

type Seen = dict[str, Wire | tuple[str, ...]]

# More combinations than this are not tried: nothing is then said about the condition.
_TRIES = 20_000
_FEW = 60  # an integer with at most so many values is tried with all of them


@dataclass(frozen=True, slots=True)
class Found:
    """`conversation` None and `is_complete`: every combination was tried, there is none."""

    conversation: tuple[str, ...] | None
    is_complete: bool


@dataclass(slots=True)
class Search:
    """Runs over the answers that matter to a condition, in the form's order, parked ones left out."""

    form: CompiledForm
    env: Environment
    questions: dict[str, Question] = field(default_factory=dict)
    conditions: dict[str, Condition] = field(default_factory=dict)
    tries: int = 0

    def __post_init__(self) -> None:
        types = types_of(self.form.form)[None]
        for _, question, group in questions_of(self.form.form):
            if group is None:
                self.questions[question.name] = question
                if question.ask_if is not None:
                    self.conditions[question.name] = Condition(question.ask_if, types)

    def shortest(self, names: frozenset[str], wanted: Callable[[Seen], bool], sources: tuple[str, ...] = ()) -> Found:
        """The conversation with the fewest answers to those names, and to what they depend on, after which `wanted` is true.

        `sources`: the conditions that `wanted` looks at; their literals say which values are worth trying."""
        closure = self._closure(names)
        told = (*sources, *(self.conditions[name].source for name in closure if name in self.conditions))
        values = {name: _candidates(self.questions[name], told, self.env) for name in closure}
        self.tries = 0
        best: tuple[tuple[str, Wire], ...] | None = None
        for start in self._starts(told):
            for said, seen in self._runs(closure, values, start, ()):
                if (best is None or len(said) < len(best)) and wanted(seen):
                    best = said
        is_tried = names - OFFERED.keys() <= self.questions.keys()  # how many items a group has is not
        is_complete = is_tried and self.tries < _TRIES and all(complete for _, complete in values.values())
        return Found(None if best is None else tuple(f"{self._path(name)} = {_said(value)}" for name, value in best), is_complete)

    def _starts(self, sources: tuple[str, ...]) -> list[Seen]:
        """What is offered before the first answer: to each kind of customer where some condition tells them apart."""
        tells_apart = any("party_kind" in names_in(source) for source in sources)
        kinds = tuple(CARDS) if tells_apart else (self.env.party_kind,)
        return [{**offered(self.env), "party_kind": kind} for kind in kinds]

    def _path(self, name: str) -> str:
        return next(step.path for step in self.form.steps().values() if step.question is self.questions[name])

    def _closure(self, names: frozenset[str]) -> list[str]:
        """The names and all that decides whether they are asked, in the form's order."""
        found: set[str] = set()
        waiting = [name for name in names if name in self.questions]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(read for read in names_read_by(self.questions[name]) if read in self.questions)
        return [name for name in self.questions if name in found]

    def _runs(
        self, names: list[str], values: Mapping[str, tuple[list[Wire], bool]], seen: Seen, said: tuple[tuple[str, Wire], ...]
    ) -> Iterator[tuple[tuple[tuple[str, Wire], ...], Seen]]:
        if self.tries >= _TRIES:
            return
        if not names:
            self.tries += 1
            yield said, seen
            return
        name, rest = names[0], names[1:]
        condition = self.conditions.get(name)
        if condition is not None and condition.holds(seen) is not True:
            yield from self._runs(rest, values, seen, said)
            return
        if not self.questions[name].required or self.questions[name].optional_if is not None:
            yield from self._runs(rest, values, seen, said)
        for value in values[name][0]:
            answer = () if self.questions[name].type == "computed" else ((name, value),)
            yield from self._runs(rest, values, {**seen, name: hashable(value)}, (*said, *answer))


def _said(value: Wire) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _candidates(question: Question, sources: tuple[str, ...], env: Environment) -> tuple[list[Wire], bool]:
    """Values to try, and whether they are all there can be (or stand for all that conditions can tell apart)."""
    match question.type:
        case "choice":
            return list(question.choices), True
        case "yes_no":
            return [True, False], True
        case "confirm":
            return [True], True
        case "choices":
            return _subsets(question, sources), True
        case "integer":
            return _integers(question, sources, env)
        case _:
            return _literals(question, sources, env), False


def _subsets(question: Question, sources: tuple[str, ...]) -> list[Wire]:
    """All combinations of the choices that some condition names, and one of the others alone."""
    named = [choice for choice in question.choices if any(f'"{choice}"' in source or f"'{choice}'" in source for source in sources)]
    free = [choice for choice in named if choice not in question.exclusive]
    others = [choice for choice in question.choices if choice not in named][:1]
    sets = [list(chosen) for size in range(1, len(free) + 1) for chosen in combinations(free, size)]
    return [*([choice] for choice in others), *([choice] for choice in named if choice in question.exclusive), *sets]


def _integers(question: Question, sources: tuple[str, ...], env: Environment) -> tuple[list[Wire], bool]:
    low, high = (bound_value(bound, "integer", env.today, {}) for bound in (question.min, question.max))
    if isinstance(low, int) and isinstance(high, int) and high - low < _FEW:
        return list(range(low, high + 1)), True
    near = {number + shift for number in _numbers(sources) for shift in (-1, 0, 1)}
    years = {env.today.year - number for number in near}
    ends = {bound for bound in (low, high) if isinstance(bound, int)}
    inside = [
        value
        for value in sorted(near | years | ends)
        if (low is None or value >= int(str(low))) and (high is None or value <= int(str(high)))
    ]
    return list(inside or [1]), False


def _numbers(sources: tuple[str, ...]) -> set[int]:
    return {int(token.text) for source in sources for token in tokens(source) if token.kind == "number" and token.text.isdigit()}


def _literals(question: Question, sources: tuple[str, ...], env: Environment) -> list[Wire]:
    if question.type == "date":
        return [(env.today + timedelta(days=days)).isoformat() for days in (-9000, -30, 0, 30, 9000)]
    if question.type == "money":
        return [str(Decimal(cents) / 100) for number in sorted(_numbers(sources)) for cents in (number, number + 1)] or ["1.00"]
    if question.type == "number":
        return [str(number) for number in sorted(_numbers(sources))] or ["1"]
    said = {unquoted(token) for source in sources for one in comparisons(source) if one.name == question.name for token in one.literals}
    return [*sorted(said), "x"]
