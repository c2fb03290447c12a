"""A card that a colleague has prepared (S0-08): each value is proposed at its question, kept or changed by the customer's own answer, and told
with its origin; nothing of it counts before."""

from dataclasses import replace

from msgspec import structs

from dialogs.effects import CompleteCard, EndPrepared, Suspend
from dialogs.events import KnownPrepared
from dialogs.view import view
from forms.catalogue import Catalogue
from forms.types.base import Wire
from tests.dialogs.driver import EMAIL, NOW, PERSON, Talk, registered
from tests.dialogs.test_quoting import OFFER, RETURNED

CARD = "registration_person"
NAME, STREET, BORN = f"{CARD}.identity.family_name", f"{CARD}.residence.street", f"{CARD}.identity.birth_date"
IBAN, NUMBER = f"{CARD}.bank.iban", f"{CARD}.document.document_number"
LANDLINE = f"{CARD}.identity.landline"
PREPARED: dict[str, Wire] = {NAME: "Esempio", STREET: "Via Sbagliata", IBAN: "IT60X0542811101000000123456"}


def prepared(form: str = CARD, file: str = "", **values: Wire) -> KnownPrepared:
    return KnownPrepared("card-1", form, values or PREPARED, "Anna Demo", file, NOW)


def telling(forms: Catalogue, path: str, known: KnownPrepared | None = None, **changes: object) -> Talk:
    """Somebody who registers with an address for which a card was prepared, as far as that question."""
    talk = Talk(forms, prepared=known or prepared(), **changes)
    talk.play(PERSON, until=path)
    assert talk.ask.path == path
    return talk


def test_a_prepared_value_is_shown_at_its_question_with_who_prepared_it(forms: Catalogue) -> None:
    talk = telling(forms, NAME)
    assert talk.ask.value == "Esempio"
    assert talk.ask.hint is not None
    assert "Anna Demo, Agenzia Demo" in talk.ask.hint.translate(ISOLATES)
    assert any("3 dei tuoi dati" in text.translate(ISOLATES) for text in talk.texts)
    talk.answer("Esempio")
    assert not any("dei tuoi dati" in text for text in talk.texts), "said once"


def test_nothing_is_proposed_before_the_address_is_proved_and_collection_authorised(forms: Catalogue) -> None:
    talk = Talk(forms, prepared=prepared())
    for path in ("journey.email", "journey.email_code", "modules.electronic_collection.act", "modules.privacy_insurance.act"):
        talk.play(PERSON, until=path)
        assert "Esempio" not in f"{talk.ask.value}{talk.texts}"
        assert not any("Anna Demo" in text for text in talk.texts)


def test_a_prepared_value_is_no_answer_until_the_customer_gives_it(forms: Catalogue) -> None:
    talk = telling(forms, NAME)
    assert not any(key.startswith(f"{CARD}.identity.family") for key in talk.state.answers)
    assert talk.effects_of(Suspend) == []


def test_who_typed_what_stands_in_the_summary_and_goes_with_what_is_sent(forms: Catalogue) -> None:
    """Kept, changed, and typed unprompted."""
    talk = telling(forms, f"{CARD}.confirm")
    rows = {label: value.translate(ISOLATES) for label, value in talk.rows().items()}
    assert rows["Cognome"] == "Esempio (preparato da Anna Demo, Agenzia Demo, tenuto da te)"
    assert rows["Via"] == "Via dell’Esempio (preparato diversamente da Anna Demo, Agenzia Demo, cambiato da te)"
    assert rows["Nome"] == "Demetra"
    shown = view(talk.state, forms, talk.circumstances)
    assert [row.origin != "" for group in shown.groups for row in group.rows if row.question in {NAME, f"{CARD}.identity.given_name"}] == [
        True,
        False,
    ]
    talk.answer(True)
    (sent,) = talk.effects_of(Suspend)
    assert {path: origin.is_kept for path, origin in sent.origins.items()} == {NAME: True, STREET: False, IBAN: True}
    assert {origin.colleague for origin in sent.origins.values()} == {"Anna Demo"}
    assert talk.effects_of(EndPrepared) == [EndPrepared("card-1", "used")]


def test_what_was_confirmed_is_bound_to_the_origins_shown(forms: Catalogue) -> None:
    with_origins, without = telling(forms, f"{CARD}.confirm"), Talk(forms)
    without.play(PERSON, until=f"{CARD}.confirm")
    assert with_origins.ask.shown != without.ask.shown


def test_what_the_customer_had_answered_before_stays_and_is_theirs(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until=f"{CARD}.identity.sex")
    talk.command("menu")
    talk.circumstances = structs.replace(talk.circumstances, prepared=prepared(**{NAME: "Altro", STREET: "Via Sbagliata"}))
    talk.play(PERSON, until=f"{CARD}.confirm")
    rows = talk.rows()
    assert rows["Cognome"] == "Esempio"
    assert "Anna Demo" in rows["Via"]


