"""A text longer than any answer is refused unread: reading 30,000 crooked characters took half a second of everybody's time."""

import pytest

from dialogs.problems import MOST_TEXT
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk


@pytest.mark.parametrize("until", ["journey.email", "registration_person.identity.family_name", "registration_person.residence.street"])
@pytest.mark.parametrize("as_answer", [True, False])
def test_what_is_longer_than_any_answer_is_said_to_be(forms: Catalogue, until: str, as_answer: bool) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until=until)
    before = talk.state
    text = "no" + " " * MOST_TEXT
    talk.answer(text) if as_answer else talk.say(text)
    assert str(MOST_TEXT) in talk.problems[0].replace(".", "").replace("\N{NO-BREAK SPACE}", "")
    assert talk.state.answers == before.answers
    assert talk.ask.path == until
