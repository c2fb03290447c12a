"""A company's way through `register`: answered for by its representative, in the order of a person's (S0-07; docs/decisions/0013)."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from dialogs.effects import BindParty, DecideOffer, ForgetConversation, MailCode, RecordAct, Suspend
from dialogs.events import OpenOffer, TextSaid
from dialogs.state import Returned
from forms.catalogue import Catalogue
from tests.dialogs.driver import CODE, COMPANY, COMPANY_HOME, EMAIL, HOME, PERSON, Registry, Talk, registered

FORM = "registration_company"
NAME, STREET = f"{FORM}.company.company_name", f"{FORM}.seat.street"
OWNERS = f"{FORM}.owners.owners"


def at(forms: Catalogue, path: str, **other: object) -> Talk:
    talk = Talk(forms)
    talk.play({**COMPANY, **other}, until=path)
    assert talk.ask.path == path, (talk.ask.path, talk.problems)
    return talk


def test_a_company_s_card_is_suspended_whole(forms: Catalogue) -> None:
    talk = registered(forms, COMPANY)
    [suspended] = talk.effects_of(Suspend)
    assert suspended.form == FORM
    told = {key: value for key, value in suspended.answers.items() if not key.endswith(".more")}
    assert told == {key: value for key, value in COMPANY.items() if key.startswith(FORM) and not key.endswith(".more")} | {
        f"{FORM}.company.email": EMAIL
    }
    assert talk.state.closing is not None
    assert "I dati dell’impresa sono in sospeso" in "\n".join(talk.texts)


def test_the_order_is_a_person_s(forms: Catalogue) -> None:
    """E-mail proved, collection authorised and privacy notice seen before anything of the card; the other modules after it."""
    talk = registered(forms, COMPANY)
    order = [path for path in talk.asked if path.startswith(("journey.", "modules.")) or path in {NAME, f"{FORM}.confirm"}]
    person = registered(forms)
    expected = [
        path.replace("registration_person.identity.family_name", NAME).replace("registration_person", FORM) for path in person.asked
    ]
    assert order == [path for path in expected if path in order]
    kinds = [type(effect) for effect in talk.effects if isinstance(effect, MailCode | BindParty | RecordAct | Suspend)]
    assert kinds[:3] == [MailCode, BindParty, RecordAct]


def test_nothing_of_a_person_s_card_is_asked(forms: Catalogue) -> None:
    assert not [path for path in registered(forms, COMPANY).asked if path.startswith("registration_person.")]


def test_some_fifty_questions_are_promised_and_asked(forms: Catalogue) -> None:
    asked = {path for path in registered(forms, COMPANY).asked if path.startswith(f"{FORM}.") and not path.endswith(".confirm")}
    assert 45 <= len(asked) <= 60


@pytest.mark.parametrize("words", ["impresa", "per un’impresa", "azienda", "società"])
def test_a_company_is_said_in_words(forms: Catalogue, words: str) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="journey.party_kind")
    talk.say(words)
    assert talk.state.answers["journey.party_kind"] == "company", talk.problems
    assert any("rappresenta" in text for text in talk.texts)


def test_the_kind_can_be_changed_until_something_is_sent(forms: Catalogue) -> None:
    talk = at(forms, NAME)
    talk.command("change", "journey.party_kind")
    talk.answer("person")
    assert talk.ask.path == "registration_person.identity.family_name"
    assert talk.state.answers["registration_person.identity.email"] == EMAIL
    talk.command("change", "journey.party_kind")
    talk.answer("company")
    assert talk.ask.path == NAME
    sent = registered(forms, COMPANY)
    sent.command("change", "journey.party_kind")
    assert sent.state.answers["journey.party_kind"] == "company"
    assert sent.problems


def test_the_legal_form_decides_what_may_be_skipped(forms: Catalogue) -> None:
    vat = f"{FORM}.company.vat_number"
    talk = at(forms, vat)
    assert talk.ask.required
    talk.command("skip")
    assert talk.problems
    other = at(forms, vat, **{f"{FORM}.company.legal_form": "association"})
    assert not other.ask.required
    other.command("skip")
    assert other.ask.path == f"{FORM}.company.tax_code"


def test_another_legal_form_opens_what_was_skipped(forms: Catalogue) -> None:
    vat, legal_form = f"{FORM}.company.vat_number", f"{FORM}.company.legal_form"
    talk = at(forms, vat, **{legal_form: "association"})
    talk.command("skip")
    talk.answer("97103880585")
    talk.command("change", legal_form)
    talk.answer("srl")
    assert talk.ask.path == vat
    assert talk.ask.required


def test_an_owner_of_a_quarter_is_a_doubt_that_a_yes_keeps(forms: Catalogue) -> None:
    talk = at(forms, f"{OWNERS}.1.owner_share")
    talk.say("25%")
    assert talk.ask.path == f"{OWNERS}.1.owner_share.sure"
    assert "25\u00a0%" in talk.ask.text
    talk.answer(value=True)
    assert talk.state.answers[f"{OWNERS}.1.owner_share"] == "25"


def test_no_further_owner_is_not_shown_as_no_owner(forms: Catalogue) -> None:
    talk = at(forms, f"{FORM}.owners.confirm")
    assert talk.rows()["Altri titolari effettivi"] == "No"
    assert "Titolare effettivo" not in talk.rows()
    nobody = {key: value for key, value in COMPANY.items() if ".owners." not in key}
    talk = Talk(forms)
    talk.play(nobody, until=f"{FORM}.owners.confirm")
    assert talk.rows()["Titolare effettivo"] == "No"


def test_shares_over_the_whole_are_a_doubt(forms: Catalogue) -> None:
    second = {f"{OWNERS}.2.owner_name": "Mario Demo"}
    talk = at(forms, f"{OWNERS}.2.owner_share", **second)
    talk.say("50")
    assert talk.ask.path == f"{OWNERS}.2.owner_share.sure"
    talk.answer(value=False)
    talk.say("40")
    assert talk.ask.path == f"{OWNERS}.more"


def test_without_an_owner_it_is_whoever_manages(forms: Catalogue) -> None:
    """The representative is proposed, never taken without an answer."""
    talk = at(forms, f"{OWNERS}.more")
    talk.say("no")
    assert talk.ask.path == f"{FORM}.owners.managed_by"
    assert talk.ask.value == "Demetra Esempio"
    assert f"{FORM}.owners.managed_by" not in talk.state.answers


def test_who_represents_a_company_is_of_age(forms: Catalogue) -> None:
    talk = at(forms, f"{FORM}.representative.representative_birth_date")
    talk.answer("2015-05-01")
    assert talk.state.ended == "under_age"
    assert talk.effects_of(ForgetConversation)


def test_who_represents_a_company_may_be_110(forms: Catalogue) -> None:
    talk = at(forms, f"{FORM}.representative.representative_birth_date")
    talk.answer("1915-11-22")
    assert talk.problems == ["Con questa data avresti 111 anni. Controlla l’anno."]
    talk.answer("1915-11-23")
    assert not talk.problems


def test_a_company_is_known_again_by_its_address(forms: Catalogue) -> None:
    registry = Registry()
    registered(forms, COMPANY, registry=registry)
    back = Talk(forms, registry=registry)
    back.play(PERSON)
    assert any("Officine Demo S.r.l." in text for text in back.texts)
    assert any("un altro indirizzo" in text for text in back.texts)
    assert back.state.answers["journey.party_kind"] == "company"
    assert back.state.answers[NAME] == "Officine Demo S.r.l."


def test_a_draft_of_another_kind_is_not_gone_on_with_once_a_card_was_sent(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    registered(forms, PERSON, registry=talk.registry)
    talk.command("menu")
    assert any("ha già una scheda" in text for text in talk.texts)
    assert "register" not in [choice["value"] for choice in talk.ask.choices or ()]


def test_a_draft_goes_on_in_another_browser(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    known = replace(talk.registry.parties[EMAIL], elsewhere=talk.state.to_json())
    registry = Registry({EMAIL: known})
    other = Talk(forms, registry=registry)
    other.play({key: value for key, value in COMPANY.items() if key.startswith(("journey.", "modules."))})
    assert other.ask.path == STREET


def test_a_stranger_who_asks_for_a_quote_first_may_still_be_a_company(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**HOME}, until="journey.email_code")
    talk.answer(CODE)
    talk.answer("register")
    assert talk.ask.path == "journey.party_kind"
    talk.play({key: value for key, value in COMPANY.items() if key != "journey.goal"}, until=f"{FORM}.company.emails_other.more")
    assert f"{FORM}.company.email" not in talk.asked
    assert talk.state.answers[f"{FORM}.company.email"] == EMAIL


def quoting(forms: Catalogue, path: str) -> Talk:
    talk = registered(forms, COMPANY)
    talk.play(COMPANY_HOME, until=path)
    assert talk.ask.path == path, (talk.ask.path, talk.problems)
    return talk


def test_a_company_s_quote_is_priced_and_suspended(forms: Catalogue) -> None:
    """As a person's, but for what only a household has (S0-37)."""
    talk = quoting(forms, "quote_home.confirm")
    assert "Responsabilità di chi possiede la casa" in talk.rows()
    talk.answer(value=True)
    *_, sent = talk.effects_of(Suspend)
    told = {key.rpartition(".")[2] for key in sent.answers}
    assert (sent.form, bool(sent.premium_cents)) == ("quote_home", True)
    assert not {"adults", "minors", "animals", "helpers", "vehicles"} & told


