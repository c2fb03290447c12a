"""Corrections: what was right beside the old answer and is not beside the new one is asked again, nothing else."""

from forms.flow import Environment, asked
from forms.model import QuestionWords, SectionWords, Words
from forms.recheck import no_longer_right
from forms.tables import load_tables
from forms.types.base import Doubt, Wire
from rules.refusals import Reason, Refused
from tests.forms.tables import ENV, TODAY, a_form

HOME = a_form("""
    a | built   | integer | | min: 1000, max: year
    a | renewed | integer | this_year - built > 20 | min: built, max: year
    a | area_m2 | integer
    a | dwelling | choice | | choices: [flat, detached]
    a | same_address | yes_no
    a | province | province
    a | estimate | computed | | computed: rebuild_estimate
    a | debt    | money | | checks: [{code: high, when: this > estimate * 5, kind: doubt}]
    a | note    | text
""")
WORDS = Words(title="Home", confirm="?", sections={"a": SectionWords(title="A", confirm="?")},
              questions={"dwelling": QuestionWords(ask="?", label="Dwelling", choices={"flat": "Flat", "detached": "Detached"})})  # fmt: skip
AT_HOME = Environment(TODAY, tables=load_tables())
BEFORE: dict[str, Wire] = {
    "trip.a.built": 1950, "trip.a.renewed": 1980, "trip.a.area_m2": 100, "trip.a.dwelling": "flat", "trip.a.same_address": False,
    "trip.a.province": "MI", "trip.a.debt": "500000.00", "trip.a.note": "1980",
}  # fmt: skip


def wrong_after(**changed: Wire) -> dict[str, object]:
    ((name, value),) = changed.items()
    key = f"trip.a.{name}"
    found = no_longer_right(HOME.step(key), BEFORE, {**BEFORE, key: value}, AT_HOME, words=WORDS, language="en")
    return {step.key: reading for step, reading in found}


def test_a_bound_that_moved_over_an_answer_refuses_it() -> None:
    wrong = wrong_after(built=1990)
    assert wrong.keys() == {"trip.a.renewed"}
    assert isinstance(wrong["trip.a.renewed"], Refused)


def test_a_check_over_something_computed_from_the_change_speaks_up() -> None:
    assert wrong_after(area_m2=20) == {"trip.a.debt": Doubt("500000.00", Reason.DOUBT, {"code": "high"})}


def test_what_still_stands_or_is_parked_now_is_left_alone() -> None:
    assert wrong_after(built=1960) == {}
    assert wrong_after(built=2020) == {}
    assert wrong_after(note="other") == {}


def test_what_was_doubted_before_is_not_doubted_again() -> None:
    doubted = {**BEFORE, "trip.a.debt": "900000.00", "trip.a.area_m2": 100}
    key = "trip.a.area_m2"
    assert no_longer_right(HOME.step(key), doubted, {**doubted, key: 90}, AT_HOME, words=WORDS, language="en") == ()


def test_computed_answers_are_shown_in_their_currency_and_words() -> None:
    assert asked(HOME.step("trip.a.estimate"), {}, ENV, WORDS, "en").unit == "EUR"
    zone = a_form("a | zone | computed | | computed: seismic_zone").step("trip.a.zone")
    told = Words(title="Z", confirm="?", sections={}, questions={"zone": QuestionWords(ask="?", label="Zone", choices={"1": "one"})})
    assert [choice.label for choice in asked(zone, {}, ENV, told, "en").choices] == ["one"]
