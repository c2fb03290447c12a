"""Kinds of customer in a form: who is asked, which choices are offered, what is told otherwise; and what lint says of each."""

from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from forms.catalogue import CatalogueError, Edition, freeze, load_catalogue, make_edition
from forms.flow import Environment, asked
from forms.lint import lint_folders
from forms.tariff_files import read_tariff_file
from rules.tariff import TariffError, load_tariff
from tests.forms.content.shipped import FOLDER, form, tariff_file
from tests.forms.content.test_tariff_content import form_choices
from tests.forms.folders import a_folder, a_visit

TODAY = date(2026, 11, 22)
PERSON = Environment(TODAY)
COMPANY = structs.replace(PERSON, party_kind="company")
FORM = """
    form: visit
    sections:
      - section: when
        items:
          - {name: day, type: date, personal: false}
          - name: place
            type: choice
            personal: false
            choices: [office, home]
            choices_for: {company: [office]}
          - {name: street, type: text, ask_if: party_kind == "person"}
"""
TOLD = "questions:\n  place: {ask: Where does the company meet us?, choices: {office: At its office}}\n"


def a_company_s_visit(root: Path, form: str = FORM, **files: str) -> Path:
    told = {"visit/it.company.yaml": TOLD, "visit/en.company.yaml": TOLD, **files}
    return a_folder(a_visit(root, form=form), {path: text for path, text in told.items() if text})


def codes(root: Path) -> list[str]:
    return [finding.code for finding in lint_folders((root,), ("it", "en"), TODAY)]


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return load_catalogue(a_company_s_visit(tmp_path_factory.mktemp("visit"))).editions["visit"]


@pytest.mark.slow
def test_each_kind_is_asked_offered_and_told_its_own(edition: Edition) -> None:
    form, place = edition.form, edition.form.step("visit.when.place")
    assert "visit.when.street" in [step.key for step in form.walk({}, PERSON).steps]
    assert "visit.when.street" not in [step.key for step in form.walk({}, COMPANY).steps]
    for env, kind, offered in ((PERSON, "person", ["At the office", "At your home"]), (COMPANY, "company", ["At its office"])):
        known = asked(place, {}, env, edition.of(kind).words["en"], "en")
        assert [choice.label for choice in known.choices] == offered
    assert edition.of("company").words["en"].questions["place"].label == "Place"  # what is not told otherwise stays
    assert edition.of("company").words["en"].questions["place"].ask == "Where does the company meet us?"


@pytest.mark.slow
def test_what_a_kind_is_told_makes_the_version_and_is_kept_with_it(edition: Edition, tmp_path: Path) -> None:
    plain = {which: told for which, told in edition.words.items() if "." not in which}
    assert make_edition(edition.form.form, plain).form.version != edition.form.version
    freeze(edition, tmp_path)
    kept = load_catalogue(versions=tmp_path).words("visit", "en", edition.form.version, "company")
    assert kept == edition.of("company").words["en"]


def test_a_sound_kind_has_no_findings(tmp_path: Path) -> None:
    assert codes(a_company_s_visit(tmp_path)) == []


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        ({"form": FORM.replace('"person"', '"persson"')}, "F016"),
        ({"form": FORM.replace("company: [office]", "company: [ofice]")}, "F031"),
        ({"form": FORM.replace("company: [office]", "firm: [office]")}, "F031"),
        ({"form": FORM.replace("type: date,", "type: date, choices_for: {company: [office]},")}, "F032"),
        ({"visit/en.company.yaml": ""}, "F040"),
        ({"visit/en.company.yaml": "questions:\n  plaice: {ask: Where?}\n"}, "F042"),
        ({"visit/en.company.yaml": "questions: [\n"}, "F001"),
        ({"visit/en.company.yaml": "questions:\n  place: {choices: [office]}\n"}, "F003"),
        ({"visit/en.company.yaml": "questions:\n  place: {choices: {offfice: Here}}\n"}, "F042"),
        ({"visit/it.firm.yaml": TOLD, "visit/en.firm.yaml": TOLD}, "F042"),
    ],
)
def test_lint_finds_what_is_wrong_for_a_kind(planted: dict[str, str], code: str, tmp_path: Path) -> None:
    assert code in codes(a_company_s_visit(tmp_path, **planted))


@pytest.mark.slow
def test_what_a_broker_s_own_form_left_out_is_told_to_nobody(tmp_path: Path) -> None:
    """Our words for a company still lie beside the broker's."""
    told = TOLD + "  hour: {ask: When does the company have time?}\ngroups:\n  other: {more: Another one?}\n"
    folder = a_company_s_visit(tmp_path, **{"visit/it.company.yaml": told, "visit/en.company.yaml": told})
    assert set(load_catalogue(folder).words("visit", "en", party_kind="company").questions) == {"day", "place", "street"}
    assert codes(folder) == ["F042"] * 4


@pytest.mark.slow
def test_a_language_without_a_kind_s_words_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"there is no en\.company\.yaml with its words"):
        load_catalogue(a_company_s_visit(tmp_path, **{"visit/en.company.yaml": ""}))


@pytest.mark.parametrize(
    ("proposed_for", "told"),
    [
        ("firm: {liability: [glass]}", "no kind of customer `firm`"),
        ("company: {legal: [legal]}", "`company` is not offered family_liability"),
    ],
)
def test_a_tariff_proposes_to_a_kind_what_the_form_offers_it(proposed_for: str, told: str, tmp_path: Path) -> None:
    text = (FOLDER / "tariffs/home.yaml").read_text("utf-8").replace("company: {liability: [owner_liability]}", proposed_for)
    with pytest.raises(CatalogueError, match=told):
        read_tariff_file(a_folder(tmp_path, {"home.yaml": text}) / "home.yaml", form("quote_home"))


def test_a_tariff_s_proposals_for_a_kind_are_of_its_covers() -> None:
    with pytest.raises(TariffError, match=r"proposed_for\.company\.liability: covers has no value ownership"):
        load_tariff({**tariff_file(), "proposed_for": {"company": {"liability": ["ownership"]}}}, form_choices())
