"""Steps and how one walk collects them: the compiled parts of a form, each visited once in the form's order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from forms.computed import COMPUTATIONS, Environment
from forms.conditions import Condition, Seen, hashable
from forms.model import Group, Question, TypeName, Words
from forms.types.base import Asked, Wire

if TYPE_CHECKING:
    from forms.flow import CompiledForm


type StepKind = Literal["question", "more", "confirm"]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One thing to ask or to show. `path` is what the customer's channel sees; the answer is kept under `key`.

    Each version of a form has one step of a key, so that two are equal only where they are the same.
    Path and key differ in one case only: `<group>.more` is asked before each item under one path, and kept as `<group>.<number>.more`.
    Kind `question` with `question.type == "computed"` is never open; its value stands in `Walk.values`.
    """

    path: str
    key: str
    form: str
    section: str
    question: Question | None
    group: str | None
    number: int | None
    kind: StepKind
    of: "CompiledForm" = field(repr=False)
    standing: dict[tuple[str, str, str], tuple[Words, Asked]] = field(default_factory=dict, repr=False)
    """As it is asked, by language, currency and kind of customer: forms.flow.standing."""
    memo: dict[str | int, Any] = field(default_factory=dict, repr=False)
    """Whatever a caller makes of the step alone, and wants to find again with it."""


class Walk(msgspec.Struct, frozen=True):
    """The applicable steps in order, the first open one, and the live answers. A struct, because every turn makes one."""

    form: str
    steps: tuple[Step, ...]
    open: Step | None
    values: Mapping[str, Wire]
    """Live answers of questions by key, computed ones included: what counts, is shown and exported."""
    unanswered_needs: tuple[Step, ...]
    """Needs questions skipped or answered `no_answer`."""
    answered: int
    """Steps answered or skipped, section confirmations included, computed ones not."""
    total: int

    @property
    def flat(self) -> dict[str, Wire]:
        """Live answers by flat name, without those of groups: what a tariff takes."""
        return {
            step.question.name: self.values[step.key]
            for step in self.steps
            if step.question is not None and step.group is None and step.key in self.values
        }


@dataclass(slots=True)
class Walking:
    """One walk under way."""

    answers: Mapping[str, Wire]
    env: Environment
    skipped: frozenset[str]
    quick_only: bool
    seen: dict[str, Wire | tuple[str, ...]]
    steps: list[Step] = field(default_factory=list)
    values: dict[str, Wire] = field(default_factory=dict)
    needs: list[Step] = field(default_factory=list)
    open: Step | None = None
    asked: int = 0
    pending: int = 0

    def take(self, step: Step, *, can_be_skipped: bool = True) -> Wire | None:
        """The step applies; what was answered to it."""
        self.steps.append(step)
        self.asked += 1
        value = self.answers.get(step.key)
        if value is None and not (can_be_skipped and step.key in self.skipped):
            self.pending += 1
            if self.open is None:
                self.open = step
        return value

    def keep(self, step: Step, name: str, value: Wire) -> None:
        self.values[step.key] = value
        self.seen[name] = hashable(value)


class Asks:
    """A question, of the form itself or of one item of a group."""

    __slots__ = ("computation", "condition", "is_computed", "is_need", "name", "optional", "question", "quick", "step")

    def __init__(self, question: Question, step: Step, types: Mapping[str, TypeName]) -> None:
        self.question = question
        self.name = question.name
        self.quick = question.quick
        self.is_need = question.need
        self.is_computed = question.type == "computed"
        self.step = step
        self.condition = Condition(question.ask_if, types) if question.ask_if is not None else None
        self.optional = Condition(question.optional_if, types) if question.optional_if is not None else None
        self.computation = COMPUTATIONS.get(question.computed or "") if self.is_computed else None

    def computed(self, seen: Seen, env: Environment) -> Wire | None:
        return self.computation.compute(seen, env) if self.computation is not None else None

    def visit(self, walking: Walking) -> None:
        """Of a question that applies and is more than asked and answered: computed, on the needs, or skippable for some only."""
        if self.is_computed:
            value = self.computed(walking.seen, walking.env)
            if value is not None:
                walking.steps.append(self.step)
                walking.keep(self.step, self.name, value)
            return
        value = walking.take(self.step, can_be_skipped=self.optional is None or self.optional.holds(walking.seen) is True)
        if value is not None:
            walking.keep(self.step, self.name, value)
        if not self.is_need:
            return
        is_unanswered = self.step.key in walking.skipped if value is None else value in NO_ANSWER
        if is_unanswered:
            walking.needs.append(self.step)
            walking.seen["unanswered_needs"] = len(walking.needs)


NO_ANSWER = ("no_answer", ["no_answer"])
"""To a needs question: it is listed and recorded before the end."""


