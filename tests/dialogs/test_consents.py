"""What was agreed to is taken back as easily as it was given (GDPR 7(3)), with a receipt of its own (S0-23)."""

import pytest

from dialogs import wording
from dialogs.effects import ChangeConsents
from forms.catalogue import Catalogue
from rules.languages import LANGUAGES
from tests.dialogs.driver import CODE, EMAIL, HOME, PERSON, Registry, Script, Talk
from tests.forms.content.shipped import catalogue_in_all

pytestmark = pytest.mark.slow

BY_MAIL, BY_PHONE = "modules.privacy_marketing.act_email", "modules.privacy_marketing.act_phone"
GAVE: Script = {**PERSON, BY_MAIL: "accept", BY_PHONE: "accept", "modules.profiling.act": "accept"}
LOOK: Script = {"journey.language": "it", "journey.goal": "modules", "journey.email": EMAIL, "journey.email_code": CODE}


@pytest.fixture(scope="module")
def gave(forms: Catalogue) -> Registry:
    """A customer who agreed to offers by mail and telephone, and to profiling."""
    talk = Talk(forms)
    talk.play(GAVE)
    return talk.registry


def of(registry: Registry) -> Registry:
    return Registry(dict(registry.parties))


def looking(forms: Catalogue, registry: Registry, **changes: object) -> Talk:
    talk = Talk(forms, registry=of(registry), **changes)
    talk.play(LOOK, until="consents.act")
    return talk


def withdrawn(talk: Talk) -> list[str]:
    return [act.question for effect in talk.effects_of(ChangeConsents) for act in effect.acts if act.answer == "withdrawn"]


def test_the_list_shows_what_was_decided_and_a_button_for_each_yes(forms: Catalogue, gave: Registry) -> None:
    talk = looking(forms, gave)
    assert talk.ask.path == "consents.act"
    labels = {choice["value"]: choice["label"] for choice in talk.ask.choices or ()}
    assert labels[BY_MAIL] == "Revoca: Offerte per e-mail"
    assert labels["modules.privacy_marketing.act_post"] == "Leggi e decidi: Offerte per posta"
    assert {"all", "done", "modules.mandate.act", "modules.electronic_collection.act"} <= labels.keys()
    assert not {"modules.privacy_insurance.act", "modules.needs.act"} & labels.keys(), "what was seen or stated is not taken back"
    assert talk.rows()["Offerte per e-mail"].startswith("Sì, acconsento")


def test_one_tap_takes_it_back_and_one_is_where_one_was(forms: Catalogue, gave: Registry) -> None:
    talk = looking(forms, gave)
    talk.answer(BY_MAIL)
    assert withdrawn(talk) == [BY_MAIL]
    assert talk.ask.path == "journey.goal"
    assert any(
        "Hai revocato: Offerte per e-mail" in text and "R-2026-000417" in text and "22/11/26/09/26/53" in text for text in talk.texts
    )
    talk.answer("modules")
    assert talk.rows()["Offerte per e-mail"].startswith("Revocato")
    assert talk.rows()["Offerte per telefono"].startswith("Sì, acconsento")


def test_the_act_names_the_text_that_had_been_agreed_to(forms: Catalogue, gave: Registry) -> None:
    talk = looking(forms, gave)
    shown = talk.ask.shown
    talk.answer(BY_MAIL)
    [effect] = talk.effects_of(ChangeConsents)
    assert effect.shown == shown
    assert effect.acts[0].text_sha256 == forms.module("privacy_marketing").text_sha256("it")
    assert (effect.acts[0].version, effect.acts[0].kind) == ("1", "consent")


def test_all_consents_at_once_leave_what_a_policy_hangs_on(forms: Catalogue, gave: Registry) -> None:
    talk = looking(forms, gave)
    talk.answer("all")
    assert set(withdrawn(talk)) == {BY_MAIL, BY_PHONE, "modules.profiling.act"}
    assert len(talk.effects_of(ChangeConsents)) == 1, "one receipt"