def test_a_company_is_asked_in_its_own_words(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.building.use")
    assert "main_home" not in [choice["value"] for choice in talk.ask.choices or ()]
    assert talk.ask.choices is not None
    assert {"value": "second_home", "label": "La usa l’impresa"}.items() <= talk.ask.choices[0].items()
    talk.say("foresteria")
    assert talk.state.answers["quote_home.building.use"] == "second_home"


def test_a_company_is_proposed_covers_of_its_own(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.covers.covers")
    assert talk.ask.value == ["fire", "weather", "water", "electrical", "theft", "owner_liability"]
    talk.answer(["fire", "family_liability"])
    assert talk.ask.path == "quote_home.covers.covers"
    assert talk.problems


@pytest.mark.parametrize("path", ["quote_home.card_confirm", "modules.needs.act", "quote_home.confirm"])
def test_every_act_says_for_whom_and_in_which_capacity(forms: Catalogue, path: str) -> None:
    """And what was shown is hashed with it."""
    talk = quoting(forms, path)
    assert "per conto di Officine Demo S.r.l., come Esempio Demetra (Amministratrice unica, firma libera)" in (talk.ask.hint or "")
    person = registered(forms)
    person.play(HOME, until=path)
    assert "per conto di" not in (person.ask.hint or "")


def test_acts_before_the_card_name_nobody_yet(forms: Catalogue) -> None:
    assert "per conto di" not in (at(forms, "modules.privacy_insurance.act").ask.hint or "")
    assert "per conto di Officine Demo S.r.l." in (at(forms, "modules.mandate.act").ask.hint or "")


def test_a_company_s_offer_is_accepted_on_its_behalf(forms: Catalogue) -> None:
    talk = registered(forms, COMPANY)
    talk.registry.offer(EMAIL, OpenOffer("o-1", "s-1", 46_287, date(2026, 12, 20)))
    talk.staff("quoted", offer="o-1", submission="s-1", premium_cents=46_287, valid_until="2026-12-20", reason="")
    talk.play({"journey.goal": "policy"}, until="offer.act")
    assert "per conto di Officine Demo S.r.l." in (talk.ask.hint or "")
    talk.answer("accept")
    assert [effect.answer for effect in talk.effects_of(DecideOffer)] == ["accept"]


def test_whoever_turns_from_a_person_into_a_company_is_asked_as_one(forms: Catalogue) -> None:
    """Their abandoned card of a person neither proposes nor prefills anything."""
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.work.occupation")
    talk.command("change", "journey.party_kind")
    talk.answer("company")
    talk.play(COMPANY)
    talk.play(COMPANY_HOME, until="quote_home.place.same_address")
    assert talk.ask.value is None
    assert "sede" in talk.ask.text


def test_a_company_is_asked_again_only_what_came_back(forms: Catalogue) -> None:
    talk = registered(forms, COMPANY)
    talk.staff("returned", submission="s-1", form=FORM, questions=[STREET], reason="Manca il tipo di via.", colleague="Demo Agente")
    assert talk.state.returned == Returned("s-1", FORM, (STREET,), "Manca il tipo di via.", "Demo Agente")
    assert talk.ask.path == STREET
    talk.say("Piazza dell’Esempio")
    assert talk.ask.path == f"{FORM}.seat.confirm"
    talk.answer(value=True)
    assert talk.ask.path == f"{FORM}.confirm"
    talk.answer(value=True)
    [_, again] = talk.effects_of(Suspend)
    assert (again.submission, again.answers[STREET]) == ("s-1", "Piazza dell’Esempio")
    talk.staff("accepted", submission="s-1", form=FORM)
    assert talk.state.client.registration == "accepted"


def test_an_old_conversation_at_a_person_s_card_goes_on(forms: Catalogue) -> None:
    """Bound before there were companies, by a quote asked for first: nobody asked which kind."""
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.residence.street")
    answers = {key: value for key, value in talk.state.answers.items() if key != "journey.party_kind"}
    talk.state = structs.replace(talk.state, answers=answers)
    talk.outcome = structs.replace(talk.outcome, state=talk.state, left=None)
    talk.send(TextSaid("Via dell’Esempio"))
    assert talk.ask.path == "registration_person.residence.house_number"
