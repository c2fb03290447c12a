"""One-time codes: proof of an address, and no help for whoever guesses."""

import pytest
from msgspec.structs import replace

from dialogs.effects import BindParty, MailCode, ProveEmail
from dialogs.turn import draw_code
from forms.catalogue import Catalogue
from tests.dialogs.driver import CODE, EMAIL, PERSON, Talk, registered


def at_code(forms: Catalogue) -> Talk:
    talk = Talk(forms)
    talk.play(PERSON, until="journey.email_code")
    return talk


def test_the_state_keeps_no_code(forms: Catalogue) -> None:
    assert CODE not in at_code(forms).state.to_json().decode()


def test_a_wrong_code_leaves_tries_and_the_fifth_locks(forms: Catalogue) -> None:
    talk = at_code(forms)
    for left in (4, 3, 2, 1):
        talk.answer("000000")
        assert str(left) in talk.problems[0] or left == 1
    talk.answer("000000")
    assert "rimanda" in talk.problems[0]
    talk.answer(CODE)
    assert talk.problems
    assert not talk.effects_of(BindParty)


def test_a_code_expires_after_ten_minutes(forms: Catalogue) -> None:
    talk = at_code(forms)
    talk.wait(minutes=10, seconds=1)
    talk.answer(CODE)
    assert "10 minuti" in talk.problems[0]
    talk.command("resend")
    talk.answer(CODE)
    assert talk.effects_of(BindParty) == [BindParty(EMAIL)]


def test_another_code_comes_after_a_minute_and_five_an_hour(forms: Catalogue) -> None:
    talk = at_code(forms)
    talk.command("resend")
    assert "60 secondi" in talk.problems[0]
    for _ in range(4):
        talk.wait(minutes=1)
        talk.command("resend")
        assert not talk.problems
    talk.wait(minutes=1)
    talk.command("resend")
    assert talk.problems
    assert len(talk.codes()) == 5
    talk.wait(hours=1)
    talk.command("resend")
    assert len(talk.codes()) == 6


def test_another_address_may_be_given_at_once_and_the_old_code_is_void(forms: Catalogue) -> None:
    talk = at_code(forms)
    talk.command("back")
    assert talk.ask.path == "journey.email"
    assert talk.ask.value == EMAIL
    talk.circumstances = replace(talk.circumstances, draw_code=lambda: "111111")
    talk.answer("altra@example.org")
    talk.answer(CODE)
    assert talk.problems
    talk.answer("111111")
    assert talk.effects_of(BindParty) == [BindParty("altra@example.org")]


def test_after_the_last_code_of_the_hour_the_address_it_went_to_is_still_proved_by_it(forms: Catalogue) -> None:
    talk = at_code(forms)
    for number in range(2, 6):
        talk.command("change", "journey.email")
        talk.answer(f"altra{number}@example.org")
    talk.wait(seconds=61.5)
    talk.command("change", "journey.email")
    talk.answer("mai@example.org")
    assert (talk.ask.path, len(talk.codes())) == ("journey.email", 5)
    assert talk.texts[0] == "In un’ora non posso mandare altri codici. Il prossimo tra 59 minuti."
    assert talk.texts[1].startswith("Il codice mandato a altra5@example.org vale ancora. Per usarlo")
    talk.answer("altra5@example.org")
    assert (talk.ask.path, len(talk.codes())) == ("journey.email_code", 5)
    assert talk.texts[1] == "Il codice mandato a altra5@example.org vale ancora."
    talk.answer(CODE)
    assert talk.effects_of(BindParty) == [BindParty("altra5@example.org")]


def test_the_same_address_typed_again_is_proved_by_the_code_it_got(forms: Catalogue) -> None:
    talk = at_code(forms)
    talk.wait(seconds=20.5)
    talk.command("change", "journey.email")
    talk.answer(EMAIL)
    assert (talk.ask.path, len(talk.codes())) == ("journey.email_code", 1)
    assert talk.problems == ["Ho appena scritto a questo indirizzo. Posso mandare un altro codice tra 40 secondi."]
    talk.answer(CODE)
    assert talk.effects_of(BindParty) == [BindParty(EMAIL)]


