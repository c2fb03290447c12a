"""Several facts in one message are told back as rows and kept only by an explicit yes; what was meant as one answer stays one."""

import pytest

from dialogs.messages import Summary
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk, at
from tests.forms.content import shipped

IDENTITY = "registration_person.identity"
FAMILY, BORN, MOBILE = f"{IDENTITY}.family_name", f"{IDENTITY}.birth_date", f"{IDENTITY}.mobile"
STREET = "registration_person.residence.street"
TURIN = {BORN: "1980-03-12", f"{IDENTITY}.birth_country": "IT", f"{IDENTITY}.birth_municipality": "L219"}
EMAIL = "journey.email"
IN_TURIN = {
    "it": "Sono nata a Torino il 12 marzo 1980 e il mio cellulare è 333 7654321",
    "en": "I was born in Turin on 12 March 1980, my mobile is 333 7654321",
    "es": "Nací en Turín el 12 de marzo de 1980 y mi móvil es 333 7654321",
    "ru": "Я родилась 12 марта 1980 в городе Турин, мобильный: 333 7654321",
    "zh": "我1980年3月12日出生在都灵，手机是333 7654321",
    "fa": "متولد ۲۲ اسفند ۱۳۵۸ در تورین هستم، موبایل: ۳۳۳۷۶۵۴۳۲۱",
}


def told(talk: Talk) -> dict[str, str]:
    """The rows that wait for a yes, by their labels."""
    (summary,) = [message for message in talk.outcome.messages if isinstance(message, Summary)]
    assert summary.key == "facts"
    return {row.label: row.value for row in summary.rows}


@pytest.mark.parametrize("language", IN_TURIN)
@pytest.mark.parametrize("path", [FAMILY, BORN])
def test_they_are_told_back_and_kept_on_a_yes(language: str, path: str) -> None:
    talk = Talk(shipped.catalogue(), language, languages=tuple(IN_TURIN))
    talk.play({**PERSON, "journey.language": language}, until=path)
    before = talk.state.answers
    talk.say(IN_TURIN[language])
    assert talk.ask.path == f"{path}.sure", talk.texts
    assert len(told(talk)) == 4
    assert talk.state.answers == before
    talk.answer(value=True)
    assert {**talk.state.answers, **TURIN, MOBILE: "+393337654321"} == talk.state.answers
    assert talk.ask.path == (FAMILY if path == FAMILY else f"{IDENTITY}.citizenship")


def test_the_address_among_them_is_proved_first(forms: Catalogue) -> None:
    """The issue's own sentence."""
    talk = at(forms, EMAIL, "en")
    talk.say("born in Turin on 12 March 1980, my mail is demetra@example.org")
    assert told(talk)["E-mail"] == "demetra@example.org"
    talk.answer(value=True)
    assert talk.ask.path == "journey.email_code"
    assert {**talk.state.answers, **TURIN} == talk.state.answers


def test_a_no_keeps_nothing(forms: Catalogue) -> None:
    talk = at(forms, BORN)
    before = talk.state.answers
    talk.say("nata a Torino il 12 marzo 1980")
    talk.say("no")
    assert talk.ask.path == BORN
    assert talk.state.answers == before


@pytest.mark.parametrize("vague", ["👍", "ok", "sì ❌", "boh"])
def test_a_vague_yes_is_asked_again(forms: Catalogue, vague: str) -> None:
    talk = at(forms, BORN)
    talk.say("nata a Torino il 12 marzo 1980")
    talk.say(vague)
    assert talk.ask.path == f"{BORN}.sure"
    assert BORN not in talk.state.answers


