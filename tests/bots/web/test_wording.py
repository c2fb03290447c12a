"""The furniture of the pages is complete in every language, and every word a template uses is there."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

import bots.web.wording
from rules.languages import preferred

ROOM = Path(bots.web.wording.__file__).parent
LANGUAGES = sorted(path.stem for path in (ROOM / "words").glob("*.yaml"))


def flat(words: Any, path: str = "") -> dict[str, Any]:
    if isinstance(words, dict):
        return {key: text for name, value in words.items() for key, text in flat(value, f"{path}.{name}" if path else name).items()}
    return {path: words}


def read(language: str) -> dict[str, Any]:
    """The client area's too, as templates find them."""
    own, area = ((folder / "words" / f"{language}.yaml").read_text(encoding="utf-8") for folder in (ROOM, ROOM / "client_area"))
    return flat({**yaml.load(own, yaml.CSafeLoader), "area": yaml.load(area, yaml.CSafeLoader)})


def facts(text: Any) -> set[str | None]:
    return {name for line in (text if isinstance(text, list) else [text]) for _, name, _, _ in Formatter().parse(line) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_with_the_same_facts(language: str) -> None:
    italian, other = read("it"), read(language)
    assert other.keys() == italian.keys()
    assert {key: facts(text) for key, text in other.items()} == {key: facts(text) for key, text in italian.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_house_never_shouts(language: str) -> None:
    assert [key for key, text in read(language).items() if "!" in str(text)] == []


def test_every_word_of_the_templates_is_in_the_words() -> None:
    words = read("it")
    known = {".".join(key.split(".")[: n + 1]) for key in words for n in range(key.count(".") + 1)}
    used = {
        name
        for path in ROOM.rglob("templates/*.html")
        for name in re.findall(r"\bw\.([a-z_]+(?:\.[a-z_]+)*)", path.read_text(encoding="utf-8"))
    }
    assert {name.removesuffix(".format") for name in used} - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_is_suspended_is_called_so(language: str) -> None:
    words = read(language)
    titles = {
        form: words[f"sent.of.{form}.title"] for form in ("registration_person", "quote_home", "offer_accept", "offer_refuse", "consents")
    }
    assert titles["registration_person"] == titles["quote_home"]
    assert len(set(titles.values())) == 4


def test_the_best_language_of_a_browser_is_taken() -> None:
    assert preferred("fa, en-GB;q=0.8, it;q=0.5", ("it", "en")) == "en"
    assert preferred("xx;q=nonsense, ;;;", ("it", "en")) == "it"
    assert preferred("", ("it", "en")) == "it"
    assert preferred("en;q=0, it", ("en", "it")) == "it"
