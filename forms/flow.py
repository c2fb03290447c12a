"""The way through a form: which steps apply, which is open, what a step asks and whether its answer stands with the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

from msgspec.structs import replace

from forms.checks import RULES
from forms.computed import PROPOSALS, Environment
from forms.conditions import OFFERED, Condition, Seen, bound_value, hashable
from forms.model import Check, Form, Group, Question, Words
from forms.model import Section as SectionModel
from forms.names import SUMMED, Readers, names_checked_by, questions_of, type_of, types_in_check, types_of
from forms.steps import NO_ANSWER, Asks, Repeats, Section, Step, StepKind, Walk, Walking
from forms.types.base import Asked, Choice, Doubt, Read, Reading, Wire
from rules.refusals import Fact, Reason, Refused

__all__ = ["CompiledForm", "Environment", "Step", "Walk", "asked", "check", "parked", "prefilled"]

_NOTHING: Mapping[str, Wire] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Checks:
    reads: frozenset[str]
    tests: tuple[tuple[Check, Condition | None], ...]


class CompiledForm:
    """A form ready to be walked: conditions compiled, steps made once, in the form's order."""

    def __init__(self, form: Form, version: str = "") -> None:
        self.form = form
        self.name = form.form
        self.version = version
        self._asks: dict[tuple[str, str | None, int | None], Asks] = {}
        self._repeats: dict[str, Repeats] = {}
        self._steps: dict[str, Step] = {}
        self._types = types_of(form)
        self._readers = Readers(form)
        self._checks = {
            (group.group if group else None, question.name): self._compile_checks(question, group)
            for _, question, group in questions_of(form)
        }
        self.sections = tuple(self._section(section) for section in form.sections)
        self._alone = frozenset(key for key, step in self._steps.items() if self._stands_alone(step))
        self._skippable_for_some = frozenset(key for key, step in self._steps.items() if step.question and step.question.optional_if)

    def walk(
        self, answers: Mapping[str, Wire], env: Environment, *, skipped: frozenset[str] = frozenset(), quick_only: bool = False
    ) -> Walk:
        """All applicable steps; conditions over answers not given yet leave theirs out, so `total` may grow.

        `quick_only` asks the quick questions alone, without section confirmations."""
        walking = Walking(answers, env, skipped, quick_only, offered(env))
        for section in self.sections:
            section.visit(walking)
        return Walk(
            form=self.name,
            steps=tuple(walking.steps),
            open=walking.open,
            values=walking.values,
            unanswered_needs=tuple(walking.needs),
            answered=walking.asked - walking.pending,
            total=walking.asked,
        )

    def advance(self, walk: Walk, step: Step, answers: Mapping[str, Wire], skipped: frozenset[str]) -> Walk | None:
        """The walk once its open step is answered, where no other step hangs on that answer. None = the form must be walked again."""
        if walk.open is not step or step.key not in self._alone or not self._skippable_for_some.isdisjoint(skipped):
            return None
        value, question = answers[step.key], step.question
        if question is not None and (f"{self.name}.{step.section}.confirm" in answers or (question.need and value in NO_ANSWER)):
            return None  # a confirmation to be given anew, or a need to be listed
        later = islice(walk.steps, walk.steps.index(step) + 1, None)
        waiting = (one for one in later if one.key not in answers and one.key not in skipped and one.key not in walk.values)
        return Walk(
            form=walk.form,
            steps=walk.steps,
            open=next(waiting, None),
            values=walk.values if question is None else {**walk.values, step.key: value},
            unanswered_needs=walk.unanswered_needs,
            answered=walk.answered + 1,
            total=walk.total,
        )

    def step(self, key: str) -> Step:
        """The step whose answer is kept under `key`, whether it applies or not. Raises KeyError where the form has none."""
        return self._steps[key]

    def steps(self) -> Mapping[str, Step]:
        """Every step there can be, by key."""
        return MappingProxyType(self._steps)

    def section(self, name: str) -> SectionModel:
        return next(section for section in self.form.sections if section.section == name)

    def confirms_to_reopen(self, key: str) -> tuple[str, ...]:
        """Section confirmations that no longer hold when the answer under `key` changes: its own section's, and those of
        sections with a question, a group or a computed answer that depends on it, directly or over others."""
        step = self._steps[key]
        name = step.group or (step.question.name if step.question else "")
        touched = {step.section} | self._readers.sections_touched_by(name)
        return tuple(section.confirm.key for section in self.sections if section.name in touched)

    def dependents(self, step: Step) -> frozenset[str]:
        """Names of questions and groups that depend on the step's answer, directly or over others; its own among them."""
        name = step.group or (step.question.name if step.question else "")
        own = step.question.name if step.question else name
        return frozenset(self._readers.dependents(name) | {own})

    def live(self, names: frozenset[str], answers: Mapping[str, Wire], env: Environment, at: Step) -> dict[str, Wire | tuple[str, ...]]:
        """Those of the named answers that count (not parked), as conditions see them at that step."""
        found = _Live(self, answers, env, at, offered(env))
        for name in names:
            found.settle(name)
        return found.seen

    def find(self, name: str, at: Step) -> Asks | None:
        """The question of that name as seen from a step: of the same item, else outside of groups."""
        return self._asks.get((name, at.group, at.number)) or self._asks.get((name, None, None))

    def conditions_of(self, asks: Asks) -> tuple[Condition, ...]:
        """What must hold for the question to be asked: its own condition and its group's."""
        group = self._repeats[asks.step.group].condition if asks.step.group is not None else None
        return tuple(condition for condition in (group, asks.condition) if condition is not None)

    def can_be_skipped(self, step: Step, answers: Mapping[str, Wire], env: Environment) -> bool:
        """By the question's own word, or because of earlier answers. Another item of a group is never needed."""
        question = step.question
        if question is None or not question.required:
            return step.kind == "more" or question is not None
        optional = self._asks[question.name, step.group, step.number].optional
        return optional is not None and optional.holds(self.live(optional.names, answers, env, step)) is True

    def find_group(self, name: str) -> Repeats | None:
        return self._repeats.get(name)

    def sum_others(self, step: Step, answers: Mapping[str, Wire]) -> str:
        """What the same number comes to in the other items of the step's group."""
        group = self._repeats[step.group or ""]
        same = (one for one in self._steps.values() if one.group == step.group and one.question is step.question and one is not step)
        begun = group.told(answers) if group.count is None else group.most
        return str(sum(Decimal(str(answers[one.key])) for one in same if (one.number or 0) <= begun and one.key in answers))

    def reads(self, step: Step) -> frozenset[str]:
        """The earlier answers that the step's bounds and checks look at."""
        return self._checks[step.group, step.question.name].reads if step.question else frozenset()

    def failed_check(self, step: Step, seen: Seen, env: Environment) -> Refused | Doubt | None:
        """The first refusal among the question's checks, else the first doubt."""
        doubt: Doubt | None = None
        for one, test in self._checks[step.group, step.question.name].tests if step.question else ():
            found = _run(one, test, seen, env)
            if isinstance(found, Refused):
                return found
            doubt = doubt or found
        return doubt

    # how it is put together

    def _stands_alone(self, step: Step) -> bool:
        """Nothing else is asked or computed because of its answer."""
        question = step.question
        if question is None:
            return step.kind == "confirm"
        return step.group is None and question.type != "computed" and not self._readers.dependents(question.name)

    def _compile_checks(self, question: Question, group: Group | None) -> _Checks:
        types = types_in_check(question, group, self._types[group.group if group else None])
        tests = tuple((one, Condition(one.when, types) if one.when is not None else None) for one in question.checks)
        return _Checks(names_checked_by(question), tests)

    def _section(self, section: SectionModel) -> Section:
        parts = tuple(self._part(section.section, item) for item in section.items)
        path = f"{self.name}.{section.section}.confirm"
        return Section(section.section, parts, self._make_step(path, path, section.section, kind="confirm"))

    def _part(self, section: str, item: Question | Group) -> Asks | Repeats:
        if isinstance(item, Group):
            return self._group(section, item)
        path = f"{self.name}.{section}.{item.name}"
        return self._make_asks(item, self._make_step(path, path, section, item), None)

    def _group(self, section: str, group: Group) -> Repeats:
        prefix = f"{self.name}.{section}.{group.group}"
        numbers = range(1, group.most + 1)
        mores = tuple(
            self._make_step(f"{prefix}.more", f"{prefix}.{n}.more", section, at=(group.group, n), kind="more")
            for n in numbers
            if not group.count
        )
        items = tuple(tuple(self._item(section, group, prefix, n, question) for question in group.questions) for n in numbers)
        repeats = self._repeats[group.group] = Repeats(
            group, mores, items, self._types[None], is_read=bool(self._readers.dependents(group.group))
        )
        return repeats

    def _item(self, section: str, group: Group, prefix: str, number: int, question: Question) -> Asks:
        path = f"{prefix}.{number}.{question.name}"
        return self._make_asks(question, self._make_step(path, path, section, question, at=(group.group, number)), group)

    def _make_asks(self, question: Question, step: Step, group: Group | None) -> Asks:
        asks = self._asks[question.name, step.group, step.number] = Asks(question, step, self._types[group.group if group else None])
        return asks

    def _make_step(
        self,
        path: str,
        key: str,
        section: str,
        question: Question | None = None,
        *,
        at: tuple[str, int] | tuple[None, None] = (None, None),
        kind: StepKind = "question",
    ) -> Step:
        step = self._steps[key] = Step(path, key, self.name, section, question, at[0], at[1], kind, self)
        return step


