"""What a page shows around the open question, from the snapshot alone."""

import pytest

from dialogs.chat_view import ChatView
from dialogs.view import view
from forms.catalogue import Catalogue
from tests.dialogs.driver import HOME, PERSON, Talk, at, registered


def seen(talk: Talk) -> ChatView:
    return view(talk.state.settled({"receipt": "R-2026-000417"}), talk.catalogue, talk.circumstances)


def test_every_question_of_both_journeys_has_a_page_that_shows_it(forms: Catalogue) -> None:
    talk = Talk(forms)
    for script in (PERSON, HOME):
        for _ in range(90):
            page = seen(talk)
            assert page.ask is not None
            assert page.ask.path == talk.ask.path
            assert page.ask.shown == talk.ask.shown
            if page.scene == "sent" and talk.asked.count("journey.goal") == (2 if script is PERSON else 3):
                break
            talk._play_one(talk.ask, script)
        assert page.scene == "sent"
        assert page.sent is not None
        assert page.sent.receipt == "R-2026-000417"
        assert page.sent.stamp.startswith("22/11/26/09/26/53 ")
        assert len(page.sent.steps) == 3


def test_what_the_agency_says_ends_the_page_that_says_suspended(forms: Catalogue) -> None:
    talk = registered(forms)
    assert seen(talk).scene == "sent"
    talk.staff("accepted", form="registration_person", submission="submission-1")
    assert seen(talk).scene == "goal"


def test_the_proved_address_does_not_stand_between_an_answer_and_the_next_question(forms: Catalogue) -> None:
    rows = seen(at(forms, "registration_person.identity.birth_date")).card
    assert [row.label for row in rows] == ["E-mail", "Cognome", "Nome", "Sesso"]


def test_the_answer_that_is_open_again_stands_in_its_field_only(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.birth_date")
    talk.command("change", "registration_person.identity.given_name")
    assert [row.label for row in seen(talk).card] == ["E-mail", "Cognome", "Sesso"]


@pytest.mark.parametrize(
    ("path", "scene"),
    [
        ("journey.language", "ask"),
        ("journey.goal", "goal"),
        ("modules.privacy_marketing.act_email", "consent"),
        ("registration_person.identity.sex", "ask"),
        ("registration_person.identity.confirm", "review"),
        ("registration_person.confirm", "review"),
    ],
)
def test_the_scene_follows_the_question(forms: Catalogue, path: str, scene: str) -> None:
    assert seen(at(forms, path)).scene == scene


def test_a_consent_shows_the_paper_that_is_hashed(forms: Catalogue) -> None:
    page = seen(at(forms, "modules.privacy_marketing.act_phone"))
    module = forms.module("privacy_marketing")
    assert page.paper is not None
    assert page.paper.text == module.text("it")
    assert page.paper.sha256 == module.text_sha256("it")
    assert page.paper.position == "2 di 7"
    assert page.paper.valid_from == "1 novembre 2026"


def test_progress_and_card_belong_to_the_section(forms: Catalogue) -> None:
    page = seen(at(forms, "registration_person.document.document_issuer"))
    assert [row.label for row in page.card] == ["Tipo di documento", "Numero del documento"] or len(page.card) == 2
    current = [progress for progress in page.progress if progress.is_current]
    assert [(one.title, one.done, one.of) for one in current] == [("Documento", 2, 7)]
    assert page.doing == "domanda 3 di 7"
    assert page.can_go_back
    assert not page.can_skip


def test_optional_questions_say_that_they_can_be_skipped(forms: Catalogue) -> None:
    page = seen(at(forms, "registration_person.household.marital_status"))
    assert page.can_skip
    assert page.can_skip_section


def test_the_review_groups_everything_by_section(forms: Catalogue) -> None:
    page = seen(at(forms, "registration_person.confirm"))
    assert [group.title for group in page.groups][:2] == ["Identità", "Documento"]
    assert page.groups[-1].title == "Autorizzazioni e consensi"
    assert page.declaration
    assert all(row.value for group in page.groups for row in group.rows)


def test_the_price_page_shows_covers_factors_and_assumptions(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play(HOME, until="quote_home.needs.existing")
    page = seen(talk)
    assert page.scene == "price"
    assert page.price is not None
    assert page.price.total
    assert page.price.covers
    assert all(cover.factors for cover in page.price.covers)
    assert page.price.assumptions
    talk.play(HOME, until="quote_home.needs.adults")
    assert seen(talk).scene == "ask"


def test_the_price_that_is_confirmed_is_shown_with_all_else_that_is(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play(HOME, until="quote_home.confirm")
    page = seen(talk)
    assert page.scene == "review"
    assert page.price is not None
    (priced,) = (message for message in talk.messages if message["kind"] == "summary" and message["rows"][-1]["question"] == "premium")
    assert page.price.total == priced["rows"][-1]["value"]


def test_a_referral_has_no_sum(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play({**HOME, "quote_home.building.dwelling": "listed"}, until="quote_home.needs.existing")
    page = seen(talk)
    assert page.price is not None
    assert page.price.total is None
    assert page.price.note


def test_an_ended_conversation_is_closed(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**PERSON, "modules.electronic_collection.act": "refuse"})
    page = seen(talk)
    assert (page.scene, page.ask) == ("closed", None)


def test_free_talk_stays_and_is_bounded(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.sex")
    for number in range(30):
        talk.say(f"che cosa intendi? {number}")
    page = seen(talk)
    assert len(page.thread) == 12
    assert page.thread[-2].text.endswith("29")
    assert page.thread[-2].who == "customer"
