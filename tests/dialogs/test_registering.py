"""The journey `register`: its order, what it refuses, what it leaves behind."""

import pytest

from dialogs.effects import BindParty, ForgetConversation, KeepRefusalOnly, MailCode, RecordAct, Suspend
from forms.catalogue import Catalogue
from tests.dialogs.driver import EMAIL, PERSON, Talk, at, registered

TYPED = {
    "it": {
        "journey.language": "italiano",
        "journey.goal": "voglio registrarmi",
        "journey.party_kind": "come persona",
        "journey.email": "demetra@example.org",
        "journey.email_code": "246 810",
        "modules.electronic_collection.act": "autorizzo",
        "modules.privacy_insurance.act": "ne ho preso visione",
        "registration_person.identity.family_name": "Esempio",
        "registration_person.identity.given_name": "Demetra",
        "registration_person.identity.sex": "femmina",
        "registration_person.identity.birth_date": "12 marzo 1980",
        "registration_person.identity.birth_country": "Italia",
        "registration_person.identity.birth_municipality": "Napoli",
        "registration_person.identity.citizenship": "italiana",
        "registration_person.identity.tax_code": "smpdtr80c52f839n",
        "registration_person.identity.mobile": "333 1234567",
        "registration_person.identity.landline": "salta",
        "registration_person.identity.pec": "salta",
        "registration_person.identity.emails_other.more": "no",
        "registration_person.document.document_kind": "carta d'identità",
        "registration_person.document.document_number": "CA00000AA",
        "registration_person.document.document_issuer": "Comune di Napoli",
        "registration_person.document.document_issued_on": "10/05/2022",
        "registration_person.document.document_expires_on": "12 marzo 2032",
        "registration_person.document.document_front": "salta",
        "registration_person.document.document_back": "salta",
        "registration_person.residence.street": "Via dell’Esempio",
        "registration_person.residence.house_number": "45",
        "registration_person.residence.postcode": "80134",
        "registration_person.residence.municipality": "napoli",
        "registration_person.residence.province": "NA",
        "registration_person.residence.country": "italia",
        "registration_person.household.marital_status": "/salta",
        "registration_person.household.adults": "due",
        "registration_person.household.minors": "1",
        "registration_person.work.occupation": "Falegname",
        "registration_person.work.employment": "dipendente",
        "registration_person.bank.iban": "salta",
    },
    "en": {
        "journey.language": "english",
        "journey.goal": "register",
        "journey.party_kind": "as a person",
        "journey.email": "demetra@example.org",
        "journey.email_code": "246810",
        "modules.electronic_collection.act": "I accept",
        "modules.privacy_insurance.act": "I have read it",
        "registration_person.identity.family_name": "Esempio",
        "registration_person.identity.given_name": "Demetra",
        "registration_person.identity.sex": "female",
        "registration_person.identity.birth_date": "12 March 1980",
        "registration_person.identity.birth_country": "Italy",
        "registration_person.identity.birth_municipality": "Napoli",
        "registration_person.identity.citizenship": "Italy",
        "registration_person.identity.tax_code": "SMPDTR80C52F839N",
        "registration_person.identity.mobile": "+39 333 1234567",
        "registration_person.identity.landline": "skip",
        "registration_person.identity.pec": "skip",
        "registration_person.identity.emails_other.more": "no",
        "registration_person.document.document_kind": "passport",
        "registration_person.document.document_number": "YA0000000",
        "registration_person.document.document_issuer": "Questura di Napoli",
        "registration_person.document.document_issued_on": "10 May 2022",
        "registration_person.document.document_expires_on": "9 May 2032",
        "registration_person.document.document_front": "skip",
        "registration_person.document.document_back": "skip",
        "registration_person.residence.street": "Via dell’Esempio",
        "registration_person.residence.house_number": "45",
        "registration_person.residence.postcode": "80134",
        "registration_person.residence.municipality": "Napoli",
        "registration_person.residence.province": "NA",
        "registration_person.residence.country": "Italy",
        "registration_person.household.marital_status": "/skip",
        "registration_person.household.adults": "two",
        "registration_person.household.minors": "1",
        "registration_person.work.occupation": "Carpenter",
        "registration_person.work.employment": "employed",
        "registration_person.bank.iban": "skip",
    },
}
YES = {"it": "confermo", "en": "I confirm"}
NO = {"it": "no", "en": "no"}