@pytest.mark.parametrize("argument", [BY_MAIL, "offerte per e-mail", "le offerte per e-mail"])
def test_a_command_takes_it_back_in_one_step(forms: Catalogue, gave: Registry, argument: str) -> None:
    talk = Talk(forms, registry=of(gave))
    talk.play({**HOME, **LOOK, "journey.goal": "quote_home"}, until="quote_home.card_confirm")
    talk.command("withdraw", argument)
    assert withdrawn(talk) == [BY_MAIL]
    assert talk.ask.path == "quote_home.card_confirm"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "revoca le offerte per e-mail"),
        ("en", "withdraw offers by e-mail"),
        ("es", "retirar ofertas por correo electrónico"),
        ("fa", "پیشنهاد با ایمیل را پس می‌گیرم"),
        ("ru", "отозвать согласие на реклама по электронной почте"),
        ("zh", "撤回电子邮件推广"),
    ],
)
def test_it_is_taken_back_in_words_in_every_language(gave: Registry, language: str, words: str) -> None:
    talk = looking(catalogue_in_all(), gave, languages=LANGUAGES)
    talk.command("language", language)
    talk.command("menu")
    talk.say(words)
    assert withdrawn(talk) == [BY_MAIL]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_that_the_modules_promise_opens_the_list(gave: Registry, language: str) -> None:
    talk = looking(catalogue_in_all(), gave, languages=LANGUAGES)
    talk.command("language", language)
    talk.command("menu")
    talk.say({"it": "consensi", "en": "consents", "es": "consentimientos", "fa": "رضایت‌ها", "ru": "согласия", "zh": "撤回同意"}[language])
    assert talk.ask.path == "consents.act"
    talk.say(wording.say(language, "consents.done"))
    assert talk.ask.path == "journey.goal"
    assert withdrawn(talk) == []


def test_who_has_not_proved_an_address_does_that_first(forms: Catalogue, gave: Registry) -> None:
    talk = Talk(forms, registry=of(gave))
    talk.answer("it")
    talk.say("revoca")
    assert talk.ask.path == "journey.email"
    talk.answer(EMAIL)
    talk.answer(CODE)
    assert talk.ask.path == "consents.act"


def test_a_stranger_has_nothing_to_take_back(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(LOOK)
    assert any("non c’è niente da revocare" in text for text in talk.texts)
    assert talk.ask.path == "journey.goal"


def test_it_can_be_given_after_all_on_the_whole_text_with_a_receipt(forms: Catalogue, gave: Registry) -> None:
    talk = looking(forms, gave)
    talk.answer("modules.privacy_marketing.act_post")
    assert talk.ask.path == "modules.privacy_marketing.act_post"
    assert any(forms.module("privacy_marketing").text("it") in text for text in talk.texts)
    talk.answer("accept")
    [effect] = talk.effects_of(ChangeConsents)
    assert [(act.question, act.answer) for act in effect.acts] == [("modules.privacy_marketing.act_post", "accept")]
    assert talk.ask.path == "journey.goal"
    talk.answer("modules")
    assert talk.rows()["Offerte per posta"].startswith("Sì, acconsento")


def test_a_quote_that_was_being_told_goes_on_afterwards(forms: Catalogue, gave: Registry) -> None:
    talk = Talk(forms, registry=of(gave))
    talk.play({**HOME, **LOOK, "journey.goal": "quote_home"}, until="quote_home.building.area_m2")
    talk.command("consents")
    talk.answer("all")
    assert talk.ask.path == "quote_home.building.area_m2"
    asked = len(talk.asked)
    talk.play(HOME)
    assert not [path for path in talk.asked[asked:] if path.startswith("modules.privacy_marketing")], "nobody is asked for it again"


def test_without_electronic_collection_nothing_goes_on(forms: Catalogue, gave: Registry) -> None:
    talk = looking(forms, gave)
    talk.answer("modules.electronic_collection.act")
    assert any("Senza questa autorizzazione" in text for text in talk.texts)
    talk.play(HOME, until="modules.electronic_collection.act")
    assert talk.ask.path == "modules.electronic_collection.act"


def test_a_yes_that_has_lapsed_is_asked_again_and_a_no_is_not(forms: Catalogue, gave: Registry) -> None:
    """Marketing after 24 months, profiling after 12."""
    talk = Talk(forms, registry=of(gave))
    talk.wait(days=400)
    talk.play({**HOME, **LOOK, "journey.goal": "quote_home", "quote_home.needs.starts_on": "2028-01-10"}, until="modules.profiling.act")
    assert [path for path in talk.asked if path.startswith("modules.")] == ["modules.profiling.act"]
    talk.answer("accept")
    assert talk.ask.path == "quote_home.card_confirm"
    talk = Talk(forms, registry=of(gave))
    talk.wait(days=800)
    talk.play({**GAVE, **HOME, "journey.goal": "quote_home"}, until="quote_home.card_confirm")
    assert [path for path in talk.asked if path.startswith("modules.")] == [BY_MAIL, BY_PHONE, "modules.profiling.act"]
