"""Commands, everywhere, in buttons and in words."""

import pytest

from dialogs.effects import RequestCall
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk, at, registered

IDENTITY = "registration_person.identity"


def test_back_opens_the_answer_before_with_its_value_and_going_on_keeps_the_rest(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.command("back")
    talk.command("back")
    assert (talk.ask.path, talk.ask.value) == (f"{IDENTITY}.given_name", "Demetra")
    talk.answer("Demetra Anna")
    assert talk.ask.path == f"{IDENTITY}.birth_date"


def test_back_goes_as_far_as_the_language(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.given_name")
    seen = []
    for _ in range(10):
        talk.command("back")
        seen.append(talk.ask.path)
        if talk.problems:
            break
    assert seen[:2] == [f"{IDENTITY}.family_name", "modules.privacy_insurance.act"]
    assert "journey.goal" in seen
    assert talk.problems


@pytest.mark.parametrize("words", ["indietro", "Torna indietro", "/indietro", "back", "/back"])
def test_back_may_be_typed(forms: Catalogue, words: str) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say(words)
    assert talk.ask.path == f"{IDENTITY}.sex"


def test_a_surname_that_is_a_command_can_still_be_typed(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.family_name")
    talk.say("Back")
    assert talk.ask.type == "confirm"
    assert "Back" in talk.ask.text
    talk.say("no")
    assert talk.state.answers[f"{IDENTITY}.family_name"] == "Back"
    again = at(forms, f"{IDENTITY}.given_name")
    again.say("indietro")
    again.say("sì")
    assert again.ask.path == f"{IDENTITY}.family_name"


def test_change_by_path_leads_straight_back(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.street")
    talk.command("change", f"{IDENTITY}.mobile")
    assert (talk.ask.path, talk.ask.value) == (f"{IDENTITY}.mobile", PERSON[f"{IDENTITY}.mobile"])
    talk.answer("+393337654321")
    assert talk.ask.path == f"{IDENTITY}.confirm", "what was confirmed with the old number is confirmed anew"
    talk.answer(value=True)
    assert talk.ask.path == "registration_person.residence.street"


def test_change_from_the_final_summary_leads_straight_back_to_it(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.confirm")
    shown = talk.ask.shown
    talk.command("change", f"{IDENTITY}.mobile")
    talk.answer("+393337654321")
    assert talk.ask.path == "registration_person.confirm"
    assert talk.ask.shown != shown
    assert "+39 333 765 4321" in talk.rows().values()


def test_change_of_an_act_shows_its_text_again_and_leads_back(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.confirm")
    talk.command("change", "modules.privacy_marketing.act_email")
    assert talk.ask.path == "modules.privacy_marketing.act_email"
    assert any(forms.module("privacy_marketing").text("it") in text for text in talk.texts)
    talk.answer("accept")
    assert talk.ask.path == "registration_person.confirm"
    assert "modules.privacy_marketing.act_email" in talk.state.given


@pytest.mark.parametrize("words", ["cambia il cellulare", "vorrei cambiare il numero di telefono", "/cambia cellulare", "change my mobile"])
def test_change_by_name_in_words(forms: Catalogue, words: str) -> None:
    talk = at(forms, "registration_person.document.document_issued_on")
    talk.say(words)
    assert talk.ask.path == f"{IDENTITY}.mobile"


def test_change_of_what_was_never_answered_says_so(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.command("change", "registration_person.bank.iban")
    assert talk.problems
    assert talk.ask.path == f"{IDENTITY}.birth_date"


def test_the_proved_address_is_not_changed_like_that(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    for argument in (f"{IDENTITY}.email", "journey.email", "e-mail"):
        talk.command("change", argument)
        assert talk.ask.path == f"{IDENTITY}.birth_date"


def test_optional_questions_are_skipped_singly_or_the_rest_of_the_section_at_once(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.household.marital_status")
    talk.command("skip", "section")
    assert talk.ask.path == "registration_person.household.confirm"
    one = at(forms, f"{IDENTITY}.landline")
    one.command("skip")
    assert one.ask.path == f"{IDENTITY}.pec"
    one.command("skip", "section")
    assert one.ask.path == f"{IDENTITY}.confirm"


def test_a_needed_question_is_not_skipped(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.sex")
    talk.command("skip")
    assert talk.problems
    assert talk.ask.path == f"{IDENTITY}.sex"


def test_skipping_an_answered_question_takes_the_answer_away(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.confirm")
    talk.command("change", f"{IDENTITY}.landline")
    talk.command("skip")
    assert f"{IDENTITY}.landline" not in talk.state.answers


def test_why_help_pause_and_review_leave_the_question_open(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    for command in ("why", "help", "pause", "review"):
        talk.command(command)
        assert talk.texts
        assert not talk.problems
        assert talk.ask.path == f"{IDENTITY}.birth_date"
    assert talk.rows()["Cognome"] == "Esempio"


def test_cancel_keeps_the_draft(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say("/annulla")
    assert talk.ask.path == "journey.goal"
    talk.answer("register")
    assert talk.ask.path == f"{IDENTITY}.birth_date"


def test_restart_asks_first_and_then_drops_the_answers(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.command("restart")
    assert talk.ask.type == "confirm"
    talk.answer(value=False)
    assert talk.ask.path == f"{IDENTITY}.birth_date"
    talk.command("restart")
    talk.answer(value=True)
    assert talk.ask.path == f"{IDENTITY}.family_name"
    assert talk.ask.value is None


def test_the_language_changes_in_the_middle(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.command("language", "en")
    assert talk.ask.path == f"{IDENTITY}.birth_date"
    assert "date of birth" in talk.ask.text
    talk.command("language")
    assert talk.ask.path == "journey.language"
    talk.answer("it")
    assert talk.ask.path == f"{IDENTITY}.birth_date"
    talk.command("language", "xx")
    assert talk.problems
    assert talk.ask.path == "journey.language"


def test_a_call_back_at_any_time_and_then_on_where_one_was(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.street")
    talk.say("voglio parlare con una persona")
    assert (talk.ask.path, talk.ask.value) == ("contact.phone", PERSON[f"{IDENTITY}.mobile"])
    talk.answer("+393331234567")
    assert [effect.phone for effect in talk.effects_of(RequestCall)] == ["+393331234567"]
    assert "+39 333 123 4567" in " ".join(talk.texts)
    assert talk.ask.path == "registration_person.residence.street"


def test_a_call_back_in_the_middle_of_a_change_leads_back_to_the_change(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.street")
    talk.command("change", f"{IDENTITY}.given_name")
    talk.command("human")
    assert talk.ask.path == "contact.phone"
    talk.command("language", "en")
    talk.answer("+393331234567")
    assert talk.ask.path == f"{IDENTITY}.given_name"


def test_a_call_back_can_be_let_go(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.street")
    talk.command("human")
    talk.command("back")
    assert talk.ask.path == "registration_person.residence.street"


def test_complaints_name_the_legal_doors(forms: Catalogue) -> None:
    talk = at(forms, "journey.goal")
    talk.answer("complaint")
    text = " ".join(talk.texts)
    assert talk.ask.path == "journey.goal"
    assert text.index(talk.circumstances.agency_email) < text.index("IVASS") < text.index("Arbitro Assicurativo")


@pytest.mark.parametrize("goal", ["documents", "security"])
def test_documents_and_password_are_behind_the_customer_s_own_password_only(forms: Catalogue, goal: str) -> None:
    talk = registered(forms)
    talk.answer(goal)
    assert f"http://127.0.0.1:8080/area/{goal}" in " ".join(talk.texts)
    assert (talk.ask.path, talk.outcome.effects) == ("journey.goal", ())


def test_the_menu_keeps_everything(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.command("menu")
    talk.answer("register")
    assert talk.ask.path == f"{IDENTITY}.birth_date"


def test_an_unknown_command_changes_nothing(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.command("launch")
    assert talk.problems
    assert talk.ask.path == f"{IDENTITY}.birth_date"


def test_a_deep_link_consents_to_nothing(forms: Catalogue) -> None:
    talk = at(forms, "modules.electronic_collection.act")
    talk.say("/start consent_yes")
    assert "modules.electronic_collection.act" not in talk.state.acts


def test_days_later_the_same_question_stands_open(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.residence.street")
    talk.wait(days=9)
    talk.say("/aiuto")
    assert talk.ask.path == "registration_person.residence.street"


def test_after_registration_the_card_can_be_read_again(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.command("review")
    assert talk.rows()["Cognome"] == "Esempio"


@pytest.mark.parametrize("words", ["cambia email", "cambia l’indirizzo e-mail", "voglio cambiare la mail", "change email"])
def test_a_wrong_address_is_changed_before_it_is_proved_and_kindly_kept_after(forms: Catalogue, words: str) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="journey.email_code")
    talk.say(words)
    assert talk.ask.path == "journey.email"
    talk.play(PERSON, until="registration_person.identity.sex")
    talk.say(words)
    assert talk.ask.path == "registration_person.identity.sex"
    assert any("confermato con un codice" in text for text in talk.texts)


@pytest.mark.parametrize("address", ["cambia.lingua@example.org", "why@example.org", "change_the_address@example.org"])
def test_an_address_that_begins_like_a_command_is_an_address(forms: Catalogue, address: str) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="journey.email")
    talk.say(address)
    assert (talk.ask.path, talk.state.proof.email) == ("journey.email_code", address)
