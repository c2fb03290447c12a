"""The card corrected without another occasion (`update_card`): what was changed goes to the agency, suspended, on exactly what was shown."""

import pytest

from dialogs.effects import CompleteCard, ConfirmCard, KeepStillRight
from forms.catalogue import Catalogue
from tests.dialogs.driver import Talk
from tests.dialogs.test_registering import registered

NUMBER = "registration_person.residence.house_number"


def updating(forms: Catalogue) -> Talk:
    talk = registered(forms)
    talk.answer("update_card")
    assert talk.ask.path == "update_card.confirm"
    return talk


def test_what_was_corrected_goes_to_the_agency_on_what_was_shown(forms: Catalogue) -> None:
    talk = updating(forms)
    talk.command("change", NUMBER)
    assert talk.ask.path == NUMBER
    talk.answer("47")
    assert talk.ask.path == "update_card.confirm"
    shown = talk.ask.shown
    talk.answer(True)
    (sent,) = talk.effects_of(CompleteCard)
    assert (sent.answers, sent.shown) == ({NUMBER: "47"}, shown)
    assert talk.effects_of(ConfirmCard) == []  # that is the quote's own
    assert talk.ask.path == "journey.goal"


def test_where_nothing_was_corrected_only_the_day_is_kept(forms: Catalogue) -> None:
    talk = updating(forms)
    talk.answer(True)
    assert talk.effects_of(CompleteCard) == []
    assert len(talk.effects_of(KeepStillRight)) == 1
    assert any("resta com’è" in text for text in talk.texts)
    assert talk.ask.path == "journey.goal"


@pytest.mark.parametrize(("kind", "words"), [("still_right", "l’ultima volta il 22 novembre 2026"), ("way_closed", "non ti è arrivato")])
def test_s4_26_asked_whether_it_is_still_right_one_answer_says_so(forms: Catalogue, kind: str, words: str) -> None:
    talk = registered(forms)
    talk.staff("still_right", kind=kind, day="2026-11-22")
    assert any(words in text for text in talk.texts)
    assert talk.ask.path == "update_card.confirm"
    talk.answer(True)
    assert len(talk.effects_of(KeepStillRight)) == 1


def test_s4_26_nobody_is_taken_from_what_they_are_at(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.answer("contact")
    talk.staff("still_right", kind="still_right", day="2026-11-22")
    assert talk.ask.path == "contact.phone"
    assert "«La mia scheda»" in talk.texts[-1]


def test_a_vague_yes_confirms_nothing(forms: Catalogue) -> None:
    talk = updating(forms)
    talk.command("change", NUMBER)
    talk.answer("47")
    talk.say("ok")
    assert talk.effects_of(CompleteCard) == []
    assert talk.ask.path == "update_card.confirm"


def test_who_is_not_registered_is_not_offered_it(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({"journey.language": "it"}, until="journey.goal")
    assert "update_card" not in [choice["value"] for choice in talk.ask.choices or ()]
