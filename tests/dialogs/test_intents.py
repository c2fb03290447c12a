"""What a visitor has come for, in whatever words; said first of all, it tells the language too. Courtesies are returned."""

import pytest

from dialogs import intents, wording
from forms.catalogue import Catalogue
from rules.languages import LANGUAGES
from tests.dialogs.driver import HOME, Talk, at, registered

QUOTES = {
    "it": ("vorrei un preventivo per la mia casa", "mi serve un'assicurazione casa", "Quanto costa assicurare un appartamento?"),
    "en": ("I would like a quote", "hi, i need insurance", "I want to insure my house", "how much is it?"),
    "es": ("quiero un presupuesto", "quiero asegurar mi casa", "me gustaría un presupuesto de hogar", "hola, ¿cuánto cuesta un seguro de hogar?"),
    "ru": ("хочу застраховать квартиру", "нужен расчёт", "Здравствуйте, хочу страховку на дом", "сколько стоит застраховать дом?"),
    "fa": ("می‌خواهم خانه‌ام را بیمه کنم", "قیمت می‌خواهم", "سلام، بیمهٔ خانه چقدر می‌شود؟"),
    "zh": ("我想买房屋保险", "报价", "你好，我想要报价", "给房子上保险多少钱？"),
}  # fmt: skip
REGISTRATIONS = {
    "it": ("ciao vorrei registrarmi", "salve, sono un nuovo cliente", "Come ci si iscrive? vorrei iscrivermi"),
    "en": ("sign up", "hello, I am a new customer", "I'd like to register"),
    "es": ("hola, quiero registrarme", "quiero darme de alta", "soy nueva clienta"),
    "ru": ("хочу зарегистрироваться", "добрый день, я новый клиент"),
    "fa": ("سلام می‌خواهم ثبت‌نام کنم", "ثبت نام", "مشتری جدید هستم"),
    "zh": ("我要注册", "您好，我是新客户"),
}
ELSEWHERE = {
    "it": ("vorrei assicurare la macchina", "assicurazione sulla vita", "preventivo rc auto"),
    "en": ("I want to insure my car", "travel insurance", "quote for my dog"),
    "es": ("quiero asegurar el coche", "un seguro de vida"),
    "ru": ("нужно осаго", "хочу застраховать машину"),
    "fa": ("بیمهٔ شخص ثالث می‌خواهم", "بیمه ماشین"),
    "zh": ("我要买车险", "旅行保险"),
}
SAID = [
    (language, text, goal)
    for texts, goal in ((QUOTES, "quote_home"), (REGISTRATIONS, "register"))
    for language in texts
    for text in texts[language]
]
OTHER = [(language, text) for language, texts in ELSEWHERE.items() for text in texts]


def a_visit(forms: Catalogue) -> Talk:
    return Talk(forms, languages=LANGUAGES)


@pytest.mark.parametrize(("language", "text", "goal"), SAID)
def test_a_goal_is_taken_from_a_whole_sentence(forms: Catalogue, language: str, text: str, goal: str) -> None:
    talk = a_visit(forms)
    talk.answer(language)
    talk.say(text)
    assert (talk.state.goal, talk.problems) == (goal, [])


@pytest.mark.parametrize(("language", "text", "goal"), SAID)
def test_said_first_of_all_it_tells_the_language_too(forms: Catalogue, language: str, text: str, goal: str) -> None:
    talk = a_visit(forms)
    talk.say(text)
    assert (talk.state.language, talk.state.goal, talk.problems) == (language, goal, [])


@pytest.mark.parametrize(("language", "text"), OTHER)
def test_insurance_that_is_not_quoted_here_is_sent_to_a_person_and_begins_nothing(forms: Catalogue, language: str, text: str) -> None:
    talk = a_visit(forms)
    talk.answer(language)
    talk.say(text)
    assert talk.texts == [wording.say(language, "say.only_home")]
    assert (talk.state.goal, talk.ask.path) == (None, "journey.goal")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_greeting_of_a_language_is_its_own(forms: Catalogue, language: str) -> None:
    greetings = wording.aliases(language, "talk.greetings")
    assert len(greetings) >= 9
    for greeting in greetings:
        talk = a_visit(forms)
        talk.say(f"{greeting}!")
        assert (talk.state.language, talk.ask.path) == (language, "journey.goal"), greeting


@pytest.mark.parametrize("text", ["boh", "42", "demetra@example.org", "bonjour", "Guten Tag", "registro"])
def test_words_of_no_language_or_of_several_choose_none(forms: Catalogue, text: str) -> None:
    talk = a_visit(forms)
    talk.say(text)
    assert talk.ask.path == "journey.language"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "answer"), [("greetings", "greeted"), ("thanks", "thanked")])
