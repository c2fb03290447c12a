"""Whatever is sent and no policy yet, its customer takes back: shown, by an explicit act, with a receipt."""

from datetime import date

import pytest

from dialogs import phrases, wording
from dialogs.effects import Withdraw
from dialogs.events import Commanded, OpenOffer
from forms.catalogue import Catalogue
from rules.languages import LANGUAGES
from tests.dialogs.driver import EMAIL, HOME, PERSON, Talk, at, quoting, registered
from tests.forms.content.shipped import catalogue_in_all

WORDS = [
    ("it", "Ritiro la richiesta"), ("it", "vorrei ritirare la richiesta"), ("it", "revoco la richiesta di preventivo"),
    ("en", "I withdraw my request"), ("en", "withdraw the quote"), ("en", "cancel my request"),
    ("es", "retiro mi solicitud"), ("es", "quiero retirar la solicitud"), ("ru", "отзываю заявку"), ("ru", "хочу отозвать запрос"),
    ("fa", "درخواستم را پس می‌گیرم"), ("fa", "لغو درخواست"), ("zh", "撤回申请"), ("zh", "我要撤回我的申请"),
]  # fmt: skip


def sent_quote(forms: Catalogue, **changes: object) -> Talk:
    """A card and a quote, both suspended."""
    talk = registered(forms, **changes)
    talk.play(HOME)
    return talk


def offered(talk: Talk) -> list[str]:
    return [choice["value"] for choice in talk.ask.choices or ()]


def test_cancel_leads_to_it_where_nothing_else_is_under_way(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.command("cancel")
    assert (talk.ask.path, offered(talk)) == ("withdrawal.request", ["withdraw", "keep"])
    assert talk.rows() == {"La tua scheda": "inviata il 22 novembre 2026"}
    talk.answer("withdraw")
    [effect] = talk.effects_of(Withdraw)
    assert (effect.submission, effect.stamp) == ("request-1", f"22/11/26/09/26/53 {EMAIL}")
    assert "Restano salvati come scheda" in talk.texts[0]
    assert "R-2026-000417" in talk.texts[0]
    assert talk.ask.path == "journey.goal"
    assert offered(talk)[0] == "register", "the card has to be sent again before a quote"
    talk.command("cancel")
    assert any("niente in corso" in text for text in talk.texts)


def test_while_something_is_under_way_cancel_leaves_that_first(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.building.dwelling")
    talk.command("cancel")
    assert talk.ask.path == "journey.goal"
    talk.command("cancel")
    assert talk.ask.path == "withdrawal.request"
    talk.command("cancel")
    assert (talk.ask.path, talk.effects_of(Withdraw)) == ("journey.goal", [])


def test_of_several_one_is_chosen_first_and_the_rest_goes_on(forms: Catalogue) -> None:
    talk = sent_quote(forms)
    talk.registry.offer(EMAIL, OpenOffer("offer-1", "request-2", 30145, date(2026, 12, 22)))
    talk.command("cancel")
    assert [choice["label"] for choice in talk.ask.choices or ()] == [
        "Preventivo casa, inviata il 22 novembre 2026",
        "La tua scheda, inviata il 22 novembre 2026",
        "Lascio tutto com’è",
    ]
    talk.answer("request-2")
    assert talk.rows()["Premio all’anno"] == "301,45\N{NO-BREAK SPACE}€"
    talk.answer("withdraw")
    assert [effect.submission for effect in talk.effects_of(Withdraw)] == ["request-2"]
    assert "puoi chiedere un nuovo preventivo quando vuoi" in talk.texts[0]
    assert offered(talk)[:2] == ["quote_home", "update_card"], "no offer any more, and the card stays"
    assert talk.state.client.quotes["request-2"] == "withdrawn"
    talk.answer("quote_home")
    assert talk.ask.path == "quote_home.card_confirm"


@pytest.mark.parametrize("said", ["ok", "sì", "👍", "Ritiro la richiesta"])
def test_nothing_is_taken_back_but_explicitly_on_what_is_shown(forms: Catalogue, said: str) -> None:
    talk = registered(forms)
    talk.command("cancel")
    talk.say(said, shown=None)
    talk.answer("withdraw", shown=None)
    assert talk.answer("withdraw", shown="0" * 64).conflict
    assert (talk.ask.path, talk.effects_of(Withdraw)) == ("withdrawal.request", [])
    talk.answer("keep")
    assert (talk.ask.path, talk.texts) == ("journey.goal", ["Resta com’era."])


@pytest.mark.parametrize(("language", "words"), WORDS)
def test_it_is_told_from_a_consent_in_words_in_every_language(language: str, words: str) -> None:
    talk = registered(catalogue_in_all(), languages=LANGUAGES)
    talk.command("language", language)
    talk.say(words)
    assert talk.ask.path == "withdrawal.request"
    assert phrases.typed(wording.say(language, "goals.withdrawal.label"), language) == Commanded("withdraw_request")


@pytest.mark.parametrize("words", ["revoca", "revoca il consenso", "withdraw my consent"])
def test_a_consent_is_taken_back_as_ever(forms: Catalogue, words: str) -> None:
    talk = registered(forms)
    talk.say(words)
    assert talk.ask.path == "consents.act"


def test_in_the_middle_of_a_quote_one_is_back_where_one_was(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.building.dwelling")
    talk.say("ritiro la richiesta")
    assert talk.ask.path == "withdrawal.request"
    talk.answer("keep")
    assert talk.ask.path == "quote_home.building.dwelling"


def test_who_has_sent_nothing_is_told_so(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.birth_date")
    talk.say("ritiro la richiesta")
    assert talk.texts == ["Non c’è nessuna richiesta inviata da ritirare."]
    assert talk.ask.path == "registration_person.identity.birth_date"


def test_what_came_back_can_be_taken_back_instead_of_answered(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.staff(
        "returned", questions=["registration_person.identity.mobile"], submission="request-1", reason="Manca una cifra", colleague="Giulia"
    )
    talk.command("menu")
    talk.answer("withdrawal")
    talk.answer("withdraw")
    assert [effect.submission for effect in talk.effects_of(Withdraw)] == ["request-1"]
    assert (talk.state.returned, talk.state.waiting) == (None, None)
    assert offered(talk)[0] == "register"


def test_a_card_withdrawn_is_sent_again_from_the_menu(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.command("withdraw_request")
    talk.answer("withdraw")
    talk.answer("register")
    assert talk.ask.path == "registration_person.confirm"
    talk.play(PERSON)
    assert (talk.ask.path, talk.state.client.registration) == ("journey.goal", "suspended")
