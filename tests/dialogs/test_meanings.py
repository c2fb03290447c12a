"""Words of the trade that a customer asks about: explained in their language, and the open question stands again."""

import pytest

from dialogs import wording
from dialogs.state import State
from forms.catalogue import Catalogue
from forms.types.vocabulary import languages
from tests.dialogs.driver import PERSON, Talk, at

ASKED = {
    "it": "Che cos’è la franchigia?",
    "en": "What is an excess?",
    "es": "¿Qué es la franquicia?",
    "ru": "Что такое франшиза?",
    "fa": "فرانشیز چیست؟",
    "zh": "什么是免赔额?",
}
EVERY_KIND = (
    "journey.language", "journey.goal", "journey.party_kind", "journey.email", "journey.email_code", "modules.electronic_collection.act",
    "modules.privacy_insurance.act", "registration_person.identity.family_name", "registration_person.identity.sex",
    "registration_person.identity.birth_date", "registration_person.identity.tax_code", "registration_person.identity.confirm",
    "registration_person.document.document_front", "registration_person.residence.street", "registration_person.household.adults",
    "registration_person.bank.iban", "registration_person.confirm",
)  # fmt: skip


def kept(state: State) -> tuple[object, ...]:
    return state.open, state.shown, state.answers, state.acts, state.given, state.pending, state.skipped, state.redo


def meaning(forms: Catalogue, language: str, key: str) -> str:
    return forms.glossary[language][key].text


def near(forms: Catalogue, language: str, key: str) -> str:
    terms = forms.glossary[language]
    return wording.say(language, "say.also_explained", {"terms": [terms[other].term for other in terms[key].see]})


@pytest.mark.parametrize("path", EVERY_KIND)
def test_a_term_is_explained_at_every_kind_of_question_and_nothing_else_happens(forms: Catalogue, path: str) -> None:
    talk = at(forms, path)
    before = kept(talk.state)
    talk.say(ASKED["it"])
    assert talk.texts[:2] == [meaning(forms, "it", "excess"), near(forms, "it", "excess")]
    assert kept(talk.state) == before
    assert not talk.problems


@pytest.mark.parametrize("language", languages())
def test_each_language_asks_and_is_answered_in_its_own(forms: Catalogue, language: str) -> None:
    talk = Talk(forms, language, languages=(language,))
    talk.say(ASKED[language])
    assert talk.texts == [meaning(forms, language, "excess"), near(forms, language, "excess")]


@pytest.mark.parametrize("asked", [ASKED[language] for language in languages()])
def test_a_term_of_another_language_is_explained_in_that_of_the_conversation(forms: Catalogue, asked: str) -> None:
    talk = at(forms, "registration_person.identity.birth_date", "en")
    talk.say(asked)
    assert talk.texts[0] == meaning(forms, "en", "excess")


@pytest.mark.parametrize("language", languages())
def test_every_term_is_found_by_each_of_its_names(forms: Catalogue, language: str) -> None:
    begins = wording.aliases(language, "talk.meaning_first")[0]
    talk = Talk(forms, language, languages=(language,))
    talk.play({**PERSON, "journey.language": language}, until="journey.email")
    for key, term in forms.glossary[language].items():
        for name in (term.term, *term.names):
            talk.say(f"{begins} {name}?")
            assert talk.texts[0] == meaning(forms, language, key), name


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("cosa vuol dire massimale", "liability_limit"), ("ma che cos’è questa franchigia?", "excess"), ("PEC?", "pec"),
        ("il premio indicativo che cos’è?", "indicative_premium"), ("non ho capito cos’è lo scoperto", "deductible"),
        ("che cos’è la franchgia?", "excess"), ("cos’è il permio?", "premium"), ("che cos’è la ploizza", "policy"), ("Scusi, che cosa si intende per contraente?", "policyholder"),
    ],
)  # fmt: skip
def test_people_ask_in_their_own_words(forms: Catalogue, words: str, key: str) -> None:
    talk = at(forms, "registration_person.identity.birth_date")
    talk.say(words)
    assert talk.texts[0] == meaning(forms, "it", key)


@pytest.mark.parametrize("words", ["che cos’è successo al mio preventivo di marzo?", "che cos’è un tetto ventilato?"])
def test_what_is_about_something_else_is_not_explained_away(forms: Catalogue, words: str) -> None:
    talk = at(forms, "registration_person.identity.birth_date")
    talk.say(words)
    assert talk.texts[-1] == wording.say("it", "say.ask_a_person")


@pytest.mark.parametrize(("words", "is_answer"), [("Che cos’è la franchigia", False), ("Franchigia?", False), ("Via della Polizza", True)])
def test_where_any_words_are_an_answer_only_a_question_is_one(forms: Catalogue, words: str, is_answer: bool) -> None:
    talk = at(forms, "registration_person.residence.street")
    talk.say(words)
    assert ("registration_person.residence.street" in talk.state.answers) is is_answer


def test_a_choice_named_with_a_question_mark_is_still_chosen(forms: Catalogue) -> None:
    talk = at(forms, "journey.goal")
    talk.say("preventivo?")
    assert talk.state.goal == "quote_home"
