"""What a colleague has sent back, said whenever the customer comes to it."""

import pytest

from dialogs import returning
from dialogs.effects import Suspend
from forms.catalogue import Catalogue
from tests.dialogs.driver import HOME, PERSON, Talk, registered

TAX_CODE, MOBILE = "registration_person.identity.tax_code", "registration_person.identity.mobile"
BACK = {"submission": "submission-1", "colleague": "Giulia"}


def test_for_the_menu_it_is_set_aside_and_offered_there_first(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=[TAX_CODE], reason="Il codice non si legge", **BACK)
    assert "Il codice non si legge. Il resto va bene." in talk.texts[0]
    for command in ("menu", "cancel"):
        talk.command(command)
        assert talk.texts == ["Giulia chiede: Codice fiscale. Il codice non si legge."]
        assert offered(talk) == [
            "returned",
            "quote_home",
            "modules",
            "documents",
            "security",
            "withdrawal",
            "contact",
            "complaint",
            "human",
        ]
        talk.answer("returned")
        assert talk.texts == ["Giulia chiede: Codice fiscale. Il codice non si legge."]
        assert talk.ask.path == TAX_CODE


def test_it_is_taken_up_by_its_own_words(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=[TAX_CODE], reason="Il codice non si legge", **BACK)
    talk.command("menu")
    talk.say("codice fiscale")
    assert talk.ask.path == TAX_CODE


def test_what_comes_back_too_is_asked_with_what_was_set_aside(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=[TAX_CODE], reason="Il codice non si legge", **BACK)
    talk.command("menu")
    talk.staff("returned", questions=[MOBILE], reason="Manca una cifra.", **BACK)
    assert (talk.ask.path, talk.state.waiting) == (TAX_CODE, None)
    talk.command("menu")
    assert talk.texts[0] == "Giulia chiede: Codice fiscale e Cellulare. Manca una cifra."


def test_a_quote_asked_for_meanwhile_is_another_request(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=[TAX_CODE], reason="Il codice non si legge", **BACK)
    talk.command("menu")
    talk.play(HOME)
    assert [(effect.form, effect.submission) for effect in talk.effects_of(Suspend)[1:]] == [("quote_home", None)]
    assert offered(talk)[0] == "returned"
    talk.answer("returned")
    talk.play(PERSON)
    assert (talk.effects_of(Suspend)[-1].form, talk.effects_of(Suspend)[-1].submission) == ("registration_person", "submission-1")


def test_while_a_quote_waits_no_other_is_begun_over_its_answers(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play(HOME)
    talk.staff("returned", questions=["quote_home.building.area_m2"], form="quote_home", **BACK)
    talk.command("menu")
    assert "quote_home" not in offered(talk)
    assert "update_card" in offered(talk)


def offered(talk: Talk) -> list[str]:
    return [choice["value"] for choice in talk.ask.choices or ()]


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
    [
        ("Non si legge", "it", "Non si legge."),
        ("Si legge? ", "it", "Si legge?"),
        ("manca ancora", "it", "Manca ancora."),
        ("看不清", "zh", "看不清。"),
        ("", "it", ""),
    ],
)
def test_a_reason_is_a_sentence_among_others(reason: str, language: str, told: str) -> None:
    assert returning.whole(reason, language) == told
