"""An answer made wrong by a correction is asked again, and only that one."""

from dialogs.effects import CompleteCard
from forms.catalogue import Catalogue
from tests.dialogs.driver import HOME, PERSON, Talk, quoting, registered

IDENTITY = "registration_person.identity"
TAX_CODE = f"{IDENTITY}.tax_code"
BUILDING = "quote_home.building"


def test_a_tax_code_is_doubted_when_the_birth_date_becomes_another(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.confirm")
    talk.command("change", f"{IDENTITY}.birth_date")
    talk.answer("1981-03-12")
    assert talk.ask.path == f"{TAX_CODE}.sure"
    assert "12 marzo 1981" in talk.ask.text
    talk.answer(value=True)
    assert talk.ask.path == "registration_person.confirm"
    assert talk.state.answers[TAX_CODE] == PERSON[TAX_CODE]


def test_no_to_the_doubt_asks_the_tax_code_again_and_leads_back(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.confirm")
    talk.command("change", f"{IDENTITY}.birth_date")
    talk.answer("1981-03-12")
    talk.answer(value=False)
    assert talk.ask.path == TAX_CODE
    assert TAX_CODE not in talk.state.answers


def test_what_was_made_wrong_is_asked_again_even_after_the_menu(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.confirm")
    talk.command("change", f"{IDENTITY}.birth_date")
    talk.answer("1981-03-12")
    talk.command("menu")
    talk.answer("register")
    assert talk.ask.path == TAX_CODE


def test_a_renewal_before_the_new_year_of_building_is_asked_again(forms: Catalogue) -> None:
    roof = f"{BUILDING}.roof_renewed"
    talk = quoting(forms, "quote_home.sums.mortgaged", **{roof: 1990})
    assert talk.state.answers[roof] == 1990
    talk.command("change", f"{BUILDING}.year_built")
    talk.answer(1995)
    assert talk.ask.path == roof
    assert any("Con questo cambio" in text for text in talk.texts)
    assert talk.problems
    talk.answer(2000)
    talk.play(HOME, until="quote_home.sums.mortgaged")
    assert talk.state.answers[roof] == 2000


def test_an_answer_that_still_fits_is_left_alone(forms: Catalogue) -> None:
    roof = f"{BUILDING}.roof_renewed"
    talk = quoting(forms, "quote_home.sums.mortgaged", **{roof: 1990})
    talk.command("change", f"{BUILDING}.year_built")
    talk.answer(1980)
    assert talk.state.answers[roof] == 1990


def test_an_estimate_is_confirmed_again_when_the_area_is_another(forms: Catalogue) -> None:
    estimate = "quote_home.sums.rebuild_estimate_ok"
    talk = quoting(forms, "quote_home.sums.mortgaged", **{"quote_home.sums.rebuild_known": False})
    assert talk.state.answers[estimate] is True
    talk.command("change", f"{BUILDING}.area_m2")
    talk.answer(120)
    assert estimate not in talk.state.answers
    talk.play(HOME, until=estimate)
    assert talk.ask.path == estimate


def test_a_card_corrected_before_a_quote_is_never_left_with_a_hole(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play(HOME, until="quote_home.card_confirm")
    talk.command("change", f"{IDENTITY}.birth_date")
    talk.answer("1981-03-12")
    assert talk.ask.path == f"{TAX_CODE}.sure"
    talk.command("menu")
    talk.answer("quote_home")
    assert talk.ask.path == TAX_CODE
    talk.answer(PERSON[TAX_CODE])
    talk.answer(value=True)
    assert talk.ask.path == "quote_home.card_confirm"
    talk.answer(value=True)
    [update] = talk.effects_of(CompleteCard)
    assert update.answers == {f"{IDENTITY}.birth_date": "1981-03-12", TAX_CODE: PERSON[TAX_CODE]}
