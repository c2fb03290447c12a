"""Rules over several answers: a mismatch asks, what does not fit a place doubts or refuses, absent answers object to nothing."""

import pytest

from forms.checks import RULES
from forms.flow import check
from forms.types.base import Doubt, Read
from rules.refusals import Reason, Refused
from tests.forms.tables import ENV, a_form

CARD = a_form("""
    who | family_name        | name
    who | given_name         | name
    who | sex                | choice | | choices: [female, male]
    who | birth_date         | date
    who | birth_country      | country
    who | birth_municipality | municipality | birth_country == "IT"
    who | tax_code           | it_tax_code | | checks: [{code: mismatch, rule: tax_code_matches}]
    who | postcode           | postcode
    who | municipality       | municipality | | checks: [{code: not_there, rule: postcode_in_municipality, kind: doubt}]
    who | province           | province | | checks: [{code: other_province, rule: province_of_municipality}]
    who | account_holder     | name | | checks: [{code: holder, rule: holder_is_customer, kind: doubt}]
    who | their_postcode     | postcode
    who | their_municipality | municipality | | checks: [{code: not_there, rule: postcode_in_municipality, prefix: their_}]
""")
PERSON = {
    "trip.who.family_name": "Demo", "trip.who.given_name": "Demo", "trip.who.sex": "male", "trip.who.birth_date": "1980-01-01",
    "trip.who.birth_country": "IT", "trip.who.birth_municipality": "F205",
}  # fmt: skip
HIS_CODE, HER_CODE = "DMEDME80A01F205S", "DMEDME80A41F205W"


def judged(name: str, value: str, answers: dict[str, str]) -> object:
    return check(CARD.step(f"trip.who.{name}"), value, answers, ENV)


def test_a_tax_code_that_fits_the_card_is_taken() -> None:
    assert judged("tax_code", HIS_CODE, PERSON) == Read(HIS_CODE)


def test_a_tax_code_that_contradicts_the_card_asks_and_never_blocks() -> None:
    facts = {"what": "sex", "in_code": "female", "given": "male"}
    assert judged("tax_code", HER_CODE, PERSON) == Doubt(HER_CODE, Reason.TAX_CODE_MISMATCH, facts)


@pytest.mark.parametrize("missing", PERSON)
def test_parts_of_the_card_not_given_object_to_nothing(missing: str) -> None:
    assert judged("tax_code", HIS_CODE, {key: value for key, value in PERSON.items() if key != missing}) == Read(HIS_CODE)


def test_a_parked_birthplace_objects_to_nothing() -> None:
    abroad = PERSON | {"trip.who.birth_country": "FR", "trip.who.birth_municipality": "H501"}
    reading = judged("tax_code", HIS_CODE, abroad)
    assert isinstance(reading, Doubt)
    assert reading.facts["what"] == "birth_country"


def test_a_postcode_of_another_municipality_is_doubted() -> None:
    here = {"trip.who.postcode": "20121"}
    assert judged("municipality", "F205", here) == Read("F205")
    reading = judged("municipality", "H501", here)
    assert isinstance(reading, Doubt)
    assert (reading.reason, reading.facts["municipality"]) == (Reason.POSTCODE_NOT_THERE, "Roma")


def test_a_province_that_is_not_the_municipalitys_is_refused_with_the_checks_code() -> None:
    there = {"trip.who.municipality": "F205"}
    assert judged("province", "MI", there) == Read("MI")
    reading = judged("province", "RM", there)
    assert isinstance(reading, Refused)
    assert reading.facts["code"] == "other_province"


@pytest.mark.parametrize("holder", ["Demo Prova", "Prova Demo", "PROVA  demo"])
def test_the_customers_own_account_is_taken_in_any_order_of_names(holder: str) -> None:
    named = {"trip.who.family_name": "Demo", "trip.who.given_name": "Prova"}
    assert judged("account_holder", holder, named) == Read(holder)


def test_somebody_elses_account_is_doubted() -> None:
    named = {"trip.who.family_name": "Demo", "trip.who.given_name": "Prova"}
    assert judged("account_holder", "Demo Altra", named) == Doubt("Demo Altra", Reason.DOUBT, {"code": "holder"})
    assert judged("account_holder", "Demo Altra", {}) == Read("Demo Altra")


def test_a_prefix_turns_a_rule_to_another_persons_answers() -> None:
    answers = {"trip.who.postcode": "00184", "trip.who.their_postcode": "20121"}
    assert judged("their_municipality", "F205", answers) == Read("F205")
    assert isinstance(judged("their_municipality", "H501", answers), Refused)


def test_rules_object_to_nothing_when_nothing_is_given() -> None:
    assert all(rule.test({}, ENV.today) is None for rule in RULES.values())
