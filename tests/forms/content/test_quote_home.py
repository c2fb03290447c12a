"""The home quote: names, order, ranges and branches, row by row."""

import pytest

from forms.model import Group
from forms.types.base import Doubt, Read, Wire
from rules.refusals import Refused
from tests.forms.content.shipped import asked_paths, checked, form, question, questions, section_names
from tests.forms.types.asking import shown

SECTIONS = {
    "needs": "need role existing existing_insurer? existing_expires_on? adults minors budget starts_on duration expectation",
    "place": "same_address street house_number postcode municipality province cadastre? surroundings seismic_zone flooded",
    "building": "dwelling use longest_empty business floor storeys area_m2 outbuildings_m2? year_built roof_renewed? electrics_renewed? "
    "plumbing_renewed? structure roof seismic_upgrade building_title solar solar_kwp solar_value heating extras repair",
    "sums": "rebuild_known rebuild_value rebuild_estimate rebuild_estimate_ok contents_value valuables_total? valuables_largest? first_loss "
    "mortgaged mortgage_bank mortgage_debt mortgage_expires_on",
    "security": "door windows alarm safe detectors",
    "liability": "animals helpers vehicles liability_limit guests_per_year letting_code",
    "history": "losses loss refused refused_why",
    "insured": "insured_is_policyholder relation insured_family_name insured_given_name insured_sex insured_birth_date insured_document_kind "
    "insured_document_number",
    "covers": "covers excess cat_limit cat_excess pay_frequency pay_method",
    "closing": "unanswered_ok",
}
TYPES = {
    "choices": "need existing surroundings extras detectors animals vehicles covers",
    "yes_no": "same_address solar rebuild_known mortgaged loss_closed refused insured_is_policyholder",
    "integer": "adults minors storeys area_m2 outbuildings_m2 year_built roof_renewed electrics_renewed plumbing_renewed guests_per_year losses",
    "money": "solar_value rebuild_value contents_value valuables_total valuables_largest first_loss mortgage_debt loss_amount",
    "number": "solar_kwp",
    "date": "existing_expires_on starts_on mortgage_expires_on loss_date insured_birth_date",
    "text": "existing_insurer street house_number cadastre mortgage_bank letting_code refused_why insured_document_number",
    "computed": "seismic_zone rebuild_estimate",
    "confirm": "rebuild_estimate_ok unanswered_ok",
    "choice": "role budget duration expectation flooded dwelling use longest_empty business floor structure roof seismic_upgrade building_title "
    "heating repair door windows alarm safe helpers liability_limit loss_cause relation insured_sex insured_document_kind excess cat_limit "
    "cat_excess pay_frequency pay_method",
    "name": "insured_family_name insured_given_name",
    "postcode": "postcode",
    "municipality": "municipality",
    "province": "province",
}
VALUES = {
    "need": "building contents theft liability natural_disasters legal assistance",
    "role": "owner_occupier owner_lets tenant usufructuary bare_owner condominium_administrator",
    "existing": "none building_condominium building_mortgage contents family_liability other",
    "budget": "under_150 from_150_to_300 from_300_to_600 over_600 no_answer",
    "duration": "one_year several_years",
    "expectation": "low_price low_excess high_limits fast_help no_answer",
    "surroundings": "none isolated near_river near_forest",
    "flooded": "never over_10_years under_10_years unknown",
    "dwelling": "flat semi_detached terraced detached farmhouse listed",
    "use": "main_home second_home let short_let empty building_site",
    "longest_empty": "under_30_days from_30_to_60 from_60_to_120 over_120",
    "business": "none desk_work with_clients goods_stored",
    "floor": "basement ground first second_third fourth_or_higher top whole_house",
    "structure": "reinforced_concrete masonry mixed steel wood unknown",
    "roof": "tiles flat_concrete metal wood thatch",
    "seismic_upgrade": "no class_a class_b class_c class_d class_e class_f class_g",
    "building_title": "yes amnesty no unknown",
    "heating": "gas heat_pump pellet_or_wood oil none",
    "extras": "none pool tall_trees lift",
    "repair": "good average poor under_works",
    "door": "ordinary armoured_2 armoured_3 armoured_4",
    "windows": "none grilles shutters laminated",
    "alarm": "none local phone guard",
    "safe": "none free_standing walled",
    "detectors": "none smoke gas leak",
    "animals": "none dog dog_listed_breed horse other",
    "helpers": "none regular occasional",
    "vehicles": "none e_scooter drone small_boat",
    "liability_limit": "l_500000 l_1000000 l_2500000",
    "loss_cause": "water fire theft weather liability other",
    "relation": "spouse partner child parent tenant owner employer other",
    "covers": "fire weather water electrical theft glass family_liability owner_liability earthquake flood legal assistance",
    "excess": "e_0 e_150 e_300 e_500 e_1000",
    "cat_limit": "p_50 p_70 p_100",
    "cat_excess": "p_5 p_10",
    "pay_frequency": "yearly half_yearly monthly",
    "pay_method": "transfer card direct_debit",
}
QUICK = (
    "need role same_address street house_number postcode municipality province dwelling use floor area_m2 year_built structure rebuild_known "
    "rebuild_value rebuild_estimate rebuild_estimate_ok contents_value first_loss door alarm liability_limit losses excess"
)
BOUNDS = {
    "adults": (1, 12), "minors": (0, 10), "starts_on": ("today", "today+1y"), "existing_expires_on": ("today-30d", None), "storeys": (1, 40),
    "area_m2": (15, 2000), "outbuildings_m2": (0, 500), "year_built": (1000, "year"), "roof_renewed": ("year_built", "year"),
    "solar_kwp": ("0.5", "30"), "contents_value": (5000, 500000), "first_loss": (1000, 50000), "guests_per_year": (0, 2000), "losses": (0, 10),
    "mortgage_expires_on": ("today+1d", None), "loss_date": ("today-5y", "today"), "insured_birth_date": ("today-111y+1d", "today"),
}  # fmt: skip

