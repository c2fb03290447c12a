"""What a colleague has sent back, said whenever the customer comes to it."""

import pytest

from dialogs import returning
from forms.catalogue import Catalogue
from tests.dialogs.driver import registered

TAX_CODE, MOBILE = "registration_person.identity.tax_code", "registration_person.identity.mobile"
BACK = {"submission": "submission-1", "colleague": "Giulia"}


def test_instead_of_a_menu_that_is_not_there_what_waits_is_said_again(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=[TAX_CODE], reason="Il codice non si legge", **BACK)
    assert "Il codice non si legge. Il resto va bene." in talk.texts[0]
    talk.command("menu")
    assert talk.texts == ["Giulia chiede: Codice fiscale. Il codice non si legge."]
    assert talk.ask.path == TAX_CODE
    talk.staff("returned", questions=[MOBILE], reason="Manca una cifra.", **BACK)
    talk.command("menu")
    assert talk.texts == ["Giulia chiede: Codice fiscale e Cellulare. Manca una cifra."]


def test_all_that_comes_back_is_told_in_one_sentence_that_is_true(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=[MOBILE, TAX_CODE], reason="Non si leggono", **BACK)
    assert talk.texts[0] == "Giulia chiede solo questo: Cellulare e Codice fiscale. Non si leggono. Il resto va bene."
    talk.staff("returned", questions=["registration_person.work.occupation", MOBILE], reason="Manca ancora", **BACK)
    assert talk.texts[0] == "Giulia chiede anche: Professione e Cellulare. Manca ancora."
    assert talk.state.returned is not None
    assert talk.state.returned.questions == (TAX_CODE, "registration_person.work.occupation", MOBILE)


def test_what_waits_for_nothing_has_its_menu(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.command("menu")
    assert "Eccoti al menù" in talk.texts[0]


@pytest.mark.parametrize(
    ("reason", "language", "told"),
    [("Non si legge", "it", "Non si legge."), ("Si legge? ", "it", "Si legge?"), ("看不清", "zh", "看不清。"), ("", "it", "")],
)
def test_a_reason_is_a_sentence_among_others(reason: str, language: str, told: str) -> None:
    assert returning.whole(reason, language) == told
