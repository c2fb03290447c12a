"""The words of every language read the answers of every conversation, so no list may mean something else in another language."""

from collections.abc import Iterable, Mapping
from itertools import combinations

import pytest

from dialogs import phrases, wording
from forms.types.characters import fold
from forms.types.number_words import words_to_number
from forms.types.vocabulary import Vocabulary, languages, vocabulary

KNOWN = {language: vocabulary(language) for language in languages()}
PAIRS = list(combinations(languages(), 2))
DIFFERENT = {"once"}
"""Words of two languages that are read by the conversation's own, and asked about in all others."""
AGREEING = ("yes", "vague", "confirm", "accept", "seen")
DENYING = ("no", "refuse")


def folded(phrases: Iterable[str]) -> set[str]:
    return {fold(phrase) for phrase in phrases if fold(phrase)}


def said(known: Vocabulary, kinds: tuple[str, ...]) -> set[str]:
    words = known.answers.model_dump()
    return folded(phrase for kind in kinds for phrase in words[kind])


def differing(one: Mapping[str, object], other: Mapping[str, object]) -> set[str]:
    first, second = ({fold(word): value for word, value in words.items()} for words in (one, other))
    return {word for word in first.keys() & second.keys() if first[word] != second[word]}


@pytest.mark.parametrize("language", languages())
def test_what_agrees_in_one_language_denies_in_none(language: str) -> None:
    for other in languages():
        assert not said(KNOWN[language], AGREEING) & said(KNOWN[other], DENYING), other


@pytest.mark.parametrize("language", languages())
def test_what_is_explicit_in_one_language_is_vague_in_none(language: str) -> None:
    for other in languages():
        assert not said(KNOWN[language], ("yes", "confirm", "accept", "seen")) & said(KNOWN[other], ("vague", "polite", "please")), other


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_dates_and_numbers_mean_the_same(one: str, other: str) -> None:
    first, second = KNOWN[one], KNOWN[other]
    names = [{name: month for month, names in known.dates.months.items() for name in names} for known in (first, second)]
    assert not differing(names[0], names[1])
    assert not differing(first.dates.relative, second.dates.relative)
    assert not differing(first.dates.ordinals, second.dates.ordinals)
    assert not differing(first.lists.ordinals, second.lists.ordinals)
    assert not differing(first.countries.aliases, second.countries.aliases)
    counted = [{**known.numbers.small, **known.numbers.multipliers, **known.numbers.scales} for known in (first, second)]
    assert differing(counted[0], counted[1]) <= DIFFERENT


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_all_and_none_are_not_mixed_up(one: str, other: str) -> None:
    first, second = KNOWN[one].lists, KNOWN[other].lists
    assert not folded((*first.all, *first.all_of)) & folded(second.none)
    assert not differing(first.all_of, second.all_of)
    assert not folded(first.none) & folded((*second.all, *second.all_of))
    assert not folded(first.joining) & folded((*second.but, *second.negating))
    assert not folded((*first.but, *first.negating)) & folded(second.joining)


@pytest.mark.parametrize("language", languages())
def test_every_number_word_keeps_its_value_in_every_conversation(language: str) -> None:
    for conversation in languages():
        for word, value in KNOWN[language].numbers.small.items():
            if len(word) > 1 and word not in DIFFERENT:
                assert words_to_number(word, conversation) == value, (word, conversation)


@pytest.mark.parametrize("language", languages())
def test_no_command_is_an_answer(language: str) -> None:
    """A yes, a no, a number, a day or a place in a list is never taken for a command."""
    answers = set().union(*(said(known, (*AGREEING, *DENYING)) for known in KNOWN.values()))
    for known in KNOWN.values():
        answers |= folded((*known.numbers.small, *known.dates.relative, *known.lists.ordinals, *known.lists.all, *known.lists.none))
    for command in phrases.COMMANDS:
        taken = folded(wording.aliases(language, f"commands.{command}")) & answers
        assert not taken, (command, taken)


@pytest.mark.parametrize(
    ("conversation", "word", "number"),
    [("en", "once", 1), ("es", "once", 11), ("it", "mille", 1000), ("es", "mil", 1000), ("en", "sei", 6), ("es", "seis", 6)],
)
def test_a_word_of_two_languages_means_what_the_conversation_s_own_says(conversation: str, word: str, number: int) -> None:
    assert words_to_number(word, conversation) == number


def test_a_word_on_which_other_languages_differ_is_asked_about() -> None:
    assert words_to_number("once", "it") is None
