"""A quote that was sent comes back while another is being told: neither takes answers from the other."""

from dialogs.effects import Suspend
from dialogs.events import StaffSaid
from forms.catalogue import Catalogue
from tests.dialogs.driver import HOME, PERSON, Talk, registered

AREA, LOSSES = "quote_home.building.area_m2", "quote_home.history.losses"
SECOND = {**HOME, AREA: 120}


def sent(forms: Catalogue) -> tuple[Talk, Suspend]:
    talk = registered(forms)
    talk.play(HOME)
    [first] = [effect for effect in talk.effects_of(Suspend) if effect.form == "quote_home"]
    return talk, first


def returned(talk: Talk, first: Suspend, question: str) -> None:
    facts = {
        "submission": "first",
        "form": "quote_home",
        "form_version": first.form_version,
        "questions": [question],
        "reason": "Controlla.",
    }
    talk.send(StaffSaid("returned", facts, first.answers))


def test_the_one_sent_is_mended_and_the_draft_goes_on_where_it_was(forms: Catalogue) -> None:
    talk, first = sent(forms)
    talk.play(SECOND, until="quote_home.building.year_built")
    draft = talk.state
    returned(talk, first, AREA)
    assert talk.ask.path == AREA
    assert talk.ask.value == 90
    talk.answer(95)
    while talk.ask.path != "quote_home.confirm":
        assert talk.ask.type == "confirm"
        talk.answer(value=True)
    talk.answer(value=True)
    again = talk.effects_of(Suspend)[-1]
    assert again.submission == "first"
    assert again.answers == {**first.answers, AREA: 95}
    assert talk.ask.path == "quote_home.building.year_built"
    assert talk.state.answers == draft.answers
    talk.play(SECOND)
    last = talk.effects_of(Suspend)[-1]
    assert last.submission is None
    assert last.answers[AREA] == 120


def test_the_first_of_two_sent_comes_back_as_it_was(forms: Catalogue) -> None:
    talk, first = sent(forms)
    talk.play(SECOND)
    returned(talk, first, LOSSES)
    talk.answer(1)
    talk.play({f"quote_home.history.loss.1.{name}": value for name, value in LOSS.items()})
    again = talk.effects_of(Suspend)[-1]
    assert again.submission == "first"
    assert again.answers[AREA] == 90
    assert again.answers[LOSSES] == 1


LOSS = {"loss_date": "2025-01-10", "loss_cause": "water", "loss_amount": "1200.00", "loss_closed": True}


def test_what_was_left_out_stays_left_out(forms: Catalogue) -> None:
    talk, first = sent(forms)
    talk.play({**PERSON, **SECOND}, until="quote_home.building.year_built")
    returned(talk, first, AREA)
    talk.answer(95)
    assert talk.ask.type == "confirm"
