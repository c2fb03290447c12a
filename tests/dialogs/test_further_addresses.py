"""Another e-mail address can be added as long as the card is in hand, also after the question was answered no or skipped (S0-22)."""

import pytest

from dialogs.effects import CompleteCard, ProveEmail, Suspend
from dialogs.events import OpenOffer
from forms.catalogue import Catalogue
from forms.flow import Environment
from forms.showing import show_answers
from tests.dialogs.driver import CODE, EMAIL, HOME, NOW, PERSON, Talk, registered

GROUP = "registration_person.identity.emails_other"
MORE, FINAL = f"{GROUP}.more", "registration_person.confirm"
SECOND = "seconda@example.org"
FURTHER = {**PERSON, f"{GROUP}.1.email": SECOND, f"{GROUP}.1.email_code": CODE}


def at_the_end(forms: Catalogue, language: str = "it") -> Talk:
    talk = Talk(forms, language)
    talk.play({**PERSON, "journey.language": language}, until=FINAL)
    return talk


def prove_another(talk: Talk) -> None:
    assert talk.ask.path == MORE, talk.texts
    talk.answer(value=True)
    assert talk.ask.path == f"{GROUP}.1.email"
    talk.answer(SECOND)
    talk.answer(CODE)
    assert ProveEmail(SECOND) in talk.effects


def test_the_no_stands_in_the_summary_and_can_be_changed(forms: Catalogue) -> None:
    talk = at_the_end(forms)
    rows = [row for message in talk.messages for row in message.get("rows", []) if row["question"] == MORE]
    assert [(row["label"], row["value"]) for row in rows] == [("Altro indirizzo e-mail", "No")]
    talk.command("change", MORE)
    prove_another(talk)
    talk.play(FURTHER, until=FINAL)
    assert talk.rows()["Altro indirizzo e-mail 1"] == SECOND
    talk.play(FURTHER)
    [sent] = talk.effects_of(Suspend)
    assert sent.answers[f"{GROUP}.1.email"] == SECOND
    assert (sent.answers[f"{GROUP}.1.more"], sent.answers[f"{GROUP}.2.more"]) == (True, False)


def test_papers_and_desk_find_it_in_what_was_sent(forms: Catalogue) -> None:
    talk = at_the_end(forms)
    talk.command("change", MORE)
    talk.play({**FURTHER, MORE: True}, until=f"{GROUP}.1.email_code")
    talk.answer(CODE)
    talk.play(FURTHER)
    [sent] = talk.effects_of(Suspend)
    form, words = forms.form(sent.form), forms.words(sent.form, "it")
    shown = show_answers(form, words, sent.answers, Environment(NOW.date(), {}, forms.tables, "EUR"), "it")
    assert SECOND in [answer.value for section in shown for answer in section.answers]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "aggiungi un altro indirizzo e-mail"),
        ("it", "vorrei aggiungere un'altra email"),
        ("en", "add another e-mail"),
        ("en", "I would like to add another email address"),
    ],
)
def test_it_can_be_asked_for_in_words(forms: Catalogue, language: str, words: str) -> None:
    talk = at_the_end(forms, language)
    talk.say(words)
    prove_another(talk)


def test_what_was_skipped_with_its_section_can_be_added(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.identity.landline")
    talk.command("skip", "section")
    talk.command("change", MORE)
    prove_another(talk)


def test_no_to_the_change_leads_straight_back(forms: Catalogue) -> None:
    talk = at_the_end(forms)
    talk.command("change", MORE)
    talk.answer(value=False)
    assert talk.ask.path == FINAL


def test_one_added_while_the_card_is_checked_goes_to_the_agency(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play(HOME, until="quote_home.card_confirm")
    talk.say("aggiungi un altro indirizzo e-mail")
    prove_another(talk)
    assert talk.ask.path == "quote_home.card_confirm"
    talk.answer(value=True)
    [update] = talk.effects_of(CompleteCard)
    assert update.answers == {f"{GROUP}.1.more": True, f"{GROUP}.1.email": SECOND}


def test_one_added_before_a_policy_goes_to_the_agency_once_it_is_proved(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.registry.offer(EMAIL, OpenOffer("offer-1", "quote-1", 21_437, NOW.date().replace(year=2027)))
    talk.staff("quoted", offer="offer-1", premium_cents=21_437, valid_until="2027-11-22", submission="quote-1")
    talk.answer("policy")
    assert talk.ask.path == "offer.act", talk.texts
    talk.command("change", MORE)
    prove_another(talk)
    assert talk.ask.path == "offer.act"
    assert len(talk.effects_of(CompleteCard)) == 1


def test_after_the_last_one_there_is_no_more(forms: Catalogue) -> None:
    talk = at_the_end(forms)
    for number in range(1, 6):
        talk.command("change", MORE)
        talk.answer(value=True)
        talk.answer(f"altra{number}@example.org")
        talk.wait(hours=2)
        if talk.ask.path.endswith("email_code"):
            talk.command("resend")
        talk.answer(CODE)
        talk.play({**PERSON, MORE: False}, until=FINAL)
    talk.command("change", MORE)
    assert talk.problems


@pytest.mark.parametrize("form", ["registration_person", "registration_company"])
def test_the_further_address_is_asked_for_in_other_words_than_the_first(forms: Catalogue, form: str) -> None:
    assert "altro indirizzo" in forms.words(form, "it").questions["email"].ask
