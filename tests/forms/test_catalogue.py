"""The catalogue: the broker's files over ours, versions by content, old versions kept, answers carried over."""

import hashlib
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from forms.catalogue import CatalogueError, carry_over, freeze, load_catalogue
from forms.files import SHIPPED
from tests.forms.content import shipped
from tests.forms.folders import MODULE, MODULE_TEXT, VISIT_FORM, VISIT_WORDS, a_folder, a_visit
from tests.forms.tables import a_form

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)


def test_our_own_catalogue_loads_with_its_contracted_forms() -> None:
    catalogue = shipped.catalogue()
    assert {"registration_person", "quote_home"} <= catalogue.forms.keys()
    assert catalogue.words("registration_person", "it").title
    assert catalogue.module("electronic_collection").code == "electronic_collection"


def test_a_brokers_file_takes_the_place_of_ours_and_the_rest_stays(tmp_path: Path) -> None:
    own = (SHIPPED / "registration_person" / "en.yaml").read_text(encoding="utf-8").replace("title: ", "title: Own ", 1)
    a_folder(tmp_path, {"registration_person/en.yaml": own})
    ours, brokers = shipped.catalogue(), load_catalogue(tmp_path)
    assert brokers.words("registration_person", "en").title == "Own " + ours.words("registration_person", "en").title
    assert brokers.words("registration_person", "it") == ours.words("registration_person", "it")
    assert brokers.form("registration_person").version != ours.form("registration_person").version
    assert brokers.form("quote_home").version == ours.form("quote_home").version
    assert brokers.version != ours.version


def test_a_broker_can_add_forms_and_modules(tmp_path: Path) -> None:
    catalogue = load_catalogue(a_visit(tmp_path))
    assert catalogue.form("visit").name == "visit"
    assert [module.code for module in catalogue.modules(TODAY)][-1] == "visits"


def test_a_version_is_the_same_for_the_same_content_and_another_for_other_words(tmp_path: Path) -> None:
    first = load_catalogue(a_visit(tmp_path / "a")).form("visit").version
    again = load_catalogue(a_visit(tmp_path / "b", form=VISIT_FORM + "\n    # a comment says nothing\n")).form("visit").version
    other = load_catalogue(a_visit(tmp_path / "c", it=VISIT_WORDS.replace("Which day", "What day"))).form("visit").version
    assert first == again != other
    assert len(first) == 64


def test_a_version_does_not_hang_on_the_languages_the_house_speaks(tmp_path: Path) -> None:
    both, one = load_catalogue(a_visit(tmp_path)), load_catalogue(a_visit(tmp_path), languages=("it",))
    assert both.form("visit").version == one.form("visit").version


def test_a_language_that_a_form_does_not_have_is_said_at_the_start() -> None:
    with pytest.raises(CatalogueError, match=r"no xx\.yaml"):
        load_catalogue(languages=("it", "xx"))


def test_an_earlier_version_is_loaded_from_its_frozen_copy(tmp_path: Path) -> None:
    old = load_catalogue(a_visit(tmp_path / "catalog"))
    freeze(old.editions["visit"], tmp_path / "catalog" / "versions")
    now = load_catalogue(a_visit(tmp_path / "catalog", en=VISIT_WORDS.replace("A visit", "Your visit")))
    version = old.form("visit").version
    assert now.form("visit").version != version
    assert now.form("visit", version).version == version
    assert now.words("visit", "en", version).title == "A visit"
    assert now.words("visit", "en").title == "Your visit"