@dataclass(slots=True)
class _Live:
    """Finds which of some answers count, looking only at what their conditions need."""

    form: CompiledForm
    answers: Mapping[str, Wire]
    env: Environment
    at: Step
    seen: dict[str, Wire | tuple[str, ...]]
    done: set[str] = field(default_factory=set)

    def settle(self, name: str) -> None:
        asks = self.form.find(name, self.at)
        if name in self.done:
            return
        self.done.add(name)
        if asks is None:
            self._settle_group(name)
            return
        conditions = self.form.conditions_of(asks)
        reads = [read for condition in conditions for read in condition.inputs]
        for read in (*reads, *(asks.computation.reads if asks.computation is not None else ())):
            self.settle(read)
        if all(condition.holds(self.seen) is True for condition in conditions):
            value = asks.computed(self.seen, self.env) if asks.is_computed else self.answers.get(asks.step.key)
            if value is not None:
                self.seen[name] = hashable(value)

    def _settle_group(self, name: str) -> None:
        """The number of its items."""
        group = self.form.find_group(name)
        if group is None:
            return
        for read in (*(group.condition.inputs if group.condition is not None else ()), *((group.count,) if group.count else ())):
            self.settle(read)
        number = group.number(self.answers, self.seen) if group.condition is None or group.condition.holds(self.seen) is True else None
        if number is not None:
            self.seen[name] = number


