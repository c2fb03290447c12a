"""The shipped tariff beside the form it prices: same choices, same proposals, all words; the quick path is enough."""

from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from rules.tariff import Price, Referral, Tariff, load_tariff, price
from tests.forms.content.shipped import LANGUAGES, TODAY, catalogue, question, questions, tariff_file

ZONES = ("1", "2", "3", "4", "unknown")
TRUTH = ("false", "true")

FLAT: dict[str, object] = {
    "need": ["building", "contents", "theft", "liability"],
    "role": "owner_occupier",
    "same_address": True,
    "dwelling": "flat",
    "use": "main_home",
    "floor": "second_third",
    "area_m2": 95,
    "year_built": 1975,
    "structure": "reinforced_concrete",
    "rebuild_known": True,
    "rebuild_value": "150000.00",
    "contents_value": "25000.00",
    "first_loss": "5000.00",
    "door": "armoured_3",
    "alarm": "none",
    "liability_limit": "l_1000000",
    "losses": 0,
    "excess": "e_150",
}


def form_choices() -> dict[str, tuple[str, ...]]:
    choices = {one.name: one.choices for one in questions("quote_home") if one.choices}
    return {**choices, "seismic_zone": ZONES, "refused": TRUTH}


@cache
def tariff() -> Tariff:
    return load_tariff(tariff_file(), form_choices())


def test_the_tariff_knows_every_choice_of_the_form():
    assert tariff().name == "home"


def test_every_tariff_question_is_one_of_the_form_and_quick_where_it_has_no_default():
    for known in tariff().questions.values():
        assert question("quote_home", known.name).quick is (known.default is None), known.name


def test_covers_are_proposed_as_the_form_proposes_them():
    assert tariff().proposed == catalogue().tables.covers_from_need


def test_owners_of_the_tariff_are_the_owners_of_the_form():
    condition = question("quote_home", "cadastre").ask_if or ""
    assert {role for role in question("quote_home", "role").choices if f'"{role}"' in condition} == tariff().owner_roles


def test_every_referral_of_the_domain_is_there():
    assert {rule.code for rule in tariff().referrals} == {
        "listed", "empty", "building_site", "short_let", "goods_stored", "thatch", "repair", "flooded", "building_title", "losses", "refused",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_covers_factors_and_referrals_are_worded(language: str):
    words = tariff_file(f".{language}")
    known = tariff()
    assert list(words["covers"]) == [cover.code for cover in known.covers]  # type: ignore[call-overload]
    assert set(words["factors"]) == {table.name for cover in known.covers for table in cover.factors}  # type: ignore[call-overload]
    more = {"rebuild_unknown", "rebuild_outside", "valuables", "nothing_to_price"}
    assert set(words["referrals"]) == {rule.code for rule in known.referrals} | more  # type: ignore[call-overload]
    assert set(words) == {
        "title", "per_year", "indicative", "assumptions_note", "never_counted", "minimum", "base", "referral_note", "not_priced_note",
        "covers", "factors", "referrals",
    }  # fmt: skip


def test_a_default_never_refers():
    for rule in tariff().referrals:
        assert not rule.applies(tariff().questions[rule.question].default)


def test_age_sex_nationality_and_budget_are_never_factors():
    used = {table.name for cover in tariff().covers for table in cover.factors} | set(tariff().questions)
    assert not used & {"birth_date", "sex", "citizenship", "budget", "adults", "minors", "insured_birth_date", "insured_sex"}


def test_the_example_flat_costs_what_one_believes():
    found = price(tariff(), FLAT, TODAY)
    assert isinstance(found, Price)
    assert 250 <= found.total_cents / 100 <= 500


def test_quick_answers_alone_give_a_price_that_names_its_assumptions():
    found = price(tariff(), FLAT, TODAY)
    assert isinstance(found, Price)
    assumed = dict(found.assumptions)
    assert assumed["longest_empty"] == "under_30_days"
    assert assumed["covers"] == ("fire", "weather", "water", "electrical", "theft", "family_liability")
    assert "roof" not in assumed  # it is no top floor: never asked, so nothing is supposed
    assert "cat_limit" not in assumed


def test_the_price_carries_version_hash_and_validity():
    found = price(tariff(), FLAT, TODAY)
    assert isinstance(found, Price)
    assert (found.tariff_version, found.valid_until) == ("2026-11-demo", date(2026, 12, 22))
    assert found.tariff_sha256 == tariff().sha256
    assert len(found.tariff_sha256) == 64


def test_natural_disasters_of_a_home_are_not_taxed():
    found = price(tariff(), {**FLAT, "need": ["building", "natural_disasters", "legal", "assistance"]}, TODAY)
    assert isinstance(found, Price)
    rates = {line.code: line.tax_rate for line in found.covers}
    assert rates["earthquake"] == rates["flood"] == Decimal(0)
    assert (rates["fire_building"], rates["legal"], rates["assistance"]) == (Decimal("0.2225"), Decimal("0.2125"), Decimal("0.10"))


def test_a_tenant_s_building_is_named_and_not_priced():
    found = price(tariff(), {**FLAT, "role": "tenant"}, TODAY)
    assert isinstance(found, Price)
    assert found.not_priced == ("fire_building", "weather")
    assert {line.code for line in found.covers} >= {"fire_contents", "theft", "family_liability"}


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"dwelling": "listed"}, "listed"),
        ({"use": "empty"}, "empty"),
        ({"use": "building_site"}, "building_site"),
        ({"use": "short_let"}, "short_let"),
        ({"business": "goods_stored"}, "goods_stored"),
        ({"floor": "top", "roof": "thatch"}, "thatch"),
        ({"repair": "poor"}, "repair"),
        ({"repair": "under_works"}, "repair"),
        ({"flooded": "under_10_years"}, "flooded"),
        ({"losses": 3}, "losses"),
        ({"refused": True}, "refused"),
        ({"rebuild_value": "56999.99"}, "rebuild_outside"),
        ({"rebuild_value": "380000.01"}, "rebuild_outside"),
        ({"valuables_total": "7500.01"}, "valuables"),
        ({"need": ["building", "natural_disasters"], "building_title": "no"}, "building_title"),
        ({"rebuild_known": False, "rebuild_estimate": "137750.00", "rebuild_estimate_ok": False}, "rebuild_unknown"),
    ],
)
def test_a_person_prices_what_the_domain_refers(answers: dict[str, object], reason: str):
    assert price(tariff(), {**FLAT, **answers}, TODAY) == Referral((reason,))


@pytest.mark.parametrize(
    "answers",
    [
        {"losses": 2},
        {"refused": False},
        {"valuables_total": "7500.00"},
        {"rebuild_value": "57000.00"},
        {"flooded": "unknown"},
        {"repair": "average"},
    ],
)
def test_what_lies_within_the_limits_is_priced(answers: dict[str, object]):
    assert isinstance(price(tariff(), {**FLAT, **answers}, TODAY), Price)
