"""A quote of an agency whose amounts are rials: a bare number is one of two sums, and one tap says which."""

from pathlib import Path

import pytest

from forms.catalogue import load_catalogue
from tests.dialogs.driver import HOME, PERSON, Talk
from tests.forms.test_catalogue import in_rials

pytestmark = pytest.mark.slow

VALUE = "quote_home.building.solar_value"


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    talk = Talk(load_catalogue(in_rials(tmp_path)), currency="IRR")
    talk.play(PERSON)
    talk.play({**HOME, "quote_home.building.solar": True, "quote_home.building.solar_kwp": "3"}, until=VALUE)
    assert talk.ask.path == VALUE
    return talk


def test_a_bare_amount_is_asked_about_and_one_tap_says_which(talk: Talk) -> None:
    talk.say("500 milioni")
    assert talk.problems == ["Quale di queste due somme intendi?"]
    first, second = talk.ask.choices or ()
    assert first["label"] == "500.000.000\u00a0rial (50.000.000\u00a0toman)"
    talk.answer(second["value"])
    assert talk.state.answers[VALUE] == "5000000000.00"


def test_an_amount_with_its_unit_is_taken(talk: Talk) -> None:
    talk.say("500 milioni di toman")
    assert talk.state.answers[VALUE] == "5000000000.00"