def offered(env: Environment) -> dict[str, Wire | tuple[str, ...]]:
    """What conditions see beside the answers."""
    return {"today": env.today.isoformat(), "this_year": env.today.year, "unanswered_needs": 0, "party_kind": env.party_kind}


def _run(one: Check, test: Condition | None, seen: Seen, env: Environment) -> Refused | Doubt | None:
    if test is not None:
        if test.holds(seen) is not True:
            return None
        facts: dict[str, Fact] = {"code": one.code}
        return Refused(Reason.CHECK_FAILED, **facts) if one.kind == "refuse" else Doubt(_wire(seen["this"]), Reason.DOUBT, facts)
    rule = RULES.get(one.rule or "")
    return rule.run(one, seen, env.today) if rule is not None else None


def prefilled(step: Step, env: Environment, answers: Mapping[str, Wire] = _NOTHING) -> Wire | None:
    """The value shown beforehand: the card's, else what the form proposes from `answers`. Never taken without an answer."""
    question = step.question
    if question is None or (question.prefill is None and question.propose is None):
        return None
    if question.prefill is not None and (value := env.card.get(question.prefill)) is not None:
        return value
    proposal = PROPOSALS.get(question.propose or "")
    if proposal is None:
        return None
    return proposal.compute(step.of.live(frozenset(proposal.reads), answers, env, step), env)


