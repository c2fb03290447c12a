"""Asked whether what was understood is right, people often say what is right instead of yes or no."""

import pytest

from forms.catalogue import Catalogue
from tests.dialogs.driver import at, quoting

AREA = "quote_home.building.area_m2"
COUNTRY = "registration_person.residence.country"
KIND = "journey.party_kind"
NAME = "registration_person.identity.family_name"
POSTCODE = "registration_person.residence.postcode"


@pytest.mark.parametrize("words", ["95", "no, 95", "no 95 m2"])
def test_another_number_is_the_answer(forms: Catalogue, words: str) -> None:
    talk = quoting(forms, AREA)
    talk.say("950")
    assert talk.ask.path == f"{AREA}.sure"
    talk.say(words)
    assert (talk.state.answers[AREA], talk.state.pending) == (95, None)


def test_another_number_as_unlikely_is_doubted_in_its_turn(forms: Catalogue) -> None:
    talk = quoting(forms, AREA)
    talk.say("950")
    talk.say("960")
    assert talk.ask.path == f"{AREA}.sure"
    assert "960" in talk.ask.text


def test_another_number_out_of_bounds_is_refused_as_such(forms: Catalogue) -> None:
    talk = quoting(forms, AREA)
    talk.say("950")
    talk.say("5")
    assert talk.ask.path == AREA
    assert "15" in talk.problems[0]


@pytest.mark.parametrize("words", ["950", "ok", "boh"])
def test_the_same_once_more_or_no_answer_at_all_takes_nothing(forms: Catalogue, words: str) -> None:
    talk = quoting(forms, AREA)
    talk.say("950")
    talk.say(words)
    assert talk.ask.path == f"{AREA}.sure"
    assert AREA not in talk.state.answers


@pytest.mark.parametrize(
    ("language", "guessed", "words", "kind"),
    [("it", "per me, privato", "azienda", "company"), ("ru", "для себя, частное лицо", "как частное лицо", "person")],
)
def test_another_choice_or_the_guessed_one_by_its_name_is_the_answer(
    forms: Catalogue, language: str, guessed: str, words: str, kind: str
) -> None:
    talk = at(forms, KIND, language)
    talk.say(guessed)
    assert talk.ask.path == f"{KIND}.sure"
    talk.say(words)
    assert talk.state.answers[KIND] == kind


def test_another_country_is_the_answer(forms: Catalogue) -> None:
    talk = at(forms, COUNTRY)
    talk.say("tedeschia")
    assert talk.ask.path == f"{COUNTRY}.sure"
    talk.say("italia")
    assert talk.state.answers[COUNTRY] == "IT"


def test_what_any_words_would_answer_waits_for_a_yes_of_its_own(forms: Catalogue) -> None:
    talk = at(forms, NAME)
    talk.say("aiuto")
    assert talk.ask.path == "journey.help.sure"
    talk.say("Esempio")
    assert talk.ask.text == "Intendi «Esempio»?"
    assert NAME not in talk.state.answers
    talk.say("sì")
    assert talk.state.answers[NAME] == "Esempio"


@pytest.mark.parametrize("words", ["ok", "sì certo, è giusto", "grazie", "👍", "perché?"])
def test_of_words_for_yes_no_name_is_made(forms: Catalogue, words: str) -> None:
    talk = at(forms, NAME)
    talk.say("aiuto")
    talk.say(words)
    assert f"Intendi «{words}»?" != talk.ask.text
    assert NAME not in talk.state.answers


def test_another_value_of_a_correction_is_proposed_in_its_place(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("il cap è 80135")
    assert talk.ask.path == f"{POSTCODE}.sure"
    talk.say("80136")
    assert talk.ask.path == f"{POSTCODE}.sure"
    assert "80136" in talk.ask.text
    talk.say("sì")
    assert talk.state.answers[POSTCODE] == "80136"


def test_a_restart_is_confirmed_by_a_yes_alone(forms: Catalogue) -> None:
    talk = at(forms, POSTCODE)
    talk.command("restart")
    talk.say("80136")
    assert talk.ask.path == "journey.restart.sure"
