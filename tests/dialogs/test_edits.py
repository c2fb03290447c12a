"""A message changed after it was read: a correction that asks, of whatever it was the answer to."""

import pytest
from msgspec import structs

from dialogs.events import Edited
from forms.catalogue import Catalogue
from tests.dialogs.driver import at

IDENTITY = "registration_person.identity"
NAME, IBAN = f"{IDENTITY}.family_name", "registration_person.bank.iban"


def test_an_edit_of_an_earlier_answer_changes_it_only_on_a_yes(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.sex")
    talk.send(Edited(NAME, "Esempi"))
    assert (talk.ask.path, talk.state.answers[NAME]) == (f"{NAME}.sure", "Esempio")
    talk.answer(value=True)
    assert (talk.ask.path, talk.state.answers[NAME]) == (f"{IDENTITY}.sex", "Esempi")


def test_an_edit_that_changes_nothing_says_so(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.sex")
    talk.send(Edited(NAME, "Esempio"))
    assert (talk.ask.path, talk.texts[0]) == (f"{IDENTITY}.sex", "Resta com’era.")


def test_an_edit_of_the_open_question_is_read_as_typed(forms: Catalogue) -> None:
    talk = at(forms, NAME)
    talk.send(Edited(NAME, "Esempio"))
    assert (talk.ask.path, talk.state.answers[NAME]) == (f"{IDENTITY}.given_name", "Esempio")


def test_an_edit_gives_no_act_and_opens_none_again(forms: Catalogue) -> None:
    talk = at(forms, "modules.electronic_collection.act")
    talk.send(Edited("modules.electronic_collection.act", "accetto"))
    assert talk.ask.path == "modules.electronic_collection.act"
    talk = at(forms, f"{IDENTITY}.sex")
    talk.send(Edited("modules.electronic_collection.act", "rifiuto"))
    assert "«cambia»" in talk.texts[0]
    assert talk.ask.path == f"{IDENTITY}.sex"


def test_an_edit_that_is_no_answer_says_how_to_change_one(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_country")
    talk.send(Edited(f"{IDENTITY}.birth_date", "boh"))
    assert "«cambia»" in talk.texts[0]


@pytest.mark.parametrize("words", ["/start", "/stop", "／返回"])
def test_an_edit_into_a_command_proposes_no_answer(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.sex")
    talk.send(Edited(NAME, words))
    assert (talk.ask.path, talk.state.answers[NAME], talk.state.pending) == (f"{IDENTITY}.sex", "Esempio", None)
    assert talk.problems


def test_what_is_sensitive_is_not_corrected_inside_a_messenger(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.bank.account_holder")
    talk.circumstances = structs.replace(talk.circumstances, messenger=True)
    before = talk.state.answers[IBAN]
    talk.send(Edited(IBAN, "IT60 X054 2811 1010 0000 0123 456"))
    assert talk.problems
    assert talk.state.answers[IBAN] == before


def test_an_edit_to_the_name_of_the_question_is_no_value(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.sex")
    talk.send(Edited(NAME, "cognome"))
    assert talk.ask.path == f"{IDENTITY}.sex"
    assert "«cambia»" in talk.texts[0]
