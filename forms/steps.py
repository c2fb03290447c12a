"""Steps and how one walk collects them: the compiled parts of a form, each visited once in the form's order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from forms.computed import COMPUTATIONS, Environment
from forms.conditions import Condition, Seen, hashable
from forms.model import Group, Question, TypeName
from forms.types.base import Wire

if TYPE_CHECKING:
    from forms.flow import CompiledForm


type StepKind = Literal["question", "more", "confirm"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to ask or to show. `path` is what the customer's channel sees; the answer is kept under `key`.

    They differ in one case only: `<group>.more` is asked before each item under one path, and kept as `<group>.<number>.more`.
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
    of: "CompiledForm" = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Walk:
    """The applicable steps in order, the first open one, and the live answers."""

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

    def take(self, step: Step) -> Wire | None:
        """The step applies; what was answered to it."""
        self.steps.append(step)
        self.asked += 1
        value = self.answers.get(step.key)
        if value is None and step.key not in self.skipped:
            self.pending += 1
            if self.open is None:
                self.open = step
        return value

    def keep(self, step: Step, name: str, value: Wire) -> None:
        self.values[step.key] = value
        self.seen[name] = hashable(value)


class Asks:
    """A question, of the form itself or of one item of a group."""

    __slots__ = ("computation", "condition", "is_computed", "is_need", "name", "question", "quick", "step")

    def __init__(self, question: Question, step: Step, types: Mapping[str, TypeName]) -> None:
        self.question = question
        self.name = question.name
        self.quick = question.quick
        self.is_need = question.need
        self.is_computed = question.type == "computed"
        self.step = step
        self.condition = Condition(question.ask_if, types) if question.ask_if is not None else None
        self.computation = COMPUTATIONS.get(question.computed or "") if self.is_computed else None

    def visit(self, walking: Walking) -> None:
        if self.condition is not None and self.condition.holds(walking.seen) is not True:
            return
        if self.is_computed:
            self._compute(walking)
            return
        if walking.quick_only and not self.quick:
            return
        key = self.step.key  # from here as `Walking.take`, written out: a long form comes this way eighty times a turn
        value = walking.answers.get(key)
        walking.steps.append(self.step)
        walking.asked += 1
        if value is not None:
            walking.values[key] = value
            walking.seen[self.name] = value if type(value) is str else hashable(value)
        elif key not in walking.skipped:
            walking.pending += 1
            if walking.open is None:
                walking.open = self.step
        if self.is_need and _is_unanswered(value, key in walking.skipped):
            walking.needs.append(self.step)
            walking.seen["unanswered_needs"] = len(walking.needs)

    def _compute(self, walking: Walking) -> None:
        value = self.computed(walking.seen, walking.env)
        if value is not None:
            walking.steps.append(self.step)
            walking.keep(self.step, self.name, value)

    def computed(self, seen: Seen, env: Environment) -> Wire | None:
        return self.computation.compute(seen, env) if self.computation is not None else None


def _is_unanswered(value: Wire | None, is_skipped: bool) -> bool:
    return is_skipped if value is None else value in ("no_answer", ["no_answer"])


class Repeats:
    """A group: its items one after the other, each with its own number in the paths, each seeing its own answers only."""

    __slots__ = ("condition", "count", "items", "mores", "quick")

    def __init__(self, group: Group, mores: tuple[Step, ...], items: tuple[tuple[Asks, ...], ...], types: Mapping[str, TypeName]) -> None:
        self.count = group.count
        self.condition = Condition(group.ask_if, types) if group.ask_if is not None else None
        self.quick = any(question.quick for question in group.questions)
        self.mores = mores
        self.items = items

    def visit(self, walking: Walking) -> None:
        if walking.quick_only and not self.quick:
            return
        if self.condition is not None and self.condition.holds(walking.seen) is not True:
            return
        if self.count is not None:
            self._visit_counted(walking, walking.seen.get(self.count))
        else:
            self._visit_asked(walking)

    def _visit_counted(self, walking: Walking, count: Wire | tuple[str, ...] | None) -> None:
        if isinstance(count, int):
            for item in self.items[: max(count, 0)]:
                _visit_item(item, walking)

    def _visit_asked(self, walking: Walking) -> None:
        for more, item in zip(self.mores, self.items, strict=False):
            if walking.take(more) is not True:
                return
            _visit_item(item, walking)


def _visit_item(item: tuple[Asks, ...], walking: Walking) -> None:
    seen = walking.seen
    walking.seen = dict(seen)
    for asks in item:
        asks.visit(walking)
    walking.seen = seen


class Section:
    """A section's parts and its confirmation, which comes last and so opens when all before it is answered or skipped."""

    __slots__ = ("confirm", "name", "parts")

    def __init__(self, name: str, parts: tuple[Asks | Repeats, ...], confirm: Step) -> None:
        self.name = name
        self.parts = parts
        self.confirm = confirm

    def visit(self, walking: Walking) -> None:
        asked, pending = walking.asked, walking.pending
        for part in self.parts:
            part.visit(walking)
        if walking.asked == asked or walking.quick_only:
            return
        walking.take(self.confirm)
        if walking.pending > pending and walking.answers.get(self.confirm.key) is not None:
            walking.pending += 1  # confirmed before something in it opened again: to be confirmed anew
