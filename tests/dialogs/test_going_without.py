"""A no in more words to what may be left out; an address in a sentence; who says what they are; what it costs."""

import pytest

from dialogs import wording
from forms.catalogue import Catalogue
from rules.languages import LANGUAGES
from tests.dialogs.driver import at

IDENTITY = "registration_person.identity"
LANDLINE, PEC, CITIZENSHIP = (f"{IDENTITY}.{name}" for name in ("landline", "pec", "citizenship"))
IBAN = "registration_person.bank.iban"


@pytest.mark.parametrize(
    ("language", "path", "text"),
    [
        ("it", LANDLINE, "ho solo il cellulare"),
        ("it", LANDLINE, "no, solo cellulare"),
        ("it", PEC, "no, non ho la PEC"),
        ("it", IBAN, "non voglio darlo"),
        ("it", "registration_person.document.document_front", "non ho lo scanner"),
        ("en", LANDLINE, "I only have a mobile"),
        ("en", IBAN, "I don't want to give it"),
        ("es", LANDLINE, "solo tengo móvil"),
        ("ru", LANDLINE, "у меня только мобильный"),
        ("fa", LANDLINE, "فقط موبایل"),
        ("zh", LANDLINE, "我只有手机"),
    ],
)
def test_what_may_be_left_out_is(forms: Catalogue, language: str, path: str, text: str) -> None:
    talk = at(forms, path, language)
    talk.say(text)
    assert path in talk.state.skipped
    assert talk.ask.path != path


@pytest.mark.parametrize(
    ("path", "text"),
    [(LANDLINE, "ho solo 081 123"), (LANDLINE, "non ho capito"), (f"{IDENTITY}.mobile", "non ho il cellulare"), (PEC, "non lo so")],
)
def test_what_tries_to_be_an_answer_or_is_needed_is_not(forms: Catalogue, path: str, text: str) -> None:
    talk = at(forms, path)
    talk.say(text)
    assert (talk.ask.path, path in talk.state.skipped) == (path, False)


@pytest.mark.parametrize("text", ["scrivimi a demetra@example.org grazie", "la mia è demetra@example.org"])
def test_an_address_among_a_few_words_is_told_back(forms: Catalogue, text: str) -> None:
    talk = at(forms, "journey.email")
    talk.say(text)
    talk.say("sì")
    assert (talk.ask.path, talk.state.answers["journey.email"]) == ("journey.email_code", "demetra@example.org")


def test_of_two_addresses_none_is_taken(forms: Catalogue) -> None:
    talk = at(forms, "journey.email")
    talk.say("demetra@example.org oppure esempio@example.org")
    assert talk.ask.path == "journey.email"


@pytest.mark.parametrize(
    ("language", "text"), [("it", "sono italiano"), ("en", "I am Italian"), ("es", "soy italiana"), ("ru", "я итальянец")]
)
def test_who_says_what_they_are_has_told_their_citizenship(forms: Catalogue, language: str, text: str) -> None:
    talk = at(forms, CITIZENSHIP, language)
    talk.say(text)
    assert talk.state.answers[CITIZENSHIP] == "IT"


def test_who_is_not_has_not(forms: Catalogue) -> None:
    talk = at(forms, CITIZENSHIP)
    talk.say("non sono italiano")
    assert talk.ask.path == CITIZENSHIP


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_it_costs_is_answered_at_a_question_and_at_no_text_to_agree_to(forms: Catalogue, language: str) -> None:
    answer = wording.say(language, "house.cost.answer")
    asked = wording.aliases(language, "house.cost.asked")[0]
    talk = at(forms, CITIZENSHIP, language)
    talk.say(f"{asked}?")
    assert (answer in talk.texts, talk.ask.path) == (True, CITIZENSHIP)
    talk = at(forms, "modules.mandate.act", language)
    talk.say(f"{asked}?")
    assert answer not in talk.texts