def test_a_sensitive_value_is_not_told_in_other_peoples_hands(forms: Catalogue) -> None:
    """S0-08 on a messenger: the question itself is answered on our own page."""
    talk = telling(forms, IBAN)
    assert "IT60" in str(talk.ask.hint)
    hidden = view(talk.state, forms, structs.replace(talk.circumstances, messenger=True)).ask
    assert hidden is not None
    assert "IT60" not in str(hidden.hint)
    assert "Anna Demo" in str(hidden.hint)


def test_a_value_of_today_that_was_right_once_is_refused_when_it_is_kept(forms: Catalogue) -> None:
    expires = f"{CARD}.document.document_expires_on"
    talk = telling(forms, expires, prepared(**{expires: "2026-11-21"}))
    talk.answer(talk.ask.value)
    assert talk.problems
    assert talk.ask.path == expires


def test_a_card_prepared_for_a_company_is_not_put_to_a_person(forms: Catalogue) -> None:
    talk = telling(forms, NAME, prepared("registration_company", **{"registration_company.company.company_name": "Officine Demo"}))
    assert talk.ask.value is None
    assert any("per un’impresa o un ente" in text.translate(ISOLATES) for text in talk.texts)


def test_a_card_of_the_other_kind_outlives_what_is_confirmed_beside_it(forms: Catalogue) -> None:
    """Prepared for a company at the address of a person: nobody has looked at it."""
    of_a_company = prepared("registration_company", **{"registration_company.company.company_name": "Officine Demo"})
    talk = telling(forms, f"{CARD}.confirm", of_a_company)
    talk.answer(True)
    assert len(talk.effects_of(Suspend)) == 1
    talk.answer("update_card")
    talk.answer(True)
    assert talk.ask.path == "journey.goal"
    assert talk.effects_of(EndPrepared) == []


def test_a_value_from_a_file_names_the_file_and_who_released_it(forms: Catalogue) -> None:
    talk = telling(forms, NAME, prepared(file="clienti.csv", **{NAME: "Esempio"}))
    assert "Anna Demo, Agenzia Demo (da «clienti.csv»)" in str(talk.ask.hint).translate(ISOLATES)


def test_what_has_ended_meanwhile_proposes_nothing_more_and_what_was_kept_is_still_told(forms: Catalogue) -> None:
    talk = telling(forms, f"{CARD}.identity.given_name")
    talk.circumstances = structs.replace(talk.circumstances, prepared=None)
    talk.command("menu")
    talk.play(PERSON, until=STREET)
    assert talk.ask.value is None
    assert "Anna Demo" in talk.play(PERSON, until=f"{CARD}.confirm").messages.__repr__()


# of a card that is there already


def updating(forms: Catalogue, **values: Wire) -> Talk:
    """A customer with a card, for whom corrections were prepared."""
    talk = registered(forms)
    talk.circumstances = structs.replace(talk.circumstances, prepared=prepared(**values))
    talk.command("menu")
    return talk


def test_of_a_card_already_sent_what_differs_is_proposed_under_my_card(forms: Catalogue) -> None:
    talk = updating(forms, **{NAME: "Esempio", STREET: "Via Nuova"})
    assert any("correzione" in text for text in talk.texts)
    talk.answer("update_card")
    assert (talk.ask.path, talk.ask.value, talk.ask.required) == (STREET, "Via Nuova", False)
    assert "Via dell’Esempio" in str(talk.ask.hint)
    talk.answer("Via Nuova")
    assert talk.ask.path == "update_card.confirm"
    assert talk.effects_of(CompleteCard) == []
    talk.answer(True)
    (sent,) = talk.effects_of(CompleteCard)
    assert sent.answers == {STREET: "Via Nuova"}
    assert {path: origin.is_kept for path, origin in sent.origins.items()} == {STREET: True}
    assert talk.effects_of(EndPrepared)[-1] == EndPrepared("card-1", "used")


def test_one_tap_leaves_the_card_as_it_was(forms: Catalogue) -> None:
    talk = updating(forms, **{STREET: "Via Nuova"})
    talk.answer("update_card")
    assert view(talk.state, forms, talk.circumstances).can_skip
    talk.command("skip")
    assert talk.ask.path == "update_card.confirm"
    talk.answer(True)
    assert talk.effects_of(CompleteCard) == []
    assert talk.state.answers[STREET] == "Via dell’Esempio"
    assert talk.effects_of(EndPrepared)[-1] == EndPrepared("card-1", "declined")


def test_a_correction_answered_otherwise_is_the_customers(forms: Catalogue) -> None:
    talk = updating(forms, **{STREET: "Via Nuova"})
    talk.answer("update_card")
    talk.answer("Via Terza")
    talk.answer(True)
    (sent,) = talk.effects_of(CompleteCard)
    assert (sent.answers[STREET], sent.origins[STREET].is_kept) == ("Via Terza", False)


