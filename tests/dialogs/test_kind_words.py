"""What comes back for answers that cannot be taken, read as a customer would."""

import re

import pytest

from dialogs import wording
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk, at

IDENTITY = "registration_person.identity"


@pytest.mark.parametrize(("language", "words"), [("it", "Corea"), ("en", "Korea")])
def test_two_countries_of_one_name_are_both_offered(forms: Catalogue, language: str, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.citizenship", language)
    talk.say(words)
    assert {choice["value"] for choice in talk.ask.choices or ()} == {"KP", "KR"}


def test_a_date_out_of_its_bounds_says_which_ones_are_taken(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.document.document_issued_on")
    talk.say("1 gennaio 1800")
    assert talk.problems == ["Questa data è troppo indietro. Scrivine una dal 12 marzo 1980 in poi."]


def test_a_doubtful_tax_code_asks_one_clear_thing_in_words(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.tax_code")
    talk.say("SMPDTR81C52F839O")
    assert talk.ask.path == f"{IDENTITY}.tax_code.sure"
    assert talk.ask.text.endswith("Tengo il codice così?")
    assert not re.search(r"\d{4}-\d{2}-\d{2}", talk.ask.text)


def test_who_lives_abroad_is_told_before_being_refused(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.street")
    assert any("operatore" in text for text in talk.texts)


@pytest.mark.parametrize("language", ["it", "en"])
def test_no_sentence_shouts_and_italian_apostrophes_are_typographic(language: str) -> None:
    def sentences(tree: object) -> list[str]:
        if isinstance(tree, dict):
            return [text for key, value in tree.items() if key not in {"talk", "commands", "change_verbs"} for text in sentences(value)]
        return [tree] if isinstance(tree, str) else []

    told = sentences(wording.load(language))
    assert not [text for text in told if "!" in text]
    assert not [text for text in told if re.search(r"\w'\w", text)]


def test_forty_questions_are_promised_and_asked(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON)
    asked = {path for path in talk.asked if path.startswith("registration_person.") and not path.endswith(".confirm")}
    assert 30 <= len(asked) <= 45


@pytest.mark.parametrize("words", ["31 febbraio 1980", "boh", "perché?", "riepilogo"])
def test_the_readings_of_a_date_stand_until_something_else_is_said(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say("3/4/80")
    assert len(talk.ask.choices or ()) == 2
    talk.say(words)
    assert talk.ask.path == f"{IDENTITY}.birth_date"
    assert talk.ask.choices is None


def test_readings_of_another_date_take_the_place_of_the_first(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say("3/4/80")
    talk.say("5/6/80")
    assert {choice["value"] for choice in talk.ask.choices or ()} == {"1980-06-05", "1980-05-06"}
