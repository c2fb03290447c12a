"""The words of both forms, in every language: complete, in the house's voice (short, calm, no exclamation marks), real letters."""

import re
from collections.abc import Iterator

import pytest

from forms.model import QuestionWords
from forms.types.characters import asks, compatible
from tests.forms.content.shipped import FORMS, LANGUAGES, form, question, questions, worded, words

BOTH = [(name, language) for name in FORMS for language in LANGUAGES]
each_form = pytest.mark.parametrize(("name", "language"), BOTH)


def sentences(told: QuestionWords) -> Iterator[str]:
    yield from (text for text in (told.ask, told.label, told.hint, told.why, told.example) if text)
    yield from (*told.choices.values(), *told.descriptions.values(), *told.problems.values())


def everything_said(name: str, language: str) -> Iterator[str]:
    said = words(name, language)
    yield from (text for text in (said.title, said.confirm, said.declaration, said.handover) if text)
    for section in said.sections.values():
        yield from (text for text in (section.title, section.lead, section.confirm) if text)
    for group in said.groups.values():
        yield from (group.title, group.more)
    for told in said.questions.values():
        yield from sentences(told)


@each_form
def test_every_question_and_section_has_words_and_nothing_else(name: str, language: str):
    said = words(name, language)
    assert set(said.questions) == {one.name for one in questions(name)}
    assert list(said.sections) == [section.section for section in form(name).sections]


@each_form
def test_every_choice_has_a_label_of_its_own(name: str, language: str):
    for one, told in worded(name, language):
        if one.type != "computed":
            assert set(told.choices) == set(one.choices), one.name
        assert len({label.casefold() for label in told.choices.values()}) == len(told.choices), one.name


@each_form
def test_descriptions_and_aliases_belong_to_choices(name: str, language: str):
    for one, told in worded(name, language):
        assert set(told.descriptions) <= set(told.choices), one.name
        assert set(told.aliases) <= set(told.choices), one.name


SHARED = {
    "door": [{"armoured_2", "armoured_3", "armoured_4"}],
    "role": [{"owner_occupier", "owner_lets"}, {"owner_lets", "tenant"}],
    "dwelling": [{"semi_detached", "terraced", "detached"}],
    "floor": [
        {"ground", "first"},
        {"first", "second_third"},
        {"second_third", "fourth_or_higher"},
    ],  # Russians and Chinese count the ground floor
    "employment": [{"employed", "self_employed"}],  # "I work"
}
"""Choices that a word may fit together: the customer is shown those and picks (tests/forms/content/test_aliases.py)."""


@each_form
def test_an_alias_means_one_choice_only_or_is_shared_on_purpose(name: str, language: str):
    for one, told in worded(name, language):
        owners: dict[str, set[str]] = {}
        for choice, others in told.aliases.items():
            for alias in others:
                owners.setdefault(alias.casefold(), set()).add(choice)
        for alias, choices in owners.items():
            assert len(choices) == 1 or any(choices <= together for together in SHARED.get(one.name, ())), (one.name, alias)


LEAST_WHY = {"it": 60, "en": 60, "es": 60, "ru": 60, "fa": 50, "zh": 20}
"""Letters of a reason; a Chinese sign says what three letters do, and Persian writes few vowels."""


@each_form
def test_every_question_asks_and_says_why(name: str, language: str):
    for one, told in worded(name, language):
        assert asks(told.ask[-1]), one.name
        assert told.why, one.name
        assert len(told.why) >= LEAST_WHY[language], one.name
        assert told.names, one.name


@each_form
def test_every_check_of_the_form_s_own_has_its_sentence(name: str, language: str):
    for one, told in worded(name, language):
        assert {check.code for check in one.checks if check.when} <= set(told.problems), one.name
        assert set(told.problems) <= {check.code for check in one.checks}, one.name


DILIGENCE = {"it": "diligenza", "en": "care", "es": "diligencia", "ru": "тщательност", "fa": "دقتی که حرفه", "zh": "勤勉尽职"}


@each_form
def test_the_declaration_names_the_law_and_leaves_the_agency_its_diligence(name: str, language: str):
    declaration = compatible(words(name, language).declaration or "")
    assert "1892" in declaration
    assert "1893" in declaration
    assert DILIGENCE[language] in declaration


@each_form
def test_nobody_shouts_and_apostrophes_are_real(name: str, language: str):
    for text in everything_said(name, language):
        assert "!" not in text, text
        assert "'" not in text, text
        assert '"' not in text, text
        assert "  " not in text, text


@each_form
def test_every_language_says_the_same_things(name: str, language: str):
    for one in questions(name):
        italian, other = (words(name, tongue).questions[one.name] for tongue in ("it", language))
        for field in ("hint", "example"):
            assert getattr(italian, field) is None or getattr(other, field) is not None, (one.name, field)
        assert set(italian.descriptions) <= set(other.descriptions), one.name
        assert set(italian.problems) == set(other.problems), one.name


@each_form
def test_every_language_fills_in_the_same_answers(name: str, language: str):
    for one in questions(name):
        italian, other = (
            set(re.findall(r"\{(\w+)\}", " ".join(sentences(words(name, tongue).questions[one.name])))) for tongue in ("it", language)
        )
        assert italian == other, one.name


@pytest.mark.parametrize("name", ["bare_owner", "usufructuary"])
def test_hard_words_are_explained(name: str):
    for language in LANGUAGES:
        assert name in words("quote_home", language).questions["role"].descriptions


def test_what_the_messengers_never_hear_is_handed_over():
    assert any(one.sensitive for one in questions("registration_person"))
    for language in LANGUAGES:
        assert words("registration_person", language).handover


def test_optional_questions_say_that_they_are():
    for name in FORMS:
        for language in LANGUAGES:
            for one, told in worded(name, language):
                if not question(name, one.name).required:
                    assert any(word in f"{told.why} {told.hint}" for word in OPTIONAL[language]), (language, one.name)


OPTIONAL = {
    "it": ("facoltativ", "salta", "più tardi"),
    "en": ("optional", "skip", "later"),
    "es": ("opcional", "salta", "más tarde"),
    "ru": ("необязательн", "пропустит", "позже"),
    "fa": ("اختیاری", "بگذرید", "بعداً"),
    "zh": ("选填", "跳过", "以后"),
}


@each_form
def test_a_name_means_one_question_only(name: str, language: str):
    owners: dict[str, str] = {}
    for one, told in worded(name, language):
        for other in {told.label.casefold(), *(known.casefold() for known in told.names)}:
            assert owners.setdefault(other, one.name) == one.name, other
