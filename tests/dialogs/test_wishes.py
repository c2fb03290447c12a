"""A wish for a person in whatever words, and what everybody asks about the house; neither is an answer, nor is an answer one of them."""

import pytest

from bots.web.wording import furniture
from dialogs import phrases, wishes, wording
from dialogs.events import Commanded
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk

BIRTH_DATE = "registration_person.identity.birth_date"
WISHES = {
    "it": ("voglio parlare con una persona vera", "umano", "preferisco una persona", "mi passi un consulente", "parlare con un umano"),
    "en": (
        "I want to talk to a real person",
        "I want a human",
        "speak with an agent",
        "let me talk to someone real",
        "call me tomorrow at 5",
    ),
    "es": ("quiero hablar con un humano", "ponme con un agente", "necesito ayuda de una persona", "prefiero que me llaméis", "asesor"),
    "ru": ("хочу поговорить с живым человеком", "нужен агент", "менеджер", "позвоните мне завтра", "можно с человеком?"),
    "fa": ("با انسان حرف بزنم", "یک آدم واقعی می‌خواهم", "می‌خوام با کارشناس صحبت کنم", "می‌خوام با یه آدم حرف بزنم", "پشتیبان"),
    "zh": ("我想和真人说话", "找客服", "我不想和机器人聊", "请让工作人员联系我", "有人吗？"),
}
NO_WISHES = {
    "it": ("non voglio parlare con nessuno", "sono una persona onesta", "voglio assicurare la casa", "operaio", "con mia moglie"),
    "en": (
        "I do not want to talk to anyone",
        "I want a home quote",
        "my husband is an agent of the police",
        "human resources",
        "with my wife",
    ),
    "es": ("no quiero hablar con nadie", "quiero asegurar la casa", "vivo con una persona mayor", "recursos humanos"),
    "ru": ("не хочу говорить с человеком", "хочу застраховать квартиру", "я живу с одним человеком", "менеджер по продажам"),
    "fa": ("نمی‌خواهم با کسی صحبت کنم", "می‌خواهم خانه‌ام را بیمه کنم", "با همسرم زندگی می‌کنم"),
    "zh": ("我不想和人说话", "我想买房屋保险", "我和家人住", "我是工作人员家属"),
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in WISHES.items() for text in texts])
def test_a_wish_for_a_person_is_heard_however_it_is_worded(language: str, text: str) -> None:
    assert phrases.typed(text, language) == Commanded("human")


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in NO_WISHES.items() for text in texts])
def test_what_only_sounds_like_one_is_none(language: str, text: str) -> None:
    assert not wishes.wants_person(text, language)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("about", wishes.HOUSE)
def test_what_everybody_asks_about_the_house_is_answered_plainly(language: str, about: str) -> None:
    asked = wording.aliases(language, f"house.{about}.asked")
    assert len(asked) >= 10
    assert {wishes.asked_of_house(f"{each}?", language) for each in asked} == {about}


def test_who_asks_whether_it_is_a_program_is_told_so_and_asked_on(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until=BIRTH_DATE)
    talk.say("Sei un robot?")
    assert any("Sono un programma di " in text for text in talk.texts)
    assert talk.ask.path == BIRTH_DATE


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_rest_of_a_part_is_skipped_in_the_page_s_own_words(language: str) -> None:
    assert phrases.typed(str(furniture(language)["skip_section"]), language) == Commanded("skip", "section")
    assert len(wording.aliases(language, "talk.skip_section")) >= 8