EVERYTHING: dict[str, Wire] = {
    "needs.need": ["building", "contents", "theft", "liability", "natural_disasters"],
    "needs.role": "owner_occupier",
    "building.dwelling": "flat",
    "building.use": "main_home",
    "building.area_m2": 95,
    "building.year_built": 1975,
    "sums.rebuild_known": True,
    "sums.rebuild_value": "150000.00",
    "sums.contents_value": "25000.00",
}


def test_sections_and_names_stand_in_the_contract_s_order():
    assert {section.section: " ".join(section_names("quote_home", section.section)) for section in form("quote_home").sections} == SECTIONS
    assert [section.section for section in form("quote_home").sections] == list(SECTIONS)


@pytest.mark.parametrize("kind", TYPES)
def test_questions_have_the_contract_s_types(kind: str):
    assert {name: question("quote_home", name).type for name in TYPES[kind].split()} == dict.fromkeys(TYPES[kind].split(), kind)


@pytest.mark.parametrize("name", VALUES)
def test_choices_have_the_contract_s_values(name: str):
    assert question("quote_home", name).choices == tuple(VALUES[name].split())


@pytest.mark.parametrize("name", BOUNDS)
def test_ranges_are_the_contract_s(name: str):
    assert (question("quote_home", name).min, question("quote_home", name).max) == BOUNDS[name]


def test_the_quick_path_is_the_contract_s():
    assert [one.name for one in questions("quote_home") if one.quick] == QUICK.split()


def test_losses_are_told_one_by_one():
    group = next(item for section in form("quote_home").sections for item in section.items if isinstance(item, Group))
    assert (group.group, group.count) == ("loss", "losses")
    assert [one.name for one in group.questions] == ["loss_date", "loss_cause", "loss_amount", "loss_closed"]
    paths = asked_paths("quote_home", {"history.losses": 2})
    assert "history.loss.2.loss_amount" in paths
    assert "history.loss.3.loss_amount" not in paths


