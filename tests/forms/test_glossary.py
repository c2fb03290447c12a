"""The glossary: a broker's terms over ours, part of the catalogue's version, whole in every language the house writes."""

from pathlib import Path

import pytest

from forms.catalogue import CatalogueError, load_catalogue
from forms.files import SHIPPED, read_model
from forms.glossary import load_glossary
from forms.lint_glossary import SENTENCES_MOST, TEXT_MOST
from forms.model import Glossary
from rules.languages import LANGUAGES
from tests.forms.folders import a_folder
from tests.forms.test_lint import codes, found_in

OWN = """
    terms:
      excess: {term: own share, text: The own share stays with you.}
      bonus: {term: bonus, names: [no-claims bonus], text: A bonus lowers the premium., see: [excess]}
"""
ALIKE = "terms:\n  excess: {term: excess, text: It stays with you.}\n"


def shipped(language: str) -> Glossary:
    return read_model(SHIPPED / "glossary" / f"{language}.yaml", Glossary)


@pytest.mark.slow
def test_a_brokers_terms_are_added_or_take_the_place_of_ours(tmp_path: Path) -> None:
    a_folder(tmp_path, {"glossary/en.yaml": OWN, "glossary/it.yaml": OWN})
    ours, brokers = load_catalogue(), load_catalogue(tmp_path)
    assert brokers.glossary["en"]["excess"].text == "The own share stays with you."
    assert brokers.glossary["en"].keys() - ours.glossary["en"].keys() == {"bonus"}
    assert brokers.glossary["en"]["premium"] == ours.glossary["en"]["premium"]
    assert brokers.version != ours.version
    assert found_in(tmp_path) == [], "what it says of itself"


def test_a_language_without_a_glossary_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no en\.yaml with the glossary"):
        load_glossary([a_folder(tmp_path, {"glossary/it.yaml": ALIKE})], ("it", "en"))


PLANTED = {
    "term of one language": ("F070", {"it": ALIKE, "en": ALIKE + "  bonus: {term: bonus, text: It is less.}\n"}),
    "unknown term": ("F071", {"it": ALIKE, "en": ALIKE.replace("you.}", "you., see: [exces]}")}),
    "itself": ("F071", {"it": ALIKE, "en": ALIKE.replace("you.}", "you., see: [excess]}")}),
    "long": ("F072", {"it": ALIKE, "en": ALIKE.replace("It stays with you.", "It stays. " * 4)}),
    "long and one sentence": ("F072", {"it": ALIKE, "en": ALIKE.replace("It stays", "It stays " + "and stays " * 40)}),
    "one name": ("F073", dict.fromkeys(("it", "en"), ALIKE + "  share: {term: share, names: [Excess], text: It is yours.}\n")),
    "unknown field": ("F003", {"it": ALIKE, "en": ALIKE.replace("text:", "words:")}),
}


@pytest.mark.parametrize(("code", "files"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found(code: str, files: dict[str, str], tmp_path: Path) -> None:
    folder = a_folder(tmp_path, {f"glossary/{language}.yaml": text for language, text in files.items()})
    assert code in codes(found_in(folder))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_the_house_writes_explains_the_same_terms(language: str) -> None:
    terms, italian = shipped(language).terms, shipped("it").terms
    assert list(terms) == list(italian)
    assert {key: term.see for key, term in terms.items()} == {key: term.see for key, term in italian.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_short_and_in_the_voice_of_the_house(language: str) -> None:
    for key, term in shipped(language).terms.items():
        assert len(term.text) <= TEXT_MOST, key
        assert sum(term.text.count(f"{end} ") for end in ".!?؟") + sum(map(term.text.count, "。！？")) <= SENTENCES_MOST + 1, key
        assert term.text[-1] in ".。", key
        assert not set("!'\"") & set(term.text + term.term), key
