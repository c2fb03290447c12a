"""Questions that customers ask back are answered, never read as a wrong answer."""

import pytest

from dialogs import wording
from forms.catalogue import Catalogue
from tests.dialogs.driver import COMPANY, HOME, PERSON, Talk, at, registered

IDENTITY = "registration_person.identity"
EVERY_KIND = [
    f"{IDENTITY}.{name}"
    for name in ("family_name", "sex", "birth_date", "birth_country", "birth_municipality", "tax_code", "mobile", "pec")
]
EVERY_KIND += [
    "journey.email",
    "registration_person.household.adults",
    "registration_person.document.document_front",
    "registration_person.bank.iban",
]


@pytest.mark.parametrize("words", ["perche vi serve?", "perché lo volete sapere?", "Perchè?", "a cosa vi serve?", "come mai?"])
@pytest.mark.parametrize("path", EVERY_KIND)
def test_why_is_understood_at_every_kind_of_question(forms: Catalogue, path: str, words: str) -> None:
    talk = at(forms, path)
    talk.say(words)
    assert not talk.problems, talk.problems
    assert talk.ask.path == path
    assert path not in talk.state.answers
    assert talk.texts


def test_why_needs_no_mark_where_it_cannot_be_the_answer(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say("xke lo chiedete")
    assert talk.texts == [talk.ask.why]


@pytest.mark.parametrize("words", ["why do you need this?", "what for?"])
def test_why_is_understood_in_english(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date", "en")
    talk.say(words)
    assert talk.texts == [talk.ask.why]


@pytest.mark.parametrize("words", ["che cos’è un tetto ventilato?", "cosa vuol dire", "Quanto tempo ho?"])
def test_another_question_gets_what_we_know_and_a_person(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say(words)
    assert not talk.problems, talk.problems
    assert any("operatore" in text for text in talk.texts)
    assert talk.ask.path == f"{IDENTITY}.birth_date"


@pytest.mark.parametrize("path", EVERY_KIND)
def test_what_to_write_may_be_asked_at_every_kind_of_question(forms: Catalogue, path: str) -> None:
    talk = at(forms, path)
    talk.say("Che cosa devo scrivere?")
    assert not talk.problems, talk.problems
    assert talk.ask.path == path


def test_a_question_is_not_kept_as_a_street(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.street")
    talk.say("Che cosa devo scrivere qui?")
    assert "registration_person.residence.street" not in talk.state.answers
    talk.say("Che Guevara, via")
    assert talk.state.answers["registration_person.residence.street"] == "Che Guevara, via"


def test_a_reason_may_begin_with_because(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play({**HOME, "quote_home.history.refused": True}, until="quote_home.history.refused_why")
    talk.say("perché avevo avuto tre sinistri")
    assert talk.state.answers["quote_home.history.refused_why"] == "perché avevo avuto tre sinistri"


@pytest.mark.parametrize(("words", "part"), [("perchee", "Serve"), ("aiutto", "pulsanti")])
def test_a_misspelt_call_for_help_is_heard(forms: Catalogue, words: str, part: str) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say(words)
    assert not talk.problems, talk.problems
    assert talk.texts
    assert part.lower() in talk.texts[0].lower() or talk.texts == [talk.ask.why]


@pytest.mark.parametrize(("path", "word"), [(f"{IDENTITY}.tax_code", "operatore"), ("registration_person.bank.iban", "salta")])
@pytest.mark.parametrize("words", ["non lo so", "Non ce l'ho qui", "boh", "I don't know"])
def test_not_knowing_is_nobodys_mistake(forms: Catalogue, path: str, word: str, words: str) -> None:
    talk = at(forms, path)
    talk.say(words)
    assert not talk.problems
    assert any(word in text for text in talk.texts)
    assert talk.ask.path == path


@pytest.mark.parametrize("words", ["voglio parlare con qualcuno", "Posso parlare con una persona?", "Can I talk to someone?"])
def test_a_person_may_be_asked_for_in_ones_own_words(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say(words)
    assert talk.ask.path == "contact.phone"


@pytest.mark.parametrize("words", ["non capisco", "I do not understand", "Non ho capito."])
def test_who_does_not_understand_is_told_more_and_called_nothing(forms: Catalogue, words: str) -> None:
    talk = at(forms, "registration_person.identity.family_name")
    talk.say(words)
    assert talk.ask.path == "registration_person.identity.family_name"
    assert wording.say("it", "say.ask_a_person") in talk.texts


@pytest.mark.parametrize("words", ["I don't know", "quello da sposata?", "non ve lo dico"])
def test_a_shrug_in_the_field_of_a_page_is_no_answer(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.family_name")
    talk.answer(words)
    assert not talk.problems, talk.problems
    assert talk.ask.path == f"{IDENTITY}.family_name"
    assert talk.texts


def test_the_name_of_the_question_is_asked_about_in_the_field_of_a_page_too(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.family_name")
    talk.answer("cognome")
    assert talk.ask.path == f"{IDENTITY}.family_name.sure"


def test_a_firm_may_be_called_what_is_no_name(forms: Catalogue) -> None:
    talk = Talk(forms, "it")
    talk.play({**COMPANY}, until="registration_company.company.company_name")
    talk.say("Ragione sociale 12?")
    assert talk.state.answers["registration_company.company.company_name"] == "Ragione sociale 12?"


@pytest.mark.parametrize("words", ["non ho il codice fiscale", "sono straniero", "non lo trovo", "I don't have one"])
@pytest.mark.parametrize("is_typed", [True, False])
def test_who_has_no_tax_code_is_told_where_it_comes_from(forms: Catalogue, words: str, is_typed: bool) -> None:
    talk = at(forms, f"{IDENTITY}.tax_code")
    if is_typed:
        talk.say(words)
    else:
        talk.answer(words)
    assert not talk.problems, talk.problems
    assert talk.texts == [wording.say("it", "say.not_known_tax_code")]
    assert talk.ask.path == f"{IDENTITY}.tax_code"


def test_a_code_cut_short_is_counted(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.tax_code")
    talk.say("SMPDTR80C52F839")
    assert talk.problems == [wording.say("it", "refusals.tax_code_length", {"length": 15})]


@pytest.mark.parametrize(("path", "words"), [("landline", "no"), ("pec", "No, grazie."), ("pec", "preferisco di no")])
@pytest.mark.parametrize("is_typed", [True, False])
def test_a_no_to_what_may_be_left_out_leaves_it_out(forms: Catalogue, path: str, words: str, is_typed: bool) -> None:
    talk = at(forms, f"{IDENTITY}.{path}")
    if is_typed:
        talk.say(words)
    else:
        talk.answer(words)
    assert f"{IDENTITY}.{path}" in talk.state.skipped
    assert not talk.problems


def test_a_no_to_the_iban_leaves_it_out_in_a_messenger_too(forms: Catalogue) -> None:
    talk = Talk(forms, "it", messenger=True)
    talk.play(PERSON, until="registration_person.bank.iban")
    talk.say("no")
    assert not talk.problems
    assert "registration_person.bank.iban" in talk.state.skipped


def test_a_no_to_what_is_needed_is_refused(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.mobile")
    talk.say("no")
    assert talk.problems == [wording.say("it", "refusals.phone_form")]
