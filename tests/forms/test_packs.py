"""Country packs: what customers of a country are asked in addition, as data; chosen by the agency, worded in every language."""

from pathlib import Path

import pytest

from forms.catalogue import CatalogueError, load_catalogue
from forms.files import SHIPPED, read_model
from forms.lint import lint, lint_folders
from forms.model import Pack, PackWords
from forms.types.national import NATIONAL
from rules.languages import LANGUAGES
from tests.forms.content import shipped
from tests.forms.folders import a_folder, a_visit
from tests.forms.test_lint import TODAY, codes

PACKS = ("ir", "ru", "es", "cn")
OWN_PACK = """
    country: FR
    adds:
      - form: visit
        after: day
        questions:
          - {name: fr_note, type: text, required: false}
"""
OWN_WORDS = "questions:\n  fr_note: {ask: Which number?, label: Number, why: So that we know you.}\n"


def own_pack(root: Path, pack: str = OWN_PACK, **words: str) -> Path:
    files = {f"packs/fr/{language}.yaml": text for language, text in ({"it": OWN_WORDS, "en": OWN_WORDS} | words).items()}
    return a_folder(a_visit(root), {"packs/fr/pack.yaml": pack, **files})


@pytest.mark.slow
def test_without_a_pack_the_forms_are_as_they_stand() -> None:
    assert load_catalogue(countries=("it",)).version == shipped.catalogue().version
    assert not any(key.endswith(("ru_inn", "es_nif")) for key in shipped.catalogue().form("registration_person").steps())


@pytest.mark.slow
def test_a_pack_s_questions_stand_after_the_one_it_names_and_make_another_version() -> None:
    plain, packed = shipped.catalogue().form("registration_person"), load_catalogue(countries=("it", "ru")).form("registration_person")
    names = [key.rpartition(".")[2] for key in packed.steps()]
    at = names.index("tax_code")
    assert names[at : at + 4] == ["tax_code", "ru_own_name", "ru_inn", "ru_snils"]
    assert packed.version != plain.version


def test_a_broker_brings_a_pack_of_its_own(tmp_path: Path) -> None:
    catalogue = load_catalogue(own_pack(tmp_path), countries=("it", "fr"))
    assert list(catalogue.form("visit").steps())[:2] == ["visit.when.day", "visit.when.fr_note"]
    assert catalogue.words("visit", "en").questions["fr_note"].ask == "Which number?"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pack", "countries", "told"),
    [
        (OWN_PACK, ("it", "xx"), "there is no pack `xx`; there are cn, es, fr, ir, it, ru"),
        (OWN_PACK.replace("after: day", "after: hour"), ("it", "fr"), "`visit` has no question `hour`"),
    ],
)
def test_a_pack_that_cannot_be_used_is_said_at_the_start_and_by_lint(
    pack: str, countries: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    own_pack(tmp_path, pack)
    with pytest.raises(CatalogueError, match=told.split(";", maxsplit=1)[0]):
        load_catalogue(tmp_path, countries=countries)
    assert "F080" in codes(lint_folders((SHIPPED, tmp_path), ("it", "en"), TODAY, countries))


def test_words_that_a_pack_lacks_are_missing(tmp_path: Path) -> None:
    own_pack(tmp_path, en="questions: {}\n")
    with pytest.raises(CatalogueError, match="there are no words for fr_note"):
        load_catalogue(tmp_path, countries=("it", "fr"))
    assert codes(lint_folders((tmp_path,), ("it", "en"), TODAY, ("it", "fr"))) == ["F041"]


def test_a_sound_pack_has_no_findings(tmp_path: Path) -> None:
    assert lint_folders((own_pack(tmp_path),), ("it", "en"), TODAY, ("it", "fr")) == []


def test_ours_have_nothing_to_mend() -> None:
    found = lint(languages=LANGUAGES, today=TODAY, countries=("it", *PACKS))
    assert [finding for finding in found if finding.severity == "error"] == []


@pytest.mark.parametrize("country", PACKS)
def test_every_language_the_house_writes_has_words_for_every_question_of_ours(country: str) -> None:
    pack = read_model(SHIPPED / "packs" / country / "pack.yaml", Pack)
    asked = [question.name for addition in pack.adds for question in addition.questions]
    assert set(asked) - {f"{country}_own_name"} <= {each.name for each in NATIONAL}
    for language in LANGUAGES:
        told = read_model(SHIPPED / "packs" / country / f"{language}.yaml", PackWords).questions
        assert list(told) == asked
        for words in told.values():
            assert all((words.hint, words.why, words.names))
            assert not set("!'\"") & set(f"{words.ask}{words.label}{words.hint}{words.why}")