@pytest.mark.parametrize(
    ("name", "answers", "is_asked"),
    [
        ("needs.existing_insurer", {"needs.existing": ["none"]}, False),
        ("needs.existing_insurer", {"needs.existing": ["contents"]}, True),
        ("place.street", {"place.same_address": False}, True),
        ("place.street", {"place.same_address": True}, False),
        ("place.cadastre", {"needs.role": "tenant"}, False),
        ("place.cadastre", {"needs.role": "condominium_administrator"}, False),
        ("place.cadastre", {"needs.role": "bare_owner"}, True),
        ("building.longest_empty", {"building.use": "second_home"}, True),
        ("building.longest_empty", {"building.use": "let"}, False),
        ("building.floor", {"building.dwelling": "detached"}, False),
        ("building.roof", {"building.dwelling": "detached"}, True),
        ("building.roof", {"building.dwelling": "flat", "building.floor": "first"}, False),
        ("building.roof", {"building.dwelling": "flat", "building.floor": "top"}, True),
        ("building.roof_renewed", {"building.year_built": 2006}, False),
        ("building.roof_renewed", {"building.year_built": 2005}, True),
        ("building.extras", {"building.dwelling": "flat"}, False),
        ("building.building_title", {"needs.need": ["building"]}, False),
        ("building.building_title", {"needs.need": ["natural_disasters"]}, True),
        ("building.solar_value", {"needs.role": "owner_lets", "building.solar": True}, True),
        ("building.solar_value", {"needs.role": "tenant", "building.solar": True}, False),
        ("sums.rebuild_value", {"needs.need": ["building"], "sums.rebuild_known": True}, True),
        ("sums.rebuild_estimate_ok", {"needs.need": ["building"], "sums.rebuild_known": False}, True),
        ("sums.rebuild_estimate_ok", {"needs.need": ["contents"]}, False),
        ("security.safe", {"needs.need": ["theft"], "sums.valuables_total": "5000.00"}, False),
        ("security.safe", {"needs.need": ["theft"], "sums.valuables_total": "5000.01"}, True),
        ("liability.letting_code", {"building.use": "short_let"}, True),
        ("history.refused_why", {"history.refused": False}, False),
        ("insured.relation", {"insured.insured_is_policyholder": True}, False),
        ("insured.relation", {"insured.insured_is_policyholder": False}, True),
        ("covers.cat_limit", {"covers.covers": ["fire"]}, False),
        ("covers.cat_limit", {"covers.covers": ["fire", "flood"]}, True),
        ("closing.unanswered_ok", {"needs.budget": "from_150_to_300"}, False),
        ("closing.unanswered_ok", {"needs.budget": "no_answer"}, True),
    ],
)
def test_questions_are_asked_where_the_contract_says(name: str, answers: dict[str, Wire], is_asked: bool):
    assert (name in asked_paths("quote_home", answers)) is is_asked


@pytest.mark.parametrize(
    ("path", "value"),
    [("building.area_m2", 401), ("sums.rebuild_value", "56999.99"), ("sums.rebuild_value", "380000.01")],
)
def test_unlikely_figures_are_doubted(path: str, value: Wire):
    assert isinstance(checked(f"quote_home.{path}", value, EVERYTHING), Doubt)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("building.area_m2", 400),
        ("sums.rebuild_value", "57000.00"),
        ("sums.rebuild_value", "380000.00"),
        ("sums.valuables_total", "10000.00"),
    ],
)
def test_likely_figures_are_taken(path: str, value: Wire):
    assert checked(f"quote_home.{path}", value, EVERYTHING) == Read(value)


@pytest.mark.parametrize(
    ("path", "value", "more"),
    [
        ("sums.valuables_total", "10000.01", {}),
        ("sums.valuables_largest", "3000.01", {"sums.valuables_total": "3000.00"}),
        ("sums.mortgage_debt", "750000.01", {"sums.mortgaged": True}),
    ],
)
def test_impossible_figures_are_refused(path: str, value: Wire, more: dict[str, Wire]):
    assert isinstance(checked(f"quote_home.{path}", value, {**EVERYTHING, **more}), Refused)


def test_issuance_needs_the_insured_and_the_relation():
    for name in SECTIONS["insured"].split():
        assert question("quote_home", name).needed_to_issue


def test_household_is_prefilled_from_the_card():
    assert question("quote_home", "adults").prefill == "registration_person.household.adults"
    assert question("quote_home", "minors").prefill == "registration_person.household.minors"
    assert question("quote_home", "same_address").propose == "home_is_residence"
    assert question("quote_home", "covers").propose == "covers_from_need"


def test_every_year_says_that_it_is_one() -> None:
    """ "1.975" in a summary is no year; what stands in for the bound is not known there."""
    years = [each for each in questions("quote_home") if "year" in str(each.max)]
    assert [each.name for each in years] == ["year_built", "roof_renewed", "electrics_renewed", "plumbing_renewed"]
    assert {each.unit for each in years} == {"year"}
    assert shown("integer", 1975, name="roof_renewed", unit="year", min=None, max=None) == "1975"