@pytest.mark.parametrize(
    ("words", "street", "number"),
    [
        ("Via dell’Esempio 45, 10121 Torino", "Via dell’Esempio", "45"),
        ("via 4 Novembre, 12/B, 10121 Torino", "via 4 Novembre", "12/B"),
        ("Abito in via Demo 7, 10121 Torino (TO)", "via Demo", "7"),
    ],
)
def test_a_whole_address(forms: Catalogue, words: str, street: str, number: str) -> None:
    talk = at(forms, STREET)
    talk.say(words)
    assert talk.ask.path == f"{STREET}.sure", talk.texts
    talk.answer(value=True)
    residence = {
        name: talk.state.answers[f"registration_person.residence.{name}"] for name in ("street", "house_number", "postcode", "municipality")
    }
    assert residence == {"street": street, "house_number": number, "postcode": "10121", "municipality": "L219"}
    assert talk.ask.path == "registration_person.residence.province"


@pytest.mark.parametrize(
    ("path", "words"), [(FAMILY, "nata a Torino"), (FAMILY, "il mio cap è 10121"), (EMAIL, "la mia mail è demetra@example.org")]
)
def test_one_fact_that_is_no_answer_to_the_question_is_told_back_too(forms: Catalogue, path: str, words: str) -> None:
    talk = at(forms, path)
    talk.say(words)
    assert talk.ask.path == f"{path}.sure", talk.texts


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (FAMILY, "Esempio e Demo"),
        (FAMILY, "D’Angelo, nata Esempio"),
        ("registration_person.work.occupation", "impiegata, nata a Napoli"),
        ("registration_person.work.occupation", "titolare: Bar Demo, dal 12 marzo 2001"),
        (STREET, "Via Demo, già Via Esempio"),
    ],
)
def test_words_that_are_an_answer_stay_one(forms: Catalogue, path: str, words: str) -> None:
    talk = at(forms, path)
    talk.say(words)
    assert talk.state.answers[path] == words


@pytest.mark.parametrize("words", ["D’Angelo, nata a Torino il 12 marzo 1980", "Nata a Torino il 12 marzo 1980, D’Angelo"])
def test_beside_the_name_that_is_asked_for(forms: Catalogue, words: str) -> None:
    """Taken whole it was a surname."""
    talk = at(forms, FAMILY)
    talk.say(words)
    talk.answer(value=True)
    assert {**talk.state.answers, **TURIN, FAMILY: "D’Angelo"} == talk.state.answers
    assert talk.ask.path == f"{IDENTITY}.given_name"


def test_what_does_not_hold_is_asked_when_its_turn_comes(forms: Catalogue) -> None:
    """The tax code says another day of birth: that is a doubt, and a doubt has its own question."""
    talk = at(forms, BORN)
    talk.say(f"nata a Torino il 12 marzo 1981, codice fiscale: {PERSON[f'{IDENTITY}.tax_code']}")
    talk.answer(value=True)
    assert talk.state.answers[BORN] == "1981-03-12"
    assert f"{IDENTITY}.tax_code" not in talk.state.answers


def test_who_is_under_age_is_not_led_around_it(forms: Catalogue) -> None:
    talk = at(forms, BORN)
    talk.say("nata a Torino il 12 marzo 2015")
    assert BORN not in talk.state.answers
    assert talk.ask.path == BORN


def test_in_a_messenger_what_is_asked_on_our_page_is_left_out(forms: Catalogue) -> None:
    talk = Talk(forms, messenger=True)
    talk.play(PERSON, until="registration_person.work.employment")
    talk.say("il mio iban è IT60X0542811101000000123456, il mio intestatario è Demo")
    assert "registration_person.bank.iban" not in dict(talk.state.pending.facts if talk.state.pending else ())
    assert not [message for message in talk.messages if isinstance(message, Summary) and "0542811101" in str(message.rows)]


def test_a_date_that_is_asked_for_stays_beside_a_town(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.birth_date", "en")
    talk.say("born in turin, 12 march 1980")
    assert talk.state.pending is not None
    assert dict(talk.state.pending.facts)["registration_person.identity.birth_date"] == "1980-03-12"


def test_no_confirmation_is_given_beside_a_fact(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.confirm")
    talk.say("nata a Torino il 12 marzo 1980, sì")
    assert "registration_person.identity.confirm" not in talk.state.answers
