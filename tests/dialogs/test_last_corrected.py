"""Said at the next question, "no, wait, 1981" corrects the answer just given: proposed, and kept by a yes. A bare yes or no among choices."""

import pytest

from forms.catalogue import Catalogue
from forms.types.base import Wire
from rules.languages import LANGUAGES
from tests.dialogs.driver import HOME, Talk, at, registered

IDENTITY = "registration_person.identity"
YEAR, STRUCTURE, ALARM = "quote_home.building.year_built", "quote_home.building.structure", "quote_home.security.alarm"


def quoting(forms: Catalogue, path: str) -> Talk:
    talk = registered(forms, languages=LANGUAGES)
    talk.play(HOME, until=path)
    return talk


@pytest.mark.parametrize("text", ["no aspetta, 1981", "no, 1981", "scusa, ho sbagliato: 1981", "anzi 1981"])
def test_the_answer_just_given_is_corrected(forms: Catalogue, text: str) -> None:
    talk = quoting(forms, STRUCTURE)
    talk.say(text)
    assert (talk.ask.path, talk.state.answers[YEAR]) == (f"{YEAR}.sure", 1975)
    talk.say("sì")
    assert (talk.ask.path, talk.state.answers[YEAR]) == (STRUCTURE, 1981)


@pytest.mark.parametrize(
    ("path", "text", "key", "value"),
    [
        (f"{IDENTITY}.birth_country", "no aspetta, 13 marzo 1980", f"{IDENTITY}.birth_date", "1980-03-13"),
        (f"{IDENTITY}.birth_country", "no aspetta, 1981", f"{IDENTITY}.birth_date", "1981-03-12"),
        (f"{IDENTITY}.given_name", "no aspetta, il cognome è Bianchi", f"{IDENTITY}.family_name", "Bianchi"),
        ("registration_person.residence.municipality", "scusa, 80135", "registration_person.residence.postcode", "80135"),
    ],
)
def test_whatever_it_was(forms: Catalogue, path: str, text: str, key: str, value: Wire) -> None:
    talk = at(forms, path)
    talk.say(text)
    assert talk.ask.path == f"{key}.sure"
    talk.say("sì")
    assert talk.state.answers[key] == value


@pytest.mark.parametrize("text", ["1981", "no", "no aspetta", "no aspetta, non è quella", "aspetta 1975"])
def test_without_a_word_for_it_or_another_value_nothing_is_corrected(forms: Catalogue, text: str) -> None:
    talk = quoting(forms, STRUCTURE)
    talk.say(text)
    assert (talk.ask.path, talk.state.answers[YEAR]) == (STRUCTURE, 1975)


def test_at_a_text_to_agree_to_nothing_is_corrected(forms: Catalogue) -> None:
    talk = at(forms, "modules.mandate.act")
    before = talk.state
    talk.say("no, 1981")
    assert (talk.ask.path, talk.state.answers, talk.state.given) == ("modules.mandate.act", before.answers, before.given)


def test_a_bare_yes_among_choices_is_asked_which(forms: Catalogue) -> None:
    talk = quoting(forms, ALARM)
    talk.say("sì")
    assert talk.ask.path == ALARM
    assert [choice["value"] for choice in talk.ask.choices or ()] == ["local", "phone", "guard"]


@pytest.mark.parametrize("text", ["👎", "❌", "no grazie"])
def test_a_bare_no_among_them_is_none(forms: Catalogue, text: str) -> None:
    talk = quoting(forms, ALARM)
    talk.say(text)
    assert talk.state.answers[ALARM] == "none"