def test_a_frozen_copy_that_was_changed_is_not_used(tmp_path: Path) -> None:
    catalogue = load_catalogue(a_visit(tmp_path))
    path = freeze(catalogue.editions["visit"], tmp_path / "versions")
    path.write_text(path.read_text().replace("Which day", "What day"))
    with pytest.raises(CatalogueError, match="SHA-256"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize("version", ["0" * 64, "", None])
def test_an_unknown_form_or_version_is_a_key_error(version: str | None) -> None:
    with pytest.raises(KeyError):
        shipped.catalogue().form("registration_person" if version else "nothing", version)


def test_a_file_that_cannot_be_used_says_where(tmp_path: Path) -> None:
    a_visit(tmp_path, it="title: [\n")
    with pytest.raises(CatalogueError, match=r"it\.yaml:2"):
        load_catalogue(tmp_path)


def test_what_is_hashed_is_exactly_the_text_shown(tmp_path: Path) -> None:
    module = load_catalogue(a_visit(tmp_path)).module("visits")
    text = module.text("en")
    assert text == "DRAFT: demonstration text.\n\n## When\n\n- on weekdays\n- from nine\n  to five"
    assert module.text_sha256("en") == hashlib.sha256(text.encode()).hexdigest()
    assert module.words["en"].lead == "May we call on you?"


def test_the_version_that_began_last_is_in_force(tmp_path: Path) -> None:
    a_visit(tmp_path)
    newer = MODULE.replace('version: "1"', 'version: "2"').replace("2026-01-01", "2026-06-01")
    a_folder(tmp_path, {"modules/visits/2/module.yaml": newer, "modules/visits/2/it.md": MODULE_TEXT})
    catalogue = load_catalogue(tmp_path)

    def in_force(day: date) -> list[str]:
        return [module.version for module in catalogue.modules(day) if module.code == "visits"]

    assert in_force(date(2025, 12, 31)) == []
    assert in_force(date(2026, 5, 31)) == ["1"]
    assert in_force(date(2026, 6, 1)) == ["2"]
    assert catalogue.module("visits").version == "2"
    assert catalogue.module("visits", "1").version == "1"


def test_a_module_ends_with_its_last_day(tmp_path: Path) -> None:
    a_visit(tmp_path, module=MODULE + '    valid_until: "2026-03-31"\n')
    catalogue = load_catalogue(tmp_path)
    assert "visits" in {module.code for module in catalogue.modules(date(2026, 3, 31))}
    assert "visits" not in {module.code for module in catalogue.modules(date(2026, 4, 1))}


def test_a_retired_module_is_kept_but_not_asked() -> None:
    catalogue = shipped.catalogue()
    assert catalogue.module("tax_248").module.valid_until is not None
    assert "tax_248" not in {module.code for module in catalogue.modules(TODAY)}


BEFORE = """
    a | name  | name
    a | kind  | choice | | choices: [one, two]
    a | age   | integer
    b | note  | text
    b | item/ | | | most: 2
    b | item/x | yes_no
"""


def test_answers_whose_path_and_type_are_unchanged_carry_over() -> None:
    after = BEFORE.replace("age   | integer", "age   | text").replace("note  | text", "remark | text")
    answers = {"trip.a.name": "Demo", "trip.a.kind": "one", "trip.a.age": 3, "trip.b.note": "x", "trip.b.item.1.more": True,
               "trip.b.item.1.x": True, "journey.email": "a@example.org"}  # fmt: skip
    kept, dropped = carry_over(a_form(BEFORE), a_form(after), answers)
    assert dropped == {"trip.a.age": 3, "trip.b.note": "x"}
    assert kept == {key: value for key, value in answers.items() if key not in dropped}


def test_a_choice_that_is_no_longer_offered_is_asked_again() -> None:
    after = BEFORE.replace("[one, two]", "[one, three]")
    _, dropped = carry_over(a_form(BEFORE), a_form(after), {"trip.a.kind": "two"})
    assert dropped == {"trip.a.kind": "two"}


def test_the_confirmation_of_a_changed_section_does_not_carry_over() -> None:
    after = BEFORE.replace("[one, two]", "[one, two, three]")
    kept, dropped = carry_over(a_form(BEFORE), a_form(after), {"trip.a.confirm": True, "trip.b.confirm": True})
    assert (kept, dropped) == ({"trip.b.confirm": True}, {"trip.a.confirm": True})


def test_a_copy_of_a_format_no_longer_read_is_passed_over(tmp_path: Path) -> None:
    text = '{"form":{"form":"visit","unheard_of":1}}'
    folder = tmp_path / "versions" / "visit"
    folder.mkdir(parents=True)
    (folder / f"{sha256(text.encode()).hexdigest()}.json").write_text(text)
    assert load_catalogue(a_visit(tmp_path)).frozen == {}


OWN_MONEY = [
    "quote_home/form.yaml (EUR)",
    "registration_company/form.yaml (EUR)",
    "tables/rebuild_costs.csv (EUR)",
    "tariffs/home.yaml (EUR)",
]


def in_rials(folder: Path) -> Path:
    """A broker's forms, tariff and table in rials."""
    forms = {}
    for name in ("quote_home", "registration_company"):
        shipped = (SHIPPED / name / "form.yaml").read_text(encoding="utf-8")
        forms[f"{name}/form.yaml"] = shipped.replace(f"form: {name}", f"form: {name}\ncurrency: IRR", 1)
    tariff = (SHIPPED.parent / "tariffs" / "home.yaml").read_text(encoding="utf-8").replace("currency: EUR", "currency: IRR", 1)
    costs = "# source: example\n# date: 2026-11-22\nprovince,dwelling,irr_per_m2\n*,*,400000000\n"
    return a_folder(folder, {**forms, "tariffs/home.yaml": tariff, "tables/rebuild_costs.csv": costs})


@pytest.mark.slow
def test_what_names_amounts_in_another_currency_is_named(tmp_path: Path) -> None:
    assert shipped.catalogue().in_other_money("EUR") == []
    assert shipped.catalogue().in_other_money("IRR") == OWN_MONEY
    assert load_catalogue(in_rials(tmp_path)).in_other_money("IRR") == []


@pytest.mark.slow
def test_a_kept_edition_of_another_currency_is_named_too(tmp_path: Path) -> None:
    euro = shipped.catalogue().editions["quote_home"]
    freeze(euro, tmp_path / "versions")
    rials = load_catalogue(in_rials(tmp_path / "own"), versions=tmp_path / "versions")
    assert rials.in_other_money("IRR") == [f"versions/quote_home/{euro.form.version}.json (EUR)"]


def test_a_tariff_of_another_currency_than_its_form_is_refused(tmp_path: Path) -> None:
    in_rials(tmp_path)
    (tmp_path / "quote_home" / "form.yaml").unlink()
    with pytest.raises(CatalogueError, match="it is in IRR, and `quote_home` asks in EUR"):
        load_catalogue(tmp_path)
