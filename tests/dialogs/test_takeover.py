"""A person is asked for, a colleague takes the conversation over, writes and gives it back; meanwhile the house asks nothing (S0-34)."""

from datetime import UTC, datetime

import pytest

from dialogs.effects import AskForPerson, GiveBack, KeepAnswered, ReachColleague, RequestCall, TakeOver
from dialogs.events import Answered
from dialogs.outcome import Outcome
from dialogs.state import Line
from dialogs.view import view
from forms.catalogue import Catalogue
from rules.hours import read_hours
from tests.dialogs.driver import PERSON, Talk, at, registered

STREET = "registration_person.residence.street"
BIRTH_DATE = "registration_person.identity.birth_date"
DUE = {"colleague": "Demo Due", "colleague_id": "c-2"}


def taken_over(forms: Catalogue, path: str = STREET) -> Talk:
    talk = at(forms, path)
    talk.command("human")
    talk.staff("taken_over", **DUE)
    return talk


def is_silent(outcome: Outcome) -> bool:
    return outcome.ask is None and not outcome.messages


def test_who_asks_for_a_person_waits_in_the_chat_and_goes_on_meanwhile(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    talk.say("voglio parlare con una persona")
    assert talk.effects_of(AskForPerson)
    assert "Nessuno aspetta prima di te." in talk.texts
    talk.say("salta")
    assert talk.ask.path == STREET
    talk.answer("Via dell’Esempio")
    assert talk.ask.path == "registration_person.residence.house_number"


def test_a_number_may_be_left_instead(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    talk.command("human")
    talk.answer("+393331234567")
    assert talk.effects_of(RequestCall)
    assert talk.ask.path == STREET


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 23, 12, 30, tzinfo=UTC), "riapre oggi alle 14:30"),
        (datetime(2026, 11, 27, 18, 0, tzinfo=UTC), "riapre il 28 novembre 2026 alle 9:00"),
        (datetime(2026, 11, 28, 18, 0, tzinfo=UTC), "riapre il 30 novembre 2026 alle 9:00"),
    ],
)
def test_of_the_wait_only_the_hours_and_who_is_before_are_told(forms: Catalogue, now: datetime, told: str | None) -> None:
    talk = Talk(forms, now=now, hours=read_hours("mon-fri 9:00-13:00 14:30-18:30, sat 9:00-12:00"))
    talk.play(PERSON, until="journey.goal")
    talk.command("human")
    assert any("riapre" in text for text in talk.texts) == (told is not None)
    assert told is None or any(told in text for text in talk.texts)


def test_a_colleague_is_named_and_the_house_asks_nothing(forms: Catalogue) -> None:
    talk = taken_over(forms)
    assert [effect.colleague for effect in talk.effects_of(TakeOver)] == ["c-2"]
    assert "Demo Due" in talk.texts[0]
    assert talk.outcome.ask is None


def test_what_is_written_meanwhile_is_no_answer_and_said_to_arrive_once(forms: Catalogue) -> None:
    talk = taken_over(forms)
    talk.say("Via Garibaldi")
    assert talk.texts == ["Demo Due riceve quello che scrivi. La risposta arriva qui."]
    assert is_silent(talk.say("Ho una domanda sulla polizza"))
    assert is_silent(talk.say("aiuto"))
    assert len(talk.effects_of(ReachColleague)) == 3
    assert STREET not in talk.state.answers