class Run:
    """Questions one after the other, laid out so that a walk looks at as little as it can: a long form comes this way at every turn."""

    __slots__ = ("_all", "_quick")

    def __init__(self, questions: Iterable[Asks]) -> None:
        questions = tuple(questions)
        self._all = tuple(map(_laid_out, questions))
        self._quick = tuple(_laid_out(asks) for asks in questions if asks.quick or asks.is_computed)

    def visit(self, walking: Walking) -> None:
        answers, skipped, seen, values, steps = walking.answers, walking.skipped, walking.seen, walking.values, walking.steps
        asked = pending = 0
        for condition, step, key, name, special in self._quick if walking.quick_only else self._all:
            if condition is not None and condition.holds(seen) is not True:
                continue
            if special is not None:
                special.visit(walking)
                continue
            asked += 1
            steps.append(step)
            value = answers.get(key)
            if value is not None:
                values[key] = value
                seen[name] = value if type(value) is str else hashable(value)
            elif key not in skipped:
                pending += 1
                if walking.open is None:
                    walking.open = step
        walking.asked += asked
        walking.pending += pending


def _laid_out(asks: Asks) -> tuple[Condition | None, Step, str, str, Asks | None]:
    """When it is asked, its step and key, its name, and itself where it is more than asked and answered."""
    is_special = asks.is_computed or asks.is_need or asks.optional is not None
    return asks.condition, asks.step, asks.step.key, asks.name, asks if is_special else None


class Repeats:
    """A group: its items one after the other, each with its own number in the paths, each seeing its own answers only."""

    __slots__ = ("_is_read", "_items", "condition", "count", "mores", "most", "name", "quick")

    def __init__(
        self, group: Group, mores: tuple[Step, ...], items: tuple[tuple[Asks, ...], ...], types: Mapping[str, TypeName], *, is_read: bool
    ) -> None:
        """`is_read`: a condition looks at how many items there are."""
        self.name = group.group
        self.count = group.count
        self.most = group.most
        self._is_read = is_read
        self.condition = Condition(group.ask_if, types) if group.ask_if is not None else None
        self.quick = any(question.quick for question in group.questions)
        self.mores = mores
        self._items = tuple(Run(item) for item in items)

    def visit(self, walking: Walking) -> None:
        if walking.quick_only and not self.quick:
            return
        if self.condition is not None and self.condition.holds(walking.seen) is not True:
            return
        if self.count is not None:
            self._visit_counted(walking, walking.seen.get(self.count))
        else:
            self._visit_asked(walking)
        if self._is_read and (number := self.number(walking.answers, walking.seen)) is not None:
            walking.seen[self.name] = number

    def number(self, answers: Mapping[str, Wire], seen: Seen) -> int | None:
        """How many items there are; None while there may be one more."""
        if self.count is not None:
            count = seen.get(self.count)
            return count if isinstance(count, int) else None
        told = self.told(answers)
        return told if told == len(self.mores) or answers.get(self.mores[told].key) is False else None

    def told(self, answers: Mapping[str, Wire]) -> int:
        """How many items were begun so far, one after the other."""
        return sum(1 for _ in takewhile(lambda more: answers.get(more.key) is True, self.mores))

    def _visit_counted(self, walking: Walking, count: Wire | tuple[str, ...] | None) -> None:
        if isinstance(count, int):
            for item in self._items[: max(count, 0)]:
                _visit_item(item, walking)

    def _visit_asked(self, walking: Walking) -> None:
        for more, item in zip(self.mores, self._items, strict=False):
            if walking.take(more) is not True:
                return
            _visit_item(item, walking)


def _visit_item(item: Run, walking: Walking) -> None:
    seen = walking.seen
    walking.seen = dict(seen)
    item.visit(walking)
    walking.seen = seen


class Section:
    """A section's parts and its confirmation, which comes last and so opens when all before it is answered or skipped."""

    __slots__ = ("_runs", "confirm", "name")

    def __init__(self, name: str, parts: tuple[Asks | Repeats, ...], confirm: Step) -> None:
        self.name = name
        self._runs = tuple(_runs(parts))
        self.confirm = confirm

    def visit(self, walking: Walking) -> None:
        asked, pending = walking.asked, walking.pending
        for run in self._runs:
            run.visit(walking)
        if walking.asked == asked or walking.quick_only:
            return
        walking.take(self.confirm)
        if walking.pending > pending and walking.answers.get(self.confirm.key) is not None:
            walking.pending += 1  # confirmed before something in it opened again: to be confirmed anew


def _runs(parts: tuple[Asks | Repeats, ...]) -> Iterator[Repeats | Run]:
    """Each group by itself, the questions before and after it together."""
    for is_group, run in groupby(parts, lambda part: isinstance(part, Repeats)):
        if is_group:
            yield from (part for part in run if isinstance(part, Repeats))
        else:
            yield Run(part for part in run if isinstance(part, Asks))
