"""Looks for answers that lead somewhere: the shortest conversation in which a question is asked, or a condition fails."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from forms.cards import CARDS
from forms.conditions import OFFERED, Condition, hashable, names_in
from forms.flow import CompiledForm, Environment, offered
from forms.lint_values import candidates, days_to_come
from forms.model import Question
from forms.names import names_read_by, questions_of, types_of
from forms.types.base import Wire

type Seen = dict[str, Wire | tuple[str, ...]]

# More combinations than this are not tried: nothing is then said about the condition.
_TRIES = 20_000


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
        values = {name: candidates(self.questions[name], told, self.env) for name in closure}
        self.tries = 0
        best: tuple[tuple[str, Wire], ...] | None = None
        for start in self._starts(told):
            for said, seen in self._runs(closure, values, start, ()):
                if (best is None or len(said) < len(best)) and wanted(seen):
                    best = said
        is_tried = names - OFFERED.keys() <= self.questions.keys()  # how many items a group has is not
        is_complete = is_tried and self.tries < _TRIES and all(complete for _, complete in values.values())
        return Found(None if best is None else tuple(f"{self._path(name)} = {_said(value)}" for name, value in best), is_complete)

    def on_other_days(self, sources: tuple[str, ...]) -> "Iterator[Search]":
        """The same once time has moved on: what nobody can answer today, because of a bound or of `today` itself, may be waiting for its day."""
        return (Search(self.form, replace(self.env, today=day)) for day in days_to_come(sources, self.env.today))

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
