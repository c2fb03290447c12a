"""What begins with a slash is a command or not understood, and never an answer."""

import pytest

from forms.catalogue import Catalogue
from tests.dialogs.driver import at

NAME = "registration_person.identity.family_name"


@pytest.mark.parametrize("words", ["/halt", "/settings", "/web", "/privacy", "/перейти", "／перейти", "/halt now", "/bak@our_bot"])
def test_a_command_nobody_knows_is_no_name(forms: Catalogue, words: str) -> None:
    talk = at(forms, NAME)
    talk.say(words)
    assert (talk.ask.path, talk.state.answers.get(NAME), talk.state.pending) == (NAME, None, None)
    assert talk.problems
    assert any("«riepilogo»" in text for text in talk.texts)


@pytest.mark.parametrize("words", ["/menu", "／menu", "/menu@our_bot", "/start"])
def test_a_known_one_is_obeyed_however_its_slash_is_written(forms: Catalogue, words: str) -> None:
    talk = at(forms, NAME)
    talk.say(words)
    assert (talk.ask.path, talk.problems) == ("journey.goal", [])
    assert NAME not in talk.state.answers


def test_a_slash_inside_is_a_sign_like_others(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.house_number")
    talk.say("45/A")
    assert talk.state.answers["registration_person.residence.house_number"] == "45/A"


def test_help_is_asked_for_in_traditional_signs_too(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.birth_date", "zh")
    talk.say("幫助")
    assert talk.problems == []
    assert any("“重新开始”" in text for text in talk.texts)
