"""The journey `quote_home`: new confirmation, quick path, indicative price, the rest, modules, suspension; then the offer."""

from dataclasses import replace
from datetime import date

import pytest

from dialogs.effects import ChangeConsents, CompleteCard, ConfirmCard, DecideOffer, RecordAct, Suspend
from dialogs.events import OpenOffer
from dialogs.view import view
from forms.catalogue import Catalogue
from tests.dialogs.driver import EMAIL, HOME, PERSON, Talk, quoting, registered

OFFER = OpenOffer("offer-1", "submission-1", 30145, date(2026, 12, 22), "document-1")
RETURNED = {"submission": "submission-1", "reason": "La data non si legge.", "colleague": "Giulia"}


def quoted(forms: Catalogue) -> Talk:
    talk = registered(forms)
    talk.play(HOME)
    talk.registry.offer(EMAIL, OFFER)
    talk.staff(
        "quoted",
        offer="offer-1",
        submission="submission-1",
        premium_cents=30145,
        valid_until="2026-12-22",
        document="document-1",
        bytes=900,
    )
    return talk


def test_the_card_and_all_acts_are_shown_with_their_stamps_and_confirmed_anew_first(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.card_confirm")
    rows = talk.rows()
    assert rows["Codice fiscale"]
    assert f"22/11/26/09/26/53 {EMAIL}" in rows["Raccolta elettronica"]
    talk.answer(value=False)
    assert talk.effects_of(ConfirmCard) == []
    talk.answer(value=True)
    [confirmed] = talk.effects_of(ConfirmCard)
    assert confirmed.stamp == f"22/11/26/09/26/53 {EMAIL}"
    assert talk.ask.path == "quote_home.needs.need"


def test_only_the_quick_questions_come_before_the_price(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.needs.existing")
    quick = [
        path
        for path in talk.asked
        if path.startswith("quote_home.") and path not in {"quote_home.card_confirm", "quote_home.needs.existing"}
    ]
    assert 14 <= len(quick) <= 18
    assert not any(path.endswith(".confirm") for path in quick)


def test_the_price_is_indicative_has_a_row_a_factor_and_ends_in_the_premium(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.needs.existing")
    assumed, price = (message for message in talk.messages if message["kind"] == "summary")
    assert "non è un’offerta" in str(price["text"])
    assert "22 dicembre 2026" in str(price["text"])
    rows = price["rows"]
    assert rows[-1]["question"] == "premium"  # type: ignore[index]
    assert any(row["question"] == "quote_home.building.floor" and row["value"].startswith("×") for row in rows)  # type: ignore[attr-defined]
    assert "quote_home.building.longest_empty" in [row["question"] for row in assumed["rows"]]  # type: ignore[attr-defined]


def test_an_assumption_can_be_changed_and_the_price_follows(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.needs.existing")
    talk.command("change", "quote_home.building.longest_empty")
    assert talk.ask.path == "quote_home.building.longest_empty"
    talk.answer("over_120")
    assert any(message["kind"] == "summary" for message in talk.messages)
    assert talk.ask.path == "quote_home.needs.existing"


def test_a_quick_answer_corrected_in_words_tells_the_new_price(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.needs.existing")
    talk.say("no, l'appartamento è 95 mq")
    assert talk.ask.path == "quote_home.building.area_m2.sure", talk.texts
    assert talk.ask.text == "Cambio «superficie» da 90 a 95\u00a0m². Va bene?"
    talk.answer(value=True)
    assert talk.state.answers["quote_home.building.area_m2"] == 95


def test_each_section_is_confirmed_once_and_then_modules_and_summary(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.confirm")
    confirms = [path for path in talk.asked if path.startswith("quote_home.") and path.endswith(".confirm")]
    assert len(confirms) == len(set(confirms)) == 10
    assert talk.asked[-4:] == ["modules.precontractual.act", "modules.needs.act", "modules.reticence.act", "quote_home.confirm"]


def test_a_confirmed_quote_is_suspended_with_its_price_as_data(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play(HOME)
    assert talk.ask.path == "journey.goal"
    suspended = talk.effects_of(Suspend)[-1]
    assert suspended.form == "quote_home"
    assert suspended.premium_cents
    assert suspended.pricing is not None
    assert suspended.pricing["kind"] == "price"
    assert suspended.pricing["assumptions"] == [] or all(name == "seismic_zone" for name, _ in suspended.pricing["assumptions"])  # type: ignore[attr-defined]
    assert suspended.tariff_version == forms.tariff().version
    assert f"22/11/26/09/26/53 {EMAIL}" in "\n".join(talk.texts)


@pytest.mark.parametrize(
    ("path", "value"),
    [("quote_home.building.dwelling", "listed"), ("quote_home.building.use", "building_site"), ("quote_home.history.losses", 3)],
)
def test_a_referral_withholds_only_the_price(forms: Catalogue, path: str, value: str | int) -> None:
    losses = {
        f"quote_home.history.loss.{number}.{name}": given
        for number in (1, 2, 3)
        for name, given in {"loss_date": "2024-03-01", "loss_cause": "water", "loss_amount": "900.00", "loss_closed": True}.items()
    }
    talk = registered(forms)
    talk.play({**HOME, **losses, path: value, "quote_home.building.roof": "tiles", "quote_home.building.extras": ["none"]})
    suspended = talk.effects_of(Suspend)[-1]
    assert suspended.form == "quote_home"
    assert suspended.premium_cents is None
    assert suspended.pricing is not None
    assert suspended.pricing["kind"] == "referral"


def test_needs_that_were_not_told_are_listed_confirmed_and_recorded(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.closing.unanswered_ok", **{"quote_home.needs.budget": "no_answer"})
    assert [row["question"] for message in talk.messages for row in message.get("rows", [])] == ["quote_home.needs.budget"]  # type: ignore[attr-defined]
    talk.play({**HOME, "quote_home.needs.budget": "no_answer"})
    assert talk.effects_of(Suspend)[-1].unanswered == ("quote_home.needs.budget",)


def test_who_would_rather_answer_after_all_is_asked_again(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.closing.unanswered_ok", **{"quote_home.needs.budget": "no_answer"})
    talk.answer(value=False)
    assert talk.ask.path == "quote_home.needs.budget"


def test_an_estimate_is_shown_and_confirmed_or_told_by_the_customer(forms: Catalogue) -> None:
    estimate = "quote_home.sums.rebuild_estimate_ok"
    talk = quoting(forms, estimate, **{"quote_home.sums.rebuild_known": False})
    assert talk.rows()
    talk.answer(value=False)
    assert talk.ask.path == "quote_home.sums.rebuild_known"
    talk.answer(value=True)
    assert talk.ask.path == "quote_home.sums.rebuild_value"


def test_another_day_only_changed_modules_are_asked(forms: Catalogue) -> None:
    talk = Talk(forms, registry=registered(forms).registry)
    talk.play(HOME, until="quote_home.card_confirm")
    assert talk.asked[:5] == ["journey.language", "journey.goal", "journey.email", "journey.email_code", "quote_home.card_confirm"]
    assert talk.rows()["Cognome"] == "Esempio"
    assert talk.effects_of(RecordAct) == []


def test_a_new_quote_begins_afresh_and_proves_nothing_twice(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.play(HOME)
    talk.play(HOME, until="quote_home.needs.need")
    assert talk.ask.value is None
    talk.play(HOME)
    assert len(talk.effects_of(Suspend)) == 3


def test_a_correction_while_the_card_is_checked_goes_to_the_agency(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.card_confirm")
    talk.command("change", "registration_person.residence.house_number")
    talk.answer("47")
    talk.play(HOME, until="quote_home.needs.need")
    assert [effect.answers for effect in talk.effects_of(CompleteCard)] == [{"registration_person.residence.house_number": "47"}]


# the offer


def test_an_offer_arrives_and_accepting_it_asks_for_the_policy(forms: Catalogue) -> None:
    talk = quoted(forms)
    assert any(message["kind"] == "document" for message in talk.messages)
    assert "301,45" in talk.texts[0]
    talk.answer("policy")
    assert talk.ask.path == "offer.act"
    talk.answer("accept")
    [decided] = talk.effects_of(DecideOffer)
    assert (decided.offer, decided.answer, decided.stamp) == ("offer-1", "accept", f"22/11/26/09/26/53 {EMAIL}")
    assert talk.ask.path == "journey.goal"
    assert "policy" not in [choice["value"] for choice in talk.ask.choices or ()]


def test_an_offer_can_be_refused_as_easily(forms: Catalogue) -> None:
    talk = quoted(forms)
    talk.answer("policy")
    talk.say("rifiuto")
    assert [effect.answer for effect in talk.effects_of(DecideOffer)] == ["refuse"]


def test_an_offer_is_never_accepted_by_a_vague_word(forms: Catalogue) -> None:
    talk = quoted(forms)
    talk.answer("policy")
    for words in ("ok", "👍", "sì, ma a 250 euro"):
        talk.say(words)
    talk.say("sì", shown=None)
    talk.answer("accept", shown=None)
    assert talk.effects_of(DecideOffer) == []
    assert talk.ask.path == "offer.act"


def test_an_expired_offer_is_no_longer_accepted(forms: Catalogue) -> None:
    talk = quoted(forms)
    talk.answer("policy")
    talk.wait(days=31)
    talk.answer("accept")
    assert talk.effects_of(DecideOffer) == []
    assert "policy" not in [choice["value"] for choice in talk.ask.choices or ()]


def test_what_issue_still_needs_comes_before_the_offer(forms: Catalogue) -> None:
    talk = quoted(forms)
    party = talk.registry.parties[EMAIL]
    card = {path: value for path, value in party.card.items() if not path.endswith("document_number")}
    fresh = Talk(forms, registry=talk.registry)
    fresh.registry.parties[EMAIL] = party.__class__(**{**{name: getattr(party, name) for name in party.__slots__}, "card": card})
    fresh.registry.offer(EMAIL, OFFER, missing=("policyholder_document_number",))
    fresh.play({**PERSON, "journey.goal": "quote_home"}, until="quote_home.card_confirm")
    fresh.command("menu")
    fresh.answer("policy")
    assert fresh.ask.path == "registration_person.document.document_number"
    fresh.answer("CA00000AA")
    assert [effect.answers for effect in fresh.effects_of(CompleteCard)] == [{"registration_person.document.document_number": "CA00000AA"}]
    assert fresh.ask.path == "offer.act"


def lacking(forms: Catalogue, *, number: bool = False) -> Talk:
    """An offer to somebody who refused what a policy needs; `number` = whose card lacks one too."""
    talk = registered(forms)
    talk.play({**HOME, "modules.needs.act": "refuse"})
    talk.registry.offer(EMAIL, OFFER, missing=("modules.needs",))
    if number:
        party = talk.registry.parties[EMAIL]
        card = {path: value for path, value in party.card.items() if not path.endswith("document_number")}
        talk.registry.parties[EMAIL] = replace(party, card=card)
        talk = Talk(forms, registry=talk.registry)
        talk.play({**PERSON, "journey.goal": "modules"}, until="consents.act")
        talk.command("menu")
    talk.staff("quoted", offer="offer-1", submission="submission-1", premium_cents=30145, valid_until="2026-12-22")
    return talk


def test_what_is_refused_again_ends_the_way_to_the_policy_and_the_offer_stays(forms: Catalogue) -> None:
    talk = lacking(forms)
    talk.answer("policy")
    assert talk.ask.path == "modules.needs.act"
    talk.answer("refuse")
    assert talk.ask.path == "journey.goal"
    assert any("non si può chiedere" in text and "22 dicembre 2026" in text for text in talk.texts)
    assert talk.effects_of(RecordAct)[-1].answer == "refuse"
    talk.answer("policy")
    assert talk.ask.path == "modules.needs.act", "no acceptance without it"
    talk.answer("confirm")
    assert talk.ask.path == "offer.act"
    talk.answer("accept")
    assert [effect.answer for effect in talk.effects_of(DecideOffer)] == ["accept"]


def test_a_card_completed_before_an_act_goes_to_the_agency_too(forms: Catalogue) -> None:
    talk = lacking(forms, number=True)
    talk.answer("policy")
    assert talk.ask.path == "registration_person.document.document_number"
    talk.answer("CA00000AA")
    assert (talk.ask.path, talk.effects_of(CompleteCard)) == ("modules.needs.act", [])
    talk.answer("confirm")
    assert [effect.answers for effect in talk.effects_of(CompleteCard)] == [{"registration_person.document.document_number": "CA00000AA"}]
    assert talk.ask.path == "offer.act"


def test_what_a_policy_lacks_can_be_given_among_the_consents(forms: Catalogue) -> None:
    talk = lacking(forms)
    talk.answer("modules")
    assert {"modules.needs.act": "Leggi e decidi: Conferma delle esigenze"}.items() <= {
        choice["value"]: choice["label"] for choice in talk.ask.choices or ()
    }.items()
    talk.answer("modules.needs.act")
    talk.answer("confirm")
    talk.answer("policy")
    assert talk.ask.path == "offer.act"


def asked_for(forms: Catalogue) -> Talk:
    """A policy asked for without one of its modules, as could happen once."""
    talk = registered(forms)
    talk.play({**HOME, "modules.needs.act": "refuse"})
    party = talk.registry.parties[EMAIL]
    talk.registry.parties[EMAIL] = replace(party, quotes={"submission-1": "issue_requested"}, missing_for_issue=("modules.needs",))
    talk.command("menu")
    return talk


def test_who_asked_for_a_policy_that_lacks_something_may_give_it(forms: Catalogue) -> None:
    talk = asked_for(forms)
    talk.answer("policy")
    assert talk.ask.path == "modules.needs.act"
    talk.answer("refuse")
    assert any("non può emettere" in text for text in talk.texts)
    talk.answer("policy")
    talk.answer("confirm")
    assert any("non manca più niente" in text for text in talk.texts)
    assert [act.answer for effect in talk.effects_of(ChangeConsents) for act in effect.acts] == ["refuse", "confirm"], (
        "each has its receipt"
    )
    assert talk.ask.path == "journey.goal"
    assert "policy" not in [choice["value"] for choice in talk.ask.choices or ()]


# what a colleague sends back


def test_a_returned_answer_is_asked_alone_then_the_form_is_confirmed_again(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=["registration_person.document.document_expires_on"], **RETURNED)
    assert "Giulia" in talk.texts[0]
    assert talk.ask.path == "registration_person.document.document_expires_on"
    assert talk.ask.value == PERSON["registration_person.document.document_expires_on"]
    talk.answer("2033-03-12")
    assert talk.ask.path == "registration_person.document.confirm"
    talk.answer(value=True)
    assert talk.ask.path == "registration_person.confirm"
    talk.answer(value=True)
    again = talk.effects_of(Suspend)[-1]
    assert again.submission == "submission-1"
    assert again.answers["registration_person.document.document_expires_on"] == "2033-03-12"
    assert talk.ask.path == "journey.goal"


def test_several_returned_answers_are_asked_one_after_the_other(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=["registration_person.identity.mobile", "registration_person.work.occupation"], **RETURNED)
    assert talk.ask.path == "registration_person.identity.mobile"
    talk.answer("+393337654321")
    assert talk.ask.path == "registration_person.work.occupation"


def test_a_returned_act_is_given_again_on_its_text(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", questions=["modules.mandate.act"], form="registration_person", **RETURNED)
    assert talk.ask.path == "modules.mandate.act"
    talk.answer("accept")
    assert talk.ask.path == "registration_person.confirm"


def test_a_form_returned_without_a_question_is_confirmed_again(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff("returned", form="registration_person", **RETURNED)
    assert talk.ask.path == "registration_person.confirm"


def test_a_returned_answer_interrupts_a_quote_and_the_quote_goes_on_after(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.building.dwelling")
    talk.staff("returned", questions=["registration_person.identity.mobile"], **RETURNED)
    talk.answer("+393337654321")
    while talk.ask.path.startswith("registration_person"):
        talk.answer(value=True)
    assert talk.ask.path == "quote_home.building.dwelling"


def test_what_the_agency_says_leaves_the_open_question(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.building.dwelling")
    for what, facts in (
        ("accepted", {"form": "registration_person"}),
        ("issued", {"policy_number": "P-1", "document": "d"}),
        ("rejected", {}),
    ):
        talk.staff(what, **facts)
        assert talk.texts
        assert talk.ask.path == "quote_home.building.dwelling"


def test_with_an_open_offer_the_menu_is_still_seen_at_once(forms: Catalogue) -> None:
    talk = quoted(forms)
    offered = [choice["value"] for choice in talk.ask.choices or ()]
    assert offered == ["quote_home", "policy", "update_card", "modules", "documents", "security", "contact", "complaint", "human"]
    assert view(talk.state, forms, talk.circumstances).input == "radio"
