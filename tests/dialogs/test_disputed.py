"""An answer that is called wrong is asked again: "the postcode is wrong"."""

import pytest

from forms.catalogue import Catalogue
from tests.dialogs.driver import at

PERSON = "registration_person"
NAME, STREET, POSTCODE = f"{PERSON}.identity.family_name", f"{PERSON}.residence.street", f"{PERSON}.residence.postcode"
SAID = [
    ("it", "il cap è sbagliato", POSTCODE),
    ("it", "Il CAP è errato.", POSTCODE),
    ("it", "ho sbagliato il cognome", NAME),
    ("it", "no, il cognome è sbagliato", NAME),
    ("it", "il cognome non è giusto", NAME),
    ("it", "scusa, ho scritto il cap sbagliato", POSTCODE),
    ("en", "the postcode is wrong", POSTCODE),
    ("en", "my surname is wrong", NAME),
    ("en", "I got the postcode wrong", POSTCODE),
    ("en", "the street isn't right", STREET),
    ("es", "el código postal está mal", POSTCODE),
    ("es", "el apellido es incorrecto", NAME),
    ("es", "me he equivocado en el código postal", POSTCODE),
    ("ru", "индекс неправильный", POSTCODE),
    ("ru", "фамилия неверна", NAME),
    ("ru", "ошибка в фамилии", NAME),
    ("fa", "کد پستی اشتباه است", POSTCODE),
    ("fa", "نام خانوادگی غلطه", NAME),
    ("zh", "邮编错了", POSTCODE),
    ("zh", "姓氏不对", NAME),
    ("zh", "我把邮编写错了", POSTCODE),
]


@pytest.mark.parametrize("path", [f"{PERSON}.household.adults", f"{PERSON}.work.occupation"])
@pytest.mark.parametrize(("language", "words", "wrong"), SAID)
def test_what_is_called_wrong_is_asked_again_and_leads_back(forms: Catalogue, language: str, words: str, wrong: str, path: str) -> None:
    talk = at(forms, path, language)
    before = talk.state.answers[wrong]
    talk.say(words)
    assert (talk.ask.path, talk.state.pending, talk.problems) == (wrong, None, [])
    talk.answer(before)
    assert talk.ask.path == path


@pytest.mark.parametrize("words", ["il cap è sbagliato?", "il cap è sbagliato ma non importa", "il quartiere è sbagliato", "sbagliato"])
def test_a_question_more_words_or_another_name_change_nothing(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{PERSON}.household.adults")
    talk.say(words)
    assert talk.state.redo is None


def test_the_open_question_is_no_answer_of_its_own(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    talk.say("la via è sbagliata")
    assert talk.ask.path == STREET
    assert talk.problems


def test_before_a_confirmation_nothing_is_agreed_to(forms: Catalogue) -> None:
    talk = at(forms, f"{PERSON}.identity.confirm")
    talk.say("il cognome è sbagliato")
    assert talk.ask.path == NAME
    assert f"{PERSON}.identity.confirm" not in talk.state.answers
