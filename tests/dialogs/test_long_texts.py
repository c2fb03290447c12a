"""A text longer than any answer is refused unread: reading 30,000 crooked characters took half a second of everybody's time."""

import re

import pytest

from dialogs import understanding
from dialogs.problems import MOST_TEXT
from forms.catalogue import Catalogue
from rules.languages import LANGUAGES
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blanks_before_a_verb_are_looked_at_once(language: str) -> None:
    """Given back one by one, thousands of them were tried with every verb at each place where a name could end."""
    before_verb = re.findall(r"\\s[*+]+(?=\(\?:|\[)", understanding.around(language).pattern)
    assert before_verb
    assert all(blanks.endswith(("*+", "++")) for blanks in before_verb)
    assert understanding.names_something("cap" + " " * 3_000 + ": 10121", language)
    assert not understanding.names_something("cap" + " " * 3_000 + "10121", language)