def test_the_order_is_language_goal_person_email_code_collection_privacy_card_modules_summary(forms: Catalogue) -> None:
    talk = registered(forms)
    sections = list(dict.fromkeys(path.rpartition(".")[0] if path.startswith("registration") else path for path in talk.asked))
    assert sections == [
        "journey.language",
        "journey.goal",
        "journey.party_kind",
        "journey.email",
        "journey.email_code",
        "modules.electronic_collection.act",
        "modules.privacy_insurance.act",
        "registration_person.identity",
        "registration_person.identity.emails_other",
        "registration_person.document",
        "registration_person.residence",
        "registration_person.household",
        "registration_person.work",
        "registration_person.bank",
        "modules.privacy_marketing.act_email",
        "modules.privacy_marketing.act_phone",
        "modules.privacy_marketing.act_messenger",
        "modules.privacy_marketing.act_post",
        "modules.profiling.act",
        "modules.third_parties.act",
        "modules.mandate.act",
        "registration_person",
    ]


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_whole_registration_can_be_typed(forms: Catalogue, language: str) -> None:
    talk = Talk(forms, language)
    for _ in range(80):
        path = talk.ask.path
        if path == "journey.goal" and talk.effects_of(Suspend):
            break
        typed = TYPED[language].get(path) or (YES[language] if talk.ask.type == "confirm" else NO[language])
        talk.say(typed)
        assert not talk.problems, (path, typed, talk.problems)
    [suspended] = talk.effects_of(Suspend)
    assert suspended.language == language
    assert suspended.answers["registration_person.identity.birth_date"] == "1980-03-12"
    assert suspended.answers["registration_person.household.adults"] == 2
    assert "registration_person.identity.landline" not in suspended.answers


def test_a_confirmed_card_is_suspended_with_its_literal_validation_string(forms: Catalogue) -> None:
    talk = registered(forms)
    [suspended] = talk.effects_of(Suspend)
    assert suspended.stamp == f"22/11/26/09/26/53 {EMAIL}"
    assert suspended.stamp in "\n".join(talk.texts)
    assert "R-2026-000417" in "\n".join(talk.texts)
    assert suspended.answers["registration_person.identity.tax_code"] == "SMPDTR80C52F839N"
    assert talk.state.goal is None
    assert "register" not in [choice["value"] for choice in talk.ask.choices or ()]


def test_every_act_is_recorded_on_the_exact_text_shown(forms: Catalogue) -> None:
    talk = registered(forms)
    acts = {act.question: act for act in talk.effects_of(RecordAct)}
    assert acts["modules.electronic_collection.act"].answer == "accept"
    assert acts["modules.privacy_marketing.act_email"].answer == "refuse"
    for act in acts.values():
        assert act.text_sha256 == forms.module(act.module, act.version).text_sha256("it")


def test_nothing_is_mailed_or_bound_before_the_code(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="journey.email_code")
    assert [type(effect) for effect in talk.effects] == [MailCode]
    talk.play(PERSON, until="modules.electronic_collection.act")
    assert [type(effect) for effect in talk.effects] == [MailCode, BindParty]


def test_the_short_privacy_notice_comes_before_the_address_and_the_full_text_on_asking_why(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="journey.email")
    module = forms.module("privacy_insurance")
    assert any(module.words["it"].lead in text for text in talk.texts)
    talk.command("why")
    assert any(module.text("it") in text for text in talk.texts)


def test_the_proved_address_is_not_asked_again(forms: Catalogue) -> None:
    talk = registered(forms)
    assert "registration_person.identity.email" not in talk.asked
    [suspended] = talk.effects_of(Suspend)
    assert suspended.answers["registration_person.identity.email"] == EMAIL


def test_without_electronic_collection_only_the_refusal_is_kept(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**PERSON, "modules.electronic_collection.act": "refuse"})
    [kept] = talk.effects_of(KeepRefusalOnly)
    assert kept.act.answer == "refuse"
    assert talk.outcome.ask is None
    assert talk.state.answers == {}
    assert EMAIL not in talk.state.to_json().decode()
    assert talk.effects_of(RecordAct) == []


