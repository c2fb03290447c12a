"""A whole name told as a surname is asked about once the given name shows it."""

import pytest

from forms.catalogue import Catalogue
from tests.dialogs.driver import Talk, at

FAMILY, GIVEN = "registration_person.identity.family_name", "registration_person.identity.given_name"


def told(forms: Catalogue, surname: str, given: str, *, is_typed: bool = True) -> Talk:
    talk = at(forms, FAMILY)
    for value in (surname, given):
        talk.say(value) if is_typed else talk.answer(value)
    return talk


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize(
    ("surname", "given", "left"),
    [
        ("Demetra Esempio", "Demetra", "Esempio"),
        ("Esempio Demetra", "demetra", "Esempio"),
        ("Anna Maria De Esempio", "Anna Maria", "De Esempio"),
        ("Niccolò Esempio Demo", "Niccolo", "Esempio Demo"),
    ],
)
def test_the_surname_without_the_given_name_is_proposed(forms: Catalogue, surname: str, given: str, left: str, *, is_typed: bool) -> None:
    talk = told(forms, surname, given, is_typed=is_typed)
    assert talk.ask.path == f"{FAMILY}.sure"
    assert left in talk.ask.text
    talk.answer(value=True)
    assert (talk.state.answers[FAMILY], talk.state.answers[GIVEN]) == (left, given)
    assert talk.ask.path == "registration_person.identity.sex"


def test_after_a_no_it_stays_and_is_not_asked_again(forms: Catalogue) -> None:
    talk = told(forms, "Demetra Esempio", "Demetra")
    talk.answer(value=False)
    assert talk.state.answers[FAMILY] == "Demetra Esempio"


@pytest.mark.parametrize(
    ("surname", "given"),
    [("De Rosa", "Rosa"), ("Della Rosa", "Rosa"), ("Esempio", "Esempio"), ("Esempio Demo", "Demetra"), ("Rosario", "Rosa")],
)
def test_a_surname_that_only_sounds_like_the_name_is_left_alone(forms: Catalogue, surname: str, given: str) -> None:
    talk = told(forms, surname, given)
    assert talk.ask.path == "registration_person.identity.sex"
    assert (talk.state.answers[FAMILY], talk.state.answers[GIVEN]) == (surname, given)
