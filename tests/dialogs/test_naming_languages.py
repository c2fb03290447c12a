"""Another language is asked for by its name, in whatever words; where the name is an answer it stays one."""

import pytest

from dialogs import wording
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk

IDENTITY = "registration_person.identity"
LANGUAGE = "journey.language"


def speaking(forms: Catalogue, path: str, language: str) -> Talk:
    talk = Talk(forms, language, languages=wording.LANGUAGES)
    talk.play({**PERSON, LANGUAGE: language}, until=path)
    assert talk.ask.path == path
    return talk


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "cambia la lingua"),
        ("it", "cambiare lingua"),
        ("it", "voglio cambiare lingua"),
        ("it", "I do not speak Italian"),
        ("en", "change the language"),
        ("en", "I want to change language"),
        ("es", "cambiar la lengua"),
        ("ru", "поменяйте язык"),
        ("fa", "زبان را عوض کن"),
        ("zh", "更改语言"),
        ("zh", "改变语言"),
    ],
)
def test_to_change_the_language_is_no_change_of_an_answer(forms: Catalogue, language: str, words: str) -> None:
    talk = speaking(forms, f"{IDENTITY}.birth_date", language)
    talk.say(words)
    assert (talk.ask.path, talk.problems) == (LANGUAGE, [])


def test_where_any_words_are_an_answer_it_is_a_command_too(forms: Catalogue) -> None:
    talk = speaking(forms, f"{IDENTITY}.family_name", "it")
    talk.say("cambia la lingua")
    assert talk.ask.path == LANGUAGE


@pytest.mark.parametrize(
    ("language", "words", "named"),
    [
        ("it", "English please", "en"),
        ("it", "in English", "en"),
        ("it", "lingua inglese", "en"),
        ("it", "parli inglese?", "en"),
        ("it", "parlo solo inglese", "en"),
        ("it", "switch to english", "en"),
        ("it", "中文", "zh"),
        ("it", "فارسی", "fa"),
        ("it", "Español", "es"),
        ("it", "русский язык", "ru"),
        ("en", "Italian, please", "it"),
        ("en", "change the language to Spanish", "es"),
        ("es", "en inglés, por favor", "en"),
        ("ru", "перейти на английский", "en"),
        ("ru", "по-итальянски", "it"),
        ("fa", "انگلیسی", "en"),
        ("fa", "به انگلیسی لطفاً", "en"),
        ("zh", "换成英文", "en"),
        ("zh", "英文", "en"),
        ("zh", "English please", "en"),
    ],
)
def test_a_language_is_chosen_by_its_name(forms: Catalogue, language: str, words: str, named: str) -> None:
    talk = speaking(forms, f"{IDENTITY}.birth_date", language)
    talk.say(words)
    assert (talk.state.language, talk.ask.path, talk.problems) == (named, f"{IDENTITY}.birth_date", [])


def test_nothing_is_agreed_to_by_the_name_of_a_language(forms: Catalogue) -> None:
    talk = speaking(forms, "modules.electronic_collection.act", "it")
    talk.say("English please")
    assert (talk.state.language, talk.ask.path) == ("en", "modules.electronic_collection.act")


def test_a_language_that_is_not_spoken_here_is_said_to_be_none(forms: Catalogue) -> None:
    talk = Talk(forms, languages=("it", "en"))
    talk.play(PERSON, until=f"{IDENTITY}.birth_date")
    talk.say("Español")
    assert (talk.state.language, talk.ask.path) == ("it", LANGUAGE)
    assert talk.problems


@pytest.mark.parametrize(("words", "country"), [("italiano", "IT"), ("русский", "RU"), ("English", "GB"), ("spagnolo", "ES")])
def test_a_citizen_is_no_language(forms: Catalogue, words: str, country: str) -> None:
    talk = speaking(forms, f"{IDENTITY}.citizenship", "it")
    talk.say(words)
    assert (talk.state.language, talk.state.answers[f"{IDENTITY}.citizenship"]) == ("it", country)


def test_where_languages_are_offered_their_names_are_answers(forms: Catalogue) -> None:
    talk = Talk(forms, languages=wording.LANGUAGES)
    talk.say("inglese")
    assert (talk.state.language, talk.ask.path) == ("en", "journey.goal")


def test_a_surname_that_is_a_language_is_asked_about(forms: Catalogue) -> None:
    talk = speaking(forms, f"{IDENTITY}.family_name", "it")
    talk.say("Castellano")
    assert talk.ask.type == "confirm"
    talk.say("no")
    assert talk.state.answers[f"{IDENTITY}.family_name"] == "Castellano"