def lacking_number(forms: Catalogue, **values: Wire) -> Talk:
    """A customer who wants the policy offered and whose card lacks what is prepared, as far as that question."""
    registry = registered(forms).registry
    known = registry.parties[EMAIL]
    registry.parties[EMAIL] = replace(known, card={path: value for path, value in known.card.items() if path != NUMBER})
    registry.offer(EMAIL, OFFER, missing=("policyholder_document_number",))
    talk = Talk(forms, registry=registry, prepared=prepared(**values))
    talk.play({**PERSON, "journey.goal": "quote_home"}, until="quote_home.card_confirm")
    talk.command("menu")
    talk.answer("policy")
    return talk


def test_what_a_policy_lacks_and_somebody_has_prepared_is_confirmed_with_its_sheet(forms: Catalogue) -> None:
    """S0-08: a tap at the question alone sends nothing of it."""
    talk = lacking_number(forms, **{NUMBER: "CA00000AA"})
    assert (talk.ask.path, talk.ask.value) == (NUMBER, "CA00000AA")
    talk.answer("CA00000AA")
    assert talk.effects_of(CompleteCard) == []
    assert talk.ask.path == "update_card.confirm"
    assert "Anna Demo" in str(talk.rows())
    shown = talk.ask.shown
    talk.answer(True)
    (sent,) = talk.effects_of(CompleteCard)
    assert (sent.answers, sent.shown, sent.origins[NUMBER].is_kept) == ({NUMBER: "CA00000AA"}, shown, True)
    assert talk.effects_of(EndPrepared)[-1] == EndPrepared("card-1", "used")
    assert talk.ask.path == "offer.act"


def test_a_card_prepared_is_not_over_while_some_of_it_waits_to_be_decided_on(forms: Catalogue) -> None:
    """The policy asked for one of two."""
    talk = lacking_number(forms, **{NUMBER: "CA00000AA", STREET: "Via Nuova"})
    talk.answer("CA00000AA")
    talk.answer(True)
    assert talk.effects_of(EndPrepared) == []
    talk.command("menu")
    talk.answer("update_card")
    assert talk.ask.path == STREET


def test_what_was_kept_and_later_corrected_unprompted_is_the_customers(forms: Catalogue) -> None:
    trade = f"{CARD}.work.occupation"
    talk = telling(forms, f"{CARD}.confirm", prepared(**{trade: "Falegname", STREET: "Via dell’Esempio"}))
    talk.answer(True)
    talk.circumstances = structs.replace(talk.circumstances, prepared=None)
    talk.answer("update_card")
    talk.command("change", trade)
    talk.answer("Liutaia")
    rows = talk.rows()
    assert rows["Professione"] == "Liutaia"
    assert "Anna Demo" in rows["Via"]
    talk.answer(True)
    (sent,) = talk.effects_of(CompleteCard)
    assert sent.origins == {}


def test_what_was_kept_and_is_sent_back_and_answered_anew_is_the_customers(forms: Catalogue) -> None:
    talk = telling(forms, f"{CARD}.confirm", prepared(**{NAME: "Esempio", STREET: "Via dell’Esempio"}))
    talk.answer(True)
    talk.circumstances = structs.replace(talk.circumstances, prepared=None)
    talk.staff("returned", questions=[STREET], **RETURNED)
    talk.answer("Via Terza")
    talk.play(PERSON, until=f"{CARD}.confirm")
    assert talk.rows()["Via"] == "Via Terza"
    talk.answer(True)
    again = talk.effects_of(Suspend)[-1]
    assert again.submission is not None
    assert {path: origin.is_kept for path, origin in again.origins.items()} == {NAME: True}


def test_a_newer_card_for_the_address_leaves_what_was_answered_by_the_former(forms: Catalogue) -> None:
    talk = telling(forms, f"{CARD}.identity.given_name")
    newer = KnownPrepared("card-2", CARD, {NAME: "Altro", STREET: "Via Nuova"}, "Demo Altra", "", NOW)
    talk.circumstances = structs.replace(talk.circumstances, prepared=newer)
    talk.command("menu")
    talk.play(PERSON, until=STREET)
    assert talk.ask.value == "Via Nuova"
    talk.play(PERSON, until=f"{CARD}.confirm")
    talk.answer(True)
    (sent,) = talk.effects_of(Suspend)
    assert {path: origin.colleague for path, origin in sent.origins.items()} == {NAME: "Anna Demo", STREET: "Demo Altra"}


def test_a_card_of_another_kind_is_not_put_to_a_customer(forms: Catalogue) -> None:
    """An address is for one card."""
    talk = registered(forms)
    of_a_company = prepared("registration_company", **{"registration_company.company.company_name": "Officine Demo"})
    talk.circumstances = structs.replace(talk.circumstances, prepared=of_a_company)
    talk.command("menu")
    talk.answer("update_card")
    assert talk.state.prepared is None
    assert talk.ask.path == "update_card.confirm"


def test_a_prepared_card_binds_to_its_address_alone(forms: Catalogue) -> None:
    """Nobody is known by it: no party, no card."""
    talk = telling(forms, NAME)
    assert talk.registry.parties[EMAIL].card == {}
    assert talk.registry.parties[EMAIL].registration is None


ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
