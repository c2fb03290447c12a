"""A page has a button beside each row; a messenger has none, and is told no such thing."""

import pytest
from msgspec import structs

from dialogs import wording
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk, at, registered

CONFIRM = "registration_person.identity.confirm"


def test_on_a_page_what_to_change_is_said_or_pressed(forms: Catalogue) -> None:
    talk = at(forms, CONFIRM)
    talk.answer(value=False)
    assert talk.texts[0] == wording.say("it", "say.what_to_change")


@pytest.mark.parametrize("language", ["it", "es", "ru"])
def test_in_a_messenger_what_to_change_is_said(forms: Catalogue, language: str) -> None:
    talk = Talk(forms, language, messenger=True, languages=tuple(dict.fromkeys(("it", language))))
    talk.play({**PERSON, "journey.language": language}, until=CONFIRM)
    talk.answer(value=False)
    assert talk.texts[0] == wording.say(language, "say.what_to_change_in_words")


def test_in_a_messenger_a_card_is_corrected_in_words(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.circumstances = structs.replace(talk.circumstances, messenger=True)
    talk.answer("update_card")
    assert talk.texts[0] == wording.say("it", "say.begin_update_card_in_words")
