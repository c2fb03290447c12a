"""Everyday words for a choice: what fits several of them is never decided silently."""

from datetime import date

import pytest

from forms.flow import Environment, asked
from forms.types import TYPES
from forms.types.base import Candidates
from tests.forms.content import shipped


@pytest.mark.parametrize(
    ("name", "said", "values"),
    [
        ("door", "blindata", ["armoured_2", "armoured_3", "armoured_4"]),
        ("role", "proprietario", ["owner_occupier", "owner_lets"]),
        ("role", "affitto", ["owner_lets", "tenant"]),
        ("dwelling", "villetta", ["semi_detached", "terraced", "detached"]),
    ],
)
def test_a_word_that_fits_several_answers_offers_them_and_picks_none(name: str, said: str, values: list[str]) -> None:
    edition = shipped.catalogue().editions["quote_home"]
    step = next(step for step in edition.form.steps().values() if step.question is not None and step.question.name == name)
    known = asked(step, {}, Environment(date(2026, 11, 22)), edition.words["it"], "it")
    reading = TYPES["choice"].read_text(said, known)
    assert isinstance(reading, Candidates)
    assert [choice.value for choice in reading.choices] == values
