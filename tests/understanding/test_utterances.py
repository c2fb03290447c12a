"""What people type in each language, written before the code was tuned on it: how much is understood, and that nothing is agreed to by mistake."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from forms.catalogue import Catalogue
from forms.types.vocabulary import languages
from tests.understanding.standing import standing

_FILE = Path(__file__).with_name("utterances.yaml")
_AGREED = frozenset({"yes", "accept", "seen", "confirm"})
_BINDING = frozenset({"consent", "notice", "section", "sure"})
LEAST = 0.97
"""Of what people type. What is not understood is asked again."""


@dataclass(frozen=True, slots=True)
class Utterance:
    language: str
    question: str
    expected: str
    text: str


@cache
def utterances() -> tuple[Utterance, ...]:
    told: dict[str, dict[str, dict[str, list[str]]]] = yaml.load(_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tuple(
        Utterance(language, question, expected, text)
        for language, questions in told.items()
        for question, wanted in questions.items()
        for expected, texts in wanted.items()
        for text in texts
    )


def came(forms: Catalogue, language: str) -> Iterator[tuple[Utterance, str]]:
    open_questions = standing(forms, language)
    for one in utterances():
        if one.language == language:
            yield one, open_questions[one.question].come_of(one.text)


def is_right(expected: str, found: str) -> bool:
    return found not in _AGREED if expected == "not yes" else found == expected


def test_the_set_is_large_and_of_six_languages() -> None:
    counts = {language: sum(one.language == language for one in utterances()) for language in ("it", "en", "es", "ru", "zh", "fa")}
    assert min(counts.values()) >= 100, counts
    assert len(utterances()) == sum(counts.values()) >= 600


@pytest.mark.parametrize("language", languages())
def test_people_are_understood_and_nothing_is_agreed_to_by_mistake(forms: Catalogue, language: str) -> None:
    results = tuple(came(forms, language))
    wrong = [(one, found) for one, found in results if not is_right(one.expected, found)]
    accepted = [(one, found) for one, found in results if one.question in _BINDING and found in _AGREED and one.expected != found]
    share = 1 - len(wrong) / len(results)
    print(f"\n{language}: {len(results)} utterances, {share:.1%} understood, {len(accepted)} wrong accepts")  # noqa: T201 - for docs/languages.md
    print(*(f"  {one.question}: “{one.text}” came to “{found}”, not “{one.expected}”" for one, found in wrong), sep="\n")  # noqa: T201
    assert not accepted
    assert share >= LEAST
