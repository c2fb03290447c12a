"""Every questionnaire ends: by its structure, and in random walks with corrections, steps back and restarts over every shipped form."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.flow import Environment, Step, Walk, asked, parked
from forms.proof import forward_references, longest_walk
from forms.types.base import Wire
from tests.forms.answers import POOL, answers_to, plain_answer
from tests.forms.content import shipped
from tests.forms.tables import a_form

CATALOGUE = shipped.catalogue()
SHIPPED = sorted(CATALOGUE.forms)
CARD: dict[str, Wire] = {
    "registration_person.residence.municipality": "F205",
    "registration_person.residence.province": "MI",
    "registration_person.residence.street": "Via Demo",
}
ENV = Environment(date(2026, 11, 22), CARD, CATALOGUE.tables)


class Walker:
    """Somebody who fills a form: answers, skips, goes back, corrects and starts again, as an engine would let them."""

    def __init__(self, name: str, data: st.DataObject) -> None:
        self.form = CATALOGUE.form(name)
        self.words = CATALOGUE.words(name, "it")
        self.data = data
        self.answers: dict[str, Wire] = {}
        self.skipped: set[str] = set()

    def walk(self, *, quick_only: bool = False):
        return self.form.walk(self.answers, ENV, skipped=frozenset(self.skipped), quick_only=quick_only)

    def answer(self, step: Step) -> None:
        if step.kind == "more":
            self.answers[step.key] = self.data.draw(st.booleans(), label=step.key)
        elif step.question is not None and not step.question.required and self.data.draw(st.booleans(), label="skip"):
            self.skipped.add(step.key)
        else:
            possible = answers_to(asked(step, self.answers, ENV, self.words, "it"))
            assert possible, f"nothing answers {step.key}"
            passes = (False, True) if step.question is not None and step.question.quick else (False,)
            before = {quick_only: self.walk(quick_only=quick_only) for quick_only in passes}
            self.answers[step.key] = self.data.draw(st.sampled_from(possible), label=step.key)
            self.assert_moved_on(step, before)

    def assert_moved_on(self, step: Step, before: dict[bool, Walk]) -> None:
        """A walk moved on is the walk from the start."""
        for quick_only, walk in before.items():
            moved = self.form.advance(walk, step, self.answers, frozenset(self.skipped))
            assert moved is None or moved == self.walk(quick_only=quick_only)

    def change(self, step: Step) -> None:
        """Asks a step again: its answer goes, and the confirmations that no longer hold."""
        self.answers.pop(step.key, None)
        self.skipped.discard(step.key)
        for key in self.form.confirms_to_reopen(step.key):
            self.answers.pop(key, None)

    def fill(self, *, quick_only: bool = False) -> int:
        """Answers until nothing is open; the number of answers it took."""
        for taken in range(longest_walk(self.form) + 1):
            step = self.walk(quick_only=quick_only).open
            if step is None:
                return taken
            self.answer(step)
        raise AssertionError("more answers than the longest walk has steps")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_form_reads_only_earlier_answers(name: str) -> None:
    assert forward_references(CATALOGUE.form(name).form) == []


def test_a_reference_forward_is_found() -> None:
    form = a_form("""
        a | early | yes_no | late
        a | late  | yes_no
        a | item/ | | | count: last
        a | item/x | integer | | max: last
        a | last  | integer
    """)
    assert forward_references(form.form) == [("early", "late"), ("item", "last"), ("x", "last")]


def test_the_longest_walk_counts_questions_full_groups_and_confirmations() -> None:
    form = a_form("""
        a | one    | yes_no
        a | item/  | | | most: 3
        a | item/x | yes_no
        a | item/y | yes_no
        b | two    | yes_no | one
    """)
    assert longest_walk(form) == 1 + 3 * (2 + 1) + 1 + 1 + 1


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
@settings(max_examples=15)
def test_a_form_ends_within_its_longest_walk_whatever_is_answered(name: str, data: st.DataObject) -> None:
    walker = Walker(name, data)
    walker.fill()
    walk = walker.walk()
    assert walk.open is None
    assert walk.answered == walk.total <= longest_walk(walker.form)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
@settings(max_examples=10)
def test_corrections_steps_back_and_restarts_do_not_keep_a_form_from_ending(name: str, data: st.DataObject) -> None:
    walker = Walker(name, data)
    for _ in range(data.draw(st.integers(5, 40), label="moves")):
        walk = walker.walk()
        done = [step for step in walk.steps if step.key in walker.answers or step.key in walker.skipped]
        move = data.draw(st.sampled_from(["answer", "answer", "answer", "answer", "back", "correct", "restart"]))
        if move == "restart":
            walker.answers.clear()
            walker.skipped.clear()
        elif move == "answer" and walk.open is not None:
            walker.answer(walk.open)
        elif done:
            walker.change(done[-1] if move == "back" else data.draw(st.sampled_from(done)))
    walker.fill()
    walk = walker.walk()
    assert walk.open is None
    _assert_sound(walker, walk)


def _assert_sound(walker: Walker, walk: Walk) -> None:
    """What counts is what was asked: nothing parked is a value, and everything kept is one or the other."""
    aside = parked(walker.answers, walk)
    assert not aside.keys() & walk.values.keys()
    confirmations = {step.key for step in walk.steps if step.kind != "question"}
    computed = {step.key for step in walk.steps if step.question is not None and step.question.type == "computed"}
    assert walker.answers.keys() == aside.keys() | (walk.values.keys() - computed) | (confirmations & walker.answers.keys())


@given(data=st.data())
@settings(max_examples=10)
def test_the_quick_path_ends_and_nothing_of_it_is_asked_again(data: st.DataObject) -> None:
    walker = Walker("quote_home", data)
    walker.fill(quick_only=True)
    quick = dict(walker.answers)
    assert all(not key.endswith(".confirm") for key in quick)
    walker.fill()
    assert {key: walker.answers[key] for key in quick} == quick


def test_the_quick_path_of_a_small_home_is_short() -> None:
    form, words = CATALOGUE.form("quote_home"), CATALOGUE.words("quote_home", "it")
    answers: dict[str, Wire] = {"quote_home.needs.need": ["contents", "liability"], "quote_home.place.same_address": True}
    for _ in range(40):
        step = form.walk(answers, ENV, quick_only=True).open
        if step is None:
            break
        answers[step.key] = plain_answer(step, answers, ENV, words)
    assert 10 <= len(answers) <= 18


def test_every_type_has_answers_to_try() -> None:
    asked_types = {step.question.type for form in CATALOGUE.forms.values() for step in form.steps().values() if step.question}
    worked_out = {"choice", "choices", "yes_no", "confirm", "integer", "number", "money", "date", "computed"}
    assert asked_types <= POOL.keys() | worked_out