def asked(step: Step, answers: Mapping[str, Wire], env: Environment, words: Words, language: str) -> Asked:
    """The question as its type reads it: bounds of today and of the answers so far, choices worded, facts its checks need."""
    known, question = standing(step, env, words, language), step.question
    reads = step.of.reads(step)
    if question is None or not reads:
        return known
    seen = step.of.live(reads, answers, env, step)
    return replace(
        known,
        required=not step.of.can_be_skipped(step, answers, env),
        min=bound_value(question.min, question.type, env.today, seen),
        max=bound_value(question.max, question.type, env.today, seen),
        facts={name: _wire(value) for name, value in seen.items() if name not in OFFERED},
    )


def standing(step: Step, env: Environment, words: Words, language: str) -> Asked:
    """The question but for what earlier answers say of it: enough to show an answer. All day the same object."""
    key = (language, env.currency, env.party_kind)
    made = step.standing.get(key)
    if made is None or made[0] is not words or made[1].today != env.today:
        made = step.standing[key] = (words, _stand(step, env, words, language))
    return made[1]


def _stand(step: Step, env: Environment, words: Words, language: str) -> Asked:
    question = step.question
    if question is None:
        return Asked(step.path, "yes_no" if step.kind == "more" else "confirm", language, env.today)
    return Asked(
        path=step.path,
        type=question.type,
        language=language,
        today=env.today,
        required=question.required,
        choices=worded_choices(question, words, env.party_kind),
        exclusive=question.exclusive,
        min=bound_value(question.min, question.type, env.today, _NOTHING),
        max=bound_value(question.max, question.type, env.today, _NOTHING),
        max_length=question.max_length,
        unit=env.currency if type_of(question) == "money" else question.unit,
        accept=question.accept,
        name=question.name,
    )


def worded_choices(question: Question, words: Words, party_kind: str = "") -> tuple[Choice, ...]:
    """Those that the kind of customer is offered (of none: all), in the structure's order; of a computed answer, whose values only its
    computation knows, those that are worded."""
    told = words.questions.get(question.name)
    offered_to = question.choices_for.get(party_kind, question.choices)
    if told is None:
        return tuple(Choice(value, value) for value in offered_to)
    values = tuple(told.choices) if question.type == "computed" else offered_to
    return tuple(
        Choice(value, told.choices.get(value, value), told.descriptions.get(value), told.aliases.get(value, ())) for value in values
    )


def check(step: Step, value: Wire, answers: Mapping[str, Wire], env: Environment) -> Reading:
    """The value, read by its type already, held against earlier answers: Read, Refused, or Doubt."""
    question = step.question
    if question is None or not question.checks:
        return Read(value)
    seen = step.of.live(step.of.reads(step), answers, env, step)
    seen["this"] = seen[question.name] = hashable(value)
    if step.group is not None and question.type in SUMMED:
        seen["others"] = step.of.sum_others(step, answers)
    failed = step.of.failed_check(step, seen, env)
    if isinstance(failed, Doubt):
        return Doubt(value, failed.reason, failed.facts)
    return failed or Read(value)


def parked(answers: Mapping[str, Wire], walk: Walk) -> dict[str, Wire]:
    """Answers of this form that no applicable step asks: kept, never used nor exported, back if their branch opens again."""
    live = {step.key for step in walk.steps}
    return {key: value for key, value in answers.items() if key.startswith(f"{walk.form}.") and key not in live}


def _wire(value: Wire | tuple[str, ...]) -> Wire:
    return list(value) if isinstance(value, tuple) else value
