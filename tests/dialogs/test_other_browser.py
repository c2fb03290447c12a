"""What was left open in one browser goes on in another; what the agency holds by now counts more (R2: the current card)."""

from dialogs.journey import CARD_CONFIRM
from forms.catalogue import Catalogue
from tests.dialogs.driver import EMAIL, HOME, PERSON, Talk, registered

STREET = "registration_person.residence.street"
PRICED = "quote_home.needs.existing"
QUOTING = {**PERSON, **HOME, "journey.goal": "quote_home"}


def amid_a_quote(forms: Catalogue) -> Talk:
    talk = registered(forms)
    talk.play(QUOTING, until=PRICED)
    assert talk.ask.path == PRICED
    return talk


def elsewhere(forms: Catalogue, left: Talk) -> Talk:
    """Another browser in which the same customer has just proved the address and wants a quote."""
    left.registry._change(EMAIL, elsewhere=left.state.to_json())
    talk = Talk(forms, registry=left.registry)
    talk.play(QUOTING, until="journey.email_code")
    talk.answer(PERSON["journey.email_code"])
    return talk


def test_a_half_told_quote_goes_on_at_its_question(forms: Catalogue) -> None:
    talk = elsewhere(forms, amid_a_quote(forms))
    assert talk.ask.path == PRICED


def test_a_card_that_has_changed_since_is_the_one_that_counts(forms: Catalogue) -> None:
    left = registered(forms)
    card = left.registry.parties[EMAIL].card
    left.registry._change(EMAIL, card={**card, STREET: "Via Nuova Demo"})
    assert elsewhere(forms, left).state.answers[STREET] == "Via Nuova Demo"


def test_a_quote_half_told_on_an_older_card_asks_for_the_new_confirmation_again(forms: Catalogue) -> None:
    left = amid_a_quote(forms)
    card = left.registry.parties[EMAIL].card
    left.registry._change(EMAIL, card={**card, STREET: "Via Nuova Demo"})
    talk = elsewhere(forms, left)
    assert talk.ask.path == CARD_CONFIRM
    assert "Via Nuova Demo" in talk.rows().values()
    talk.answer(value=True)
    assert talk.ask.path == PRICED


def test_a_correction_the_agency_has_not_heard_of_is_not_lost(forms: Catalogue) -> None:
    left = registered(forms)
    left.play(QUOTING, until=CARD_CONFIRM)
    left.command("change", STREET)
    left.answer("Via Corretta Demo")
    talk = elsewhere(forms, left)
    assert talk.ask.path == CARD_CONFIRM
    assert (talk.state.answers[STREET], talk.state.changed_card) == ("Via Corretta Demo", (STREET,))