def test_under_age_is_told_offered_a_person_and_forgotten(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**PERSON, "registration_person.identity.birth_date": "2010-03-12"})
    assert "18" in talk.problems[0]
    assert talk.circumstances.agency_phone in talk.texts[-1]
    assert talk.outcome.ask is None
    assert talk.effects_of(ForgetConversation)
    assert b"Esempio" not in talk.state.to_json()


def test_an_ended_conversation_takes_nothing_more(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**PERSON, "modules.electronic_collection.act": "refuse"})
    talk.say("ci ho ripensato")
    assert talk.outcome.ask is None
    assert talk.texts
    assert talk.answer("accept", question="modules.electronic_collection.act", shown=None).conflict


def test_only_goals_that_work_are_offered(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="journey.goal")
    assert [choice["value"] for choice in talk.ask.choices or ()] == ["register", "quote_home", "modules", "contact", "complaint", "human"]
    done = registered(forms)
    offered = ["quote_home", "update_card", "modules", "documents", "security", "contact", "complaint", "human"]
    assert [choice["value"] for choice in done.ask.choices or ()] == offered


def test_who_has_given_an_act_may_see_it_before_the_card_is_sent(forms: Catalogue) -> None:
    talk = at(forms, "modules.electronic_collection.act")
    talk.command("menu")
    assert [choice["value"] for choice in talk.ask.choices or ()] == ["register", "contact", "complaint", "human"], "bound, and no act yet"
    talk.play(PERSON, until="modules.privacy_insurance.act")
    talk.command("menu")
    assert [choice["value"] for choice in talk.ask.choices or ()] == ["register", "modules", "contact", "complaint", "human"]
    talk.answer("modules")
    assert talk.ask.path == "consents.act"


def test_the_summary_shows_every_answer_and_act_with_its_path(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.confirm")
    [summary] = [message for message in talk.messages if message["kind"] == "summary"]
    paths = [row["question"] for row in summary["rows"]]  # type: ignore[attr-defined]
    assert "registration_person.identity.family_name" in paths
    assert "modules.privacy_marketing.act_email" in paths
    assert talk.rows()["Data di nascita"] == "12 marzo 1980"


def test_a_tax_code_that_does_not_fit_is_doubted_and_never_blocks(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**PERSON, "registration_person.identity.birth_date": "1980-03-11"}, until="registration_person.identity.tax_code.sure")
    assert talk.ask.path == "registration_person.identity.tax_code.sure"
    talk.answer(value=False)
    assert talk.ask.path == "registration_person.identity.tax_code"
    talk.answer("SMPDTR80C52F839N")
    talk.answer(value=True)
    assert talk.ask.path == "registration_person.identity.mobile"


def test_homonym_municipalities_are_asked_again_as_choices(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.identity.birth_municipality")
    talk.answer("Castro")
    assert talk.ask.path == "registration_person.identity.birth_municipality"
    assert {choice["label"] for choice in talk.ask.choices or ()} >= {"Castro (BG)", "Castro (LE)"}
    talk.answer((talk.ask.choices or ())[0]["value"])
    assert talk.ask.path == "registration_person.identity.citizenship"


def test_one_is_110_until_the_day_before_turning_111(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.birth_date")
    assert (talk.ask.min, talk.ask.max) == ("1915-11-23", "2008-11-22")
    talk.answer("1915-11-22")
    assert talk.problems == ["Con questa data avresti 111 anni. Controlla l’anno."]
    talk.answer("1915-11-23")
    assert not talk.problems
    assert talk.state.answers["registration_person.identity.birth_date"] == "1915-11-23"


def test_of_a_document_that_has_expired_the_new_ones_date_is_asked(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.document.document_expires_on")
    talk.answer("2026-11-22")
    assert talk.problems == ["Questo documento scade oggi. Scrivi la scadenza di quello nuovo, o «operatore» se non ce l’hai ancora."]
    talk.say("3 maggio 2020")
    assert talk.problems[0].startswith("Questo documento è scaduto il 3 maggio 2020. Scrivi la scadenza di quello nuovo")
    talk.say("operatore")
    assert talk.ask.path == "contact.phone"