def test_of_a_code_that_expired_nothing_is_promised(forms: Catalogue) -> None:
    talk = at_code(forms)
    for _ in range(4):
        talk.wait(minutes=1)
        talk.command("resend")
    talk.wait(minutes=11)
    talk.command("change", "journey.email")
    talk.answer("mai@example.org")
    assert talk.texts[0] == "In un’ora non posso mandare altri codici. Il prossimo tra 45 minuti."
    assert not any("vale ancora" in text for text in talk.texts)


def test_a_change_of_address_that_is_left_comes_back_to_the_code(forms: Catalogue) -> None:
    talk = at_code(forms)
    talk.command("change", "journey.email")
    talk.command("cancel")
    talk.answer("register")
    assert talk.ask.path == "journey.email_code"
    talk.answer(CODE)
    assert talk.effects_of(BindParty) == [BindParty(EMAIL)]


def test_a_stranger_does_not_learn_who_is_a_client(forms: Catalogue) -> None:
    known = registered(forms).registry
    for registry in (known, None):
        talk = Talk(forms, registry=registry)
        talk.play(PERSON, until="journey.email_code")
        words = (talk.texts, talk.ask.text, talk.ask.shown)
        talk.answer("000000")
        if registry is known:
            first = (*words, talk.texts)
    assert (*words, talk.texts) == first


def test_a_client_who_registers_again_is_recognised_once_the_code_is_proved(forms: Catalogue) -> None:
    talk = Talk(forms, registry=registered(forms).registry)
    talk.play(PERSON, until="journey.email_code")
    talk.answer(CODE)
    assert talk.ask.path == "journey.goal"
    assert "quote_home" in [choice["value"] for choice in talk.ask.choices or ()]


def test_a_stranger_who_wants_a_quote_is_offered_to_register(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**PERSON, "journey.goal": "quote_home"})
    assert talk.ask.path == "journey.goal"
    assert (talk.ask.choices or ())[0]["value"] == "register"


def test_a_further_address_is_proved_like_the_first_and_stands_in_the_stamp(forms: Catalogue) -> None:
    talk = Talk(forms)
    script = {
        **PERSON,
        "registration_person.identity.emails_other.1.email": "seconda@example.org",
        "registration_person.identity.emails_other.1.email_code": CODE,
    }
    talk.play(script, until="registration_person.identity.emails_other.more")
    talk.answer(value=True)
    talk.answer(EMAIL)
    assert talk.problems
    talk.answer("seconda@example.org")
    assert talk.effects_of(MailCode)[-1].email == "seconda@example.org"
    talk.answer(CODE)
    assert talk.effects_of(ProveEmail) == [ProveEmail("seconda@example.org")]
    talk.play(script)
    assert f"22/11/26/09/26/53 {EMAIL}, seconda@example.org" in "\n".join(talk.texts)


def test_each_code_is_drawn_anew() -> None:
    codes = {draw_code() for _ in range(50)}
    assert len(codes) > 45
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


@pytest.mark.parametrize("text", ["il codice è 246810", "codice: 246 810", "è 246810 grazie"])
def test_the_code_is_read_out_of_a_sentence(forms: Catalogue, text: str) -> None:
    talk = at_code(forms)
    talk.say(text)
    assert talk.ask.path == "modules.electronic_collection.act"


@pytest.mark.parametrize("text", ["aspetto da 2 giorni il 246810", "24681", "2468101"])
def test_other_digits_beside_it_are_no_code(forms: Catalogue, text: str) -> None:
    talk = at_code(forms)
    talk.say(text)
    assert talk.ask.path == "journey.email_code"


@pytest.mark.parametrize("text", ["non mi è arrivato", "non ricevo nulla", "mandamelo di nuovo"])
def test_who_has_not_received_it_gets_another(forms: Catalogue, text: str) -> None:
    talk = at_code(forms)
    talk.wait(minutes=2)
    talk.say(text)
    assert len(talk.codes()) == 2


@pytest.mark.parametrize("text", ["ho sbagliato indirizzo", "l'indirizzo è sbagliato", "cambia indirizzo"])
def test_the_wrong_address_is_asked_for_again(forms: Catalogue, text: str) -> None:
    """No other address has been told yet."""
    talk = at_code(forms)
    talk.say(text)
    assert talk.ask.path == "journey.email"