def test_a_button_pressed_meanwhile_answers_nothing(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    shown = talk.ask.shown
    talk.command("human")
    talk.staff("taken_over", **DUE)
    before = talk.state
    outcome = talk.send(Answered(STREET, "Via Garibaldi", shown))
    assert outcome.conflict
    assert outcome.ask is None
    assert talk.state == before


def test_what_the_colleague_writes_says_who_speaks(forms: Catalogue) -> None:
    talk = taken_over(forms)
    talk.staff("wrote", **DUE, text="Buongiorno, sono qui.")
    assert talk.texts == ["Demo Due, Agenzia Demo:\n\nBuongiorno, sono qui."]
    assert [effect.colleague for effect in talk.effects_of(KeepAnswered)] == ["c-2"]
    assert talk.state.thread[-1] == Line("colleague", "Buongiorno, sono qui.", "Demo Due")


def test_given_back_the_open_question_comes_back(forms: Catalogue) -> None:
    talk = taken_over(forms)
    talk.say("Via Garibaldi")
    talk.staff("given_back", **DUE)
    assert talk.ask.path == STREET
    assert "Demo Due" in talk.texts[0]
    talk.answer("Via dell’Esempio")
    assert talk.state.answers[STREET] == "Via dell’Esempio"


@pytest.mark.parametrize("words", ["torna alle domande", "/indietro", "/annulla", "back to the questions"])
def test_the_customer_goes_on_alone_whenever_they_like(forms: Catalogue, words: str) -> None:
    talk = taken_over(forms)
    talk.say(words)
    assert talk.effects_of(GiveBack) == [GiveBack(talk.circumstances.now)]
    assert talk.ask.path == STREET
    assert talk.state.colleague is None


def test_the_menu_too_leads_out(forms: Catalogue) -> None:
    talk = taken_over(forms)
    talk.command("menu")
    assert talk.effects_of(GiveBack)
    assert talk.ask.path == "journey.goal"


def test_the_name_of_a_language_is_said_to_the_colleague(forms: Catalogue) -> None:
    talk = taken_over(forms)
    talk.say("inglese")
    assert talk.state.language == "it"
    assert talk.effects_of(ReachColleague)


def test_another_language_can_be_chosen_meanwhile(forms: Catalogue) -> None:
    talk = taken_over(forms)
    assert talk.command("language", "en").ask is None
    assert talk.state.language == "en"
    talk.say("cambia lingua")
    assert talk.ask.path == "journey.language"
    talk.answer("it")
    assert talk.outcome.ask is None
    assert is_silent(talk.say("ciao")) or talk.texts
    assert talk.state.colleague is not None


def test_other_commands_say_who_has_the_conversation(forms: Catalogue) -> None:
    talk = taken_over(forms)
    talk.command("skip")
    assert talk.texts == ["Adesso parli con Demo Due e le domande aspettano. Per riprenderle scrivi «torna alle domande»."]
    assert STREET not in talk.state.skipped


def test_news_of_the_agency_still_comes(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.command("human")
    talk.staff("taken_over", **DUE)
    talk.staff("accepted", submission="s1", form="registration_person")
    assert "ha verificato la tua scheda" in talk.texts[0]
    assert talk.outcome.ask is None


@pytest.mark.parametrize(("words", "problem"), [(" ", "Non ho ricevuto niente"), ("x" * 4_001, "troppo lungo"), ("a\ud800", "caratteri")])
def test_what_nobody_can_read_is_refused_and_not_passed_on(forms: Catalogue, words: str, problem: str) -> None:
    talk = taken_over(forms)
    talk.say(words)
    assert problem in talk.problems[0]
    assert not talk.effects_of(ReachColleague)


def test_three_refused_answers_in_a_row_offer_a_person_once(forms: Catalogue) -> None:
    talk = at(forms, BIRTH_DATE)
    offered = []
    for words in ("chissà", "perché?", "31/02/1980", "domani forse", "un giorno", "32/13/1980"):
        talk.say(words)
        offered.append(any("ti aiuta una persona" in text for text in talk.texts))
    assert offered == [False, False, False, True, False, False]


def test_an_answer_taken_begins_the_count_anew(forms: Catalogue) -> None:
    talk = at(forms, BIRTH_DATE)
    for words in ("chissà", "31/02/1980", "12 marzo 1980", "Atlantide", "Lemuria"):
        talk.say(words)
        assert not any("ti aiuta una persona" in text for text in talk.texts)
    assert talk.state.failed == 2


def test_the_page_shows_who_it_is_with(forms: Catalogue) -> None:
    talk = taken_over(forms)
    talk.staff("wrote", **DUE, text="Buongiorno.")
    shown = view(talk.state, forms, talk.circumstances)
    assert (shown.scene, shown.ask, shown.colleague) == ("person", None, "Demo Due")
    assert (shown.thread[-1].who, shown.thread[-1].name, shown.thread[-1].text) == ("colleague", "Demo Due", "Buongiorno.")


def test_who_says_it_again_instead_of_yes_is_not_asked_again(forms: Catalogue) -> None:
    talk = at(forms, "journey.party_kind")
    talk.say("una persona")
    assert talk.ask.path == "journey.human.sure"
    talk.say("vorrei parlare con un operatore")
    assert talk.effects_of(AskForPerson)
    assert talk.ask.type == "phone"
    talk.say("salta")
    assert talk.ask.path == "journey.party_kind"


@pytest.mark.parametrize("words", ["vorrei parlare con un operatore", "un operatore", "I want to speak to someone"])
def test_whoever_asks_for_somebody_is_heard(forms: Catalogue, words: str) -> None:
    talk = at(forms, STREET)
    talk.say(words)
    assert talk.effects_of(AskForPerson)
