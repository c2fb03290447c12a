"""Lint of one form's structure: names, conditions, and what never can be asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from forms.computed import Environment
from forms.conditions import OFFERED, Condition, names_in
from forms.flow import CompiledForm
from forms.lint_cel import compiled, second_opinion, wrong_calls, wrong_comparisons
from forms.lint_question import wrong_fields
from forms.lint_report import Report, Source
from forms.lint_search import Search, Seen
from forms.model import Form, Question, TypeName
from forms.names import Types, type_of, types_in_check, types_of
from forms.positions import Place
from forms.spots import Spot, spots_of


def lint_form(source: Source[Form], report: Report, known: Mapping[str, TypeName], today: date) -> None:
    """`known`: the answers of all forms by path, for prefill."""
    spots, types = spots_of(source.model), types_of(source.model)
    _look_for_twins(source, report, spots, types[None])
    lint = _FormLint(source, report, spots, types)
    sound = [lint.look_at(spot) for spot in spots]
    for spot in spots:
        for code, field, message in wrong_fields(spot, types[spot.scope], known, today):
            report.add(code, source.path, source.line(*spot.place, field), message)
    if all(sound):
        _Trial(source, report, types[None], Search(CompiledForm(source.model), Environment(today))).run(spots)


def _look_for_twins(source: Source[Form], report: Report, spots: list[Spot], outside: Types) -> None:
    seen: set[str] = set()
    for s, section in enumerate(source.model.sections):
        if f"section {section.section}" in seen:
            report.add("F030", source.path, source.line("sections", s), f"the section `{section.section}` stands twice")
        seen.add(f"section {section.section}")
    for spot in spots:
        full = f"{spot.group.group}/{spot.name}" if spot.group is not None and spot.question is not None else spot.name
        if full in seen:
            report.add("F030", source.path, source.line(*spot.place), f"the name `{spot.name}` stands twice in this form")
        elif spot.is_in_group and spot.question is not None and outside.get(spot.name) not in (None, type_of(spot.question)):
            report.add("F030", source.path, source.line(*spot.place), f"`{spot.name}` outside of the group is of another type")
        seen.add(full)


@dataclass(frozen=True, slots=True)
class _FormLint:
    source: Source[Form]
    report: Report
    spots: list[Spot]
    types: Mapping[str | None, Types]

    def look_at(self, spot: Spot) -> bool:
        """All conditions of a question or group; whether all of them can be tried."""
        sound = True
        if spot.ask_if is not None:
            sound = self._look_at_condition((*spot.place, "ask_if"), spot, spot.ask_if, None)
            self._look_at_quick(spot, spot.ask_if)
        if spot.question is None:
            return self._look_at_count(spot) and sound
        if spot.question.optional_if is not None:
            sound = self._look_at_condition((*spot.place, "optional_if"), spot, spot.question.optional_if, None) and sound
        for number, one in enumerate(spot.question.checks):
            if one.when is not None:
                sound = self._look_at_condition((*spot.place, "checks", number, "when"), spot, one.when, spot.question) and sound
        return sound

    def _look_at_quick(self, spot: Spot, ask_if: str) -> None:
        if spot.question is None or not spot.question.quick:
            return
        slow = {one.name for one in self.spots if one.question is not None and not one.question.quick and one.question.type != "computed"}
        for name in sorted(names_in(ask_if) & slow):
            self._add("F021", (*spot.place, "ask_if"), f"`{name}` is not asked on the quick path, so `{spot.name}` waits for the rest")

    def _look_at_count(self, spot: Spot) -> bool:
        count = spot.group.count if spot.group is not None else None
        if count is None or (count in spot.before and self.types[None][count] == "integer"):
            return True
        self._add("F037", (*spot.place, "count"), f"`{count}` is no integer answered before the group")
        return False

    def _add(self, code: str, place: Place, message: str) -> None:
        self.report.add(code, self.source.path, self.source.line(*place), message)

    def _look_at_condition(self, place: Place, spot: Spot, source: str, this: Question | None) -> bool:
        types = self.types[spot.scope] if this is None else types_in_check(this, spot.group, self.types[spot.scope])
        condition = compiled(source, types)
        if isinstance(condition, str):
            self._add("F010", place, condition)
            return False
        wrong = [*self._wrong_names(condition, spot, this), *wrong_calls(source, condition.functions)]
        wrong += wrong_comparisons(source, types, self._questions_seen(spot, this))
        for code, message in wrong:
            self._add(code, place, message)
        if objection := second_opinion(source):
            self._add("F015", place, f"cel-python cannot read it: {objection}")
        return not wrong

    def _questions_seen(self, spot: Spot, this: Question | None) -> dict[str, Question]:
        seen = {
            one.name: one.question for one in self.spots if one.question is not None and (not one.is_in_group or one.group is spot.group)
        }
        return seen if this is None else {**seen, "this": this}

    def _wrong_names(self, condition: Condition, spot: Spot, this: Question | None) -> Iterator[tuple[str, str]]:
        own = {this.name} | (types_in_check(this, spot.group, {}).keys()) if this is not None else set()
        later = {one.name for one in self.spots if not one.is_in_group or one.group is spot.group}
        inside = {one.name for one in self.spots if one.is_in_group}
        for name in sorted(condition.names - spot.before - OFFERED.keys() - own):
            if name in later:
                yield "F013", f"`{name}` is answered only later, or just now: this could never be decided"
            elif name in inside:
                yield "F014", f"`{name}` belongs to a group and is seen within its own item only"
            else:
                yield "F011", f"nobody declared `{name}`"


@dataclass(frozen=True, slots=True)
class _Trial:
    """Tries the conditions of a form, whose names are all right, with answers that people may give."""

    source: Source[Form]
    report: Report
    types: Types
    search: Search

    def run(self, spots: list[Spot]) -> None:
        for spot in spots:
            if spot.is_in_group:
                continue  # seen with one item's answers; its names are checked, its branches are not tried
            if spot.ask_if is not None:
                self._try_asking(spot, spot.ask_if)
            if spot.question is not None:
                self._try_checks(spot, spot.question)

    def _try_asking(self, spot: Spot, ask_if: str) -> None:
        condition = Condition(ask_if, self.types)
        line = self.source.line(*spot.place, "ask_if")
        if self._find_fault(condition, condition.names, line):
            return
        searches = chain([self.search], self.search.on_other_days((ask_if,)))
        if all(self._is_never_true(condition, search) for search in searches):
            message = f"`{spot.name}` can never be asked: no answers make its condition true"
            self.report.add("F016", self.source.path, line, message)

    def _is_never_true(self, condition: Condition, search: Search) -> bool:
        most = max(1, sum(question.need for question in search.questions.values()))
        found = search.shortest(condition.names, lambda seen: _can_hold(condition, seen, most), (condition.source,))
        return found.conversation is None and found.is_complete

    def _try_checks(self, spot: Spot, question: Question) -> None:
        types = types_in_check(question, None, self.types)
        for number, one in enumerate(question.checks):
            if one.when is not None:
                condition = Condition(one.when, types)
                line = self.source.line(*spot.place, "checks", number, "when")
                self._find_fault(condition, (condition.names - {"this"}) | {question.name}, line, question.name)

    def _find_fault(self, condition: Condition, names: frozenset[str], line: int, this: str | None = None) -> bool:
        """Reports a condition that contradicts the types of its answers, or is no truth value, with the answers that show it."""
        faults: dict[str, str] = {}

        def fails(seen: Seen) -> bool:
            code = _fault(condition, {**seen, "this": seen[this]} if this is not None and this in seen else seen)
            if code is not None:
                faults[code[0]] = code[1]
            return code is not None

        found = self.search.shortest(names, fails, (condition.source,))
        for code, message in list(faults.items())[:1]:
            self.report.add(code, self.source.path, line, message, found.conversation)
        return bool(faults)


def _can_hold(condition: Condition, seen: Seen, most_needs: int) -> bool:
    """With the answers given, however many needs questions before were left unanswered."""
    numbers = range(most_needs + 1) if "unanswered_needs" in condition.names else (0,)
    return any(condition.holds({**seen, "unanswered_needs": number}) is True for number in numbers)


def _fault(condition: Condition, seen: Seen) -> tuple[str, str] | None:
    try:
        result = condition.evaluate_strictly(seen)
    except TypeError as error:
        return "F018", str(error).split(". CEL does")[0]
    except (RuntimeError, ValueError, ArithmeticError):
        return None  # an answer that is absent in this branch, or out of reach of the numbers tried
    return None if isinstance(result, bool) else ("F019", f"gives {type(result).__name__}, not true or false")