@pytest.mark.parametrize("path", ["journey.goal", "registration_person.identity.birth_date", "registration_person.residence.street"])
def test_a_courtesy_is_returned_and_the_question_stays(forms: Catalogue, language: str, key: str, answer: str, path: str) -> None:
    talk = at(forms, path, language)
    for text in wording.aliases(language, f"talk.{key}"):
        talk.say(text)
        assert (talk.texts, talk.ask.path) == ([wording.say(language, f"say.{answer}")], path), text


def test_a_greeting_for_a_name_is_doubted(forms: Catalogue) -> None:
    """Somebody is called Salve."""
    talk = at(forms, "registration_person.identity.family_name")
    talk.say("Salve")
    assert talk.ask.path == "registration_person.identity.family_name.sure"
    talk.answer(value=True)
    assert talk.state.answers["registration_person.identity.family_name"] == "Salve"


def test_thanks_for_a_text_to_consent_to_are_no_consent(forms: Catalogue) -> None:
    talk = at(forms, "modules.privacy_insurance.act")
    before = talk.state.given
    talk.say("grazie")
    assert (talk.ask.path, talk.state.given) == ("modules.privacy_insurance.act", before)


def test_who_has_a_card_already_is_told_where_it_is(forms: Catalogue) -> None:
    talk = registered(forms)
    talk.say("vorrei registrarmi")
    assert talk.texts == ["Hai già una scheda da noi. Per vederla o cambiarla scegli «La mia scheda»."]


def test_a_quote_wished_for_before_the_card_is_done_is_told_what_comes_first(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.sex")
    talk.command("menu")
    talk.say("vorrei un preventivo")
    assert talk.texts == [wording.say("it", "say.register_first")]
    assert talk.ask.path == "journey.goal"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_menu_offers_is_what_its_own_words_mean(language: str) -> None:
    for goal in ("register", "quote_home"):
        assert intents.meant(wording.say(language, f"goals.{goal}.label"), language) in {goal, None}


def test_home_words_that_stand_in_a_quote_are_answers_there(forms: Catalogue) -> None:
    """At a question of a form nobody looks for what a visitor has come for."""
    talk = registered(forms)
    talk.play({**HOME, "quote_home.needs.need": ["building"]}, until="quote_home.needs.role")
    talk.say("vorrei un preventivo")
    assert talk.state.goal == "quote_home"
    assert talk.ask.path == "quote_home.needs.role"


TURNED = {
    "it": (
        "non voglio un preventivo",
        "non voglio registrarmi",
        "sono già registrato",
        "registrare un reclamo",
        "assicuratemi che i miei dati sono al sicuro",
        "posso essere assicurato che non mi chiamerete?",
        "il preventivo che mi avete mandato è sbagliato",
        "sono nuovo del quartiere",
        "quanto costa registrarsi?",
    ),
    "en": ("I don't want a quote", "I want to register a complaint", "I have already registered", "make sure that I am insured"),
    "es": ("no quiero un presupuesto", "ya estoy registrado", "quiero asegurarme de que mis datos están bien", "soy nuevo en el barrio"),
    "ru": ("не хочу регистрироваться", "я уже зарегистрирован", "я новый жилец"),
    "fa": ("قیمت نمی‌خواهم", "قبلاً ثبت نام کرده‌ام"),
    "zh": ("我不想买保险", "我已经注册了"),
}
STORIES = [("it", "la mia vita è complicata"), ("en", "my life is quite a mess now"), ("es", "mi vida es un poco complicada")]
WITH_A_HOME = [
    ("it", "vorrei un preventivo per la casa dove vivo col cane", True),
    ("it", "preventivo per casa e macchina", True),
    ("en", "home and car insurance", True),
    ("es", "quiero asegurar mi casa y el coche", True),
    ("it", "non ho mai avuto un'assicurazione, vorrei un preventivo per la casa", False),
]


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in TURNED.items() for text in texts])
def test_a_word_that_turns_it_round_takes_no_goal(forms: Catalogue, language: str, text: str) -> None:
    talk = a_visit(forms)
    talk.answer(language)
    talk.say(text)
    assert talk.state.goal is None, text
    assert talk.ask.path in {"journey.goal", "journey.goal.sure"}


@pytest.mark.parametrize(("language", "text"), STORIES)
def test_a_story_that_names_something_else_is_not_sent_to_a_person(forms: Catalogue, language: str, text: str) -> None:
    talk = a_visit(forms)
    talk.answer(language)
    talk.say(text)
    assert wording.say(language, "say.only_home") not in talk.texts


@pytest.mark.parametrize(("language", "text", "is_more"), WITH_A_HOME)
def test_a_home_beside_something_else_is_quoted(forms: Catalogue, language: str, text: str, is_more: bool) -> None:
    talk = a_visit(forms)
    talk.answer(language)
    talk.say(text)
    if talk.ask.path == "journey.goal.sure":
        talk.say("sì")
    assert talk.state.goal == "quote_home"
    assert (wording.say(language, "say.only_home") in talk.texts) == is_more
