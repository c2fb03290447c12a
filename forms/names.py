"""The names of a form: which there are, of which type, and who reads whom."""

from collections.abc import Iterator, Mapping

from forms.checks import RULES
from forms.computed import COMPUTATIONS
from forms.conditions import OFFERED, is_answer_name, names_in
from forms.model import Form, Group, Question, TypeName

type Types = Mapping[str, TypeName]

ITSELF = ("this", "others")
"""What a check calls the answer it is about, and the sum of the same number in the other items of its group."""


def questions_of(form: Form) -> Iterator[tuple[str, Question, Group | None]]:
    """Every question in the form's order, with its section and the group it repeats in."""
    for section in form.sections:
        for item in section.items:
            if isinstance(item, Group):
                yield from ((section.section, question, item) for question in item.questions)
            else:
                yield section.section, item, None


def groups_of(form: Form) -> Iterator[tuple[str, Group]]:
    return ((section.section, item) for section in form.sections for item in section.items if isinstance(item, Group))


def type_of(question: Question) -> TypeName:
    """What a condition sees: for a computed answer the type of its result."""
    computation = COMPUTATIONS.get(question.computed or "") if question.type == "computed" else None
    return computation.type if computation is not None else question.type


def types_of(form: Form) -> dict[str | None, Types]:
    """Types of the flat names by group (None = outside): a group's own questions come before those of the same name outside.

    A group's own name is the number of its items."""
    outside = {question.name: type_of(question) for _, question, group in questions_of(form) if group is None}
    outside |= {group.group: "integer" for _, group in groups_of(form)}
    types: dict[str | None, Types] = {None: outside}
    for _, group in groups_of(form):
        types[group.group] = {**outside, **{question.name: type_of(question) for question in group.questions}}
    return types


def names_checked_by(question: Question) -> frozenset[str]:
    """Earlier answers that the question's checks and bounds read, and what decides whether it can be skipped."""
    names = set(names_in(question.optional_if)) if question.optional_if is not None else set()
    for one in question.checks:
        if one.when is not None:
            names |= names_in(one.when)
        elif one.rule is not None and one.rule in RULES:
            names |= {one.prefix + name for name in RULES[one.rule].reads}
    bounds = (question.min, question.max)
    names |= {str(bound) for bound in bounds if bound is not None and is_answer_name(bound)}
    return frozenset(names - {question.name, *ITSELF} - OFFERED.keys())


def names_read_by(question: Question) -> frozenset[str]:
    """Earlier answers that decide whether a question is asked and can be skipped, or what is computed for it."""
    names = frozenset(
        name for condition in (question.ask_if, question.optional_if) if condition is not None for name in names_in(condition)
    )
    computation = COMPUTATIONS.get(question.computed or "")
    return names | frozenset(computation.reads) if computation is not None else names


def types_in_check(question: Question, group: Group | None, types: Types) -> Types:
    """The types of the names that a question's checks may read beside OFFERED."""
    own = type_of(question)
    return {**types, "this": own, **({"others": own} if group is not None and own in SUMMED else {})}


SUMMED: frozenset[TypeName] = frozenset({"integer", "number", "money"})


class Readers:
    """Who depends on whom: by name, the questions and groups whose being asked, or computed value, it can change."""

    def __init__(self, form: Form) -> None:
        self._section: dict[str, str] = {}
        self._readers: dict[str, set[str]] = {}
        for section, question, group in questions_of(form):
            if group is None:
                self._add(question.name, section, names_read_by(question))
        for section, group in groups_of(form):
            inside = {question.name for question in group.questions}
            reads = {name for question in group.questions for name in names_read_by(question)} - inside
            condition = names_in(group.ask_if) if group.ask_if is not None else frozenset()
            self._add(group.group, section, reads | condition | ({group.count} if group.count else set()))

    def _add(self, name: str, section: str, reads: frozenset[str] | set[str]) -> None:
        self._section[name] = section
        for read in reads:
            self._readers.setdefault(read, set()).add(name)

    def dependents(self, name: str) -> set[str]:
        """What depends on the name, directly or over others: questions and groups by their names."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            new = self._readers.get(waiting.pop(), set()) - found
            found |= new
            waiting.extend(new)
        return found

    def sections_touched_by(self, name: str) -> set[str]:
        return {self._section[reader] for reader in self.dependents(name)}
