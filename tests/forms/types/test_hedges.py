"""A negation, a condition, a question, a joke or a "please" around the most explicit words agrees to nothing, in any language."""

from collections.abc import Iterator

import pytest

from forms.types.base import Read
from forms.types.characters import fold
from forms.types.choices import read_act
from forms.types.vocabulary import languages, vocabulary
from tests.forms.types.asking import choices, question, typed

HEDGES = {
    "it": [
        "non {}", "no {}", "no, {}", "{} no", "{}, no", "{}, anzi no", "{} ma", "{}, ma non tutto", "{} però dopo", "se {}", "{} se non chiamate", "{} a patto che", "forse {}",
        "{} forse", "non so se {}", "quasi {}", "mai {}", "chi dice {}", "{} un corno", "{} come no", "{} tranne uno", "{} solo per la polizza", "{} domani", "vorrei {}", "{}?", "{} o no",
    ],
    "en": [
        "not {}", "no {}", "no, {}", "{} not", "{}, no", "don't {}", "do not {}", "if {}", "{} if you do not call", "{} but", "{}, but not all", "{} unless", "maybe {}", "{} maybe",
        "never {}", "who says {}", "i never said {}", "would {}", "{} lol", "{} later", "{} except one", "{} only for the policy", "{}?", "do i {}", "{} or not", "as if {}",
    ],
    "es": [
        "no {}", "no, {}", "{} no", "{}, no", "{} pero", "{}, pero no todo", "si {} qué pasa", "{} si no llaman", "{} a condición de que", "quizás {}", "{} quizás", "no sé si {}", "casi {}",
        "nunca {}", "quién dice {}", "{} y un cuerno", "{} cómo no", "{} menos uno", "{} solo para la póliza", "{} mañana", "¿{}", "{}?", "{} o no", "no he dicho {}", "tampoco {}",
    ],
    "ru": [
        "не {}", "нет {}", "нет, {}", "{} нет", "{}, нет", "{} но", "{}, но не всё", "если {}", "{} если не звоните", "{} при условии", "может быть {}", "{} наверное", "не знаю {}", "{} ли",
        "почти {}", "разве {}", "кто сказал {}", "{} щас", "как же {}", "{} кроме телефона", "{} только для полиса", "{} потом", "{}?", "{} или нет", "бы {}", "никогда не {}", "вряд ли {}",
    ],
    "zh": [
        "不{}", "没{}", "没有{}", "别{}", "不想{}", "不能{}", "{}吗", "{}吗？", "{}？", "{}呢", "如果{}", "{}的话", "{}但是", "{}，但是不要打电话", "也许{}", "可能{}", "谁{}", "{}个鬼", "{}才怪",
        "我没说{}", "必须{}", "要不要{}", "{}不", "{}，不", "以后{}", "{}一部分", "除了电话都{}",
    ],
    "fa": [
        "نه {}", "نه، {}", "{} نه", "{}، نه", "خیر {}", "{} ولی", "{}، ولی نه همه", "اگر {}", "{} اگر زنگ نزنید", "{} به شرطی که", "شاید {}", "{} شاید", "نمی‌دانم {}", "آیا {}", "{}؟",
        "نگفتم {}", "{} جون خودت", "بعداً {}", "تقریباً {}", "هرگز {}", "{} به جز تلفن", "{} یا نه", "کی گفته {}",
    ],
}  # fmt: skip
PLEAS = {
    "it": ["per favore {}", "{} per favore"],
    "en": ["please {}", "{}, please"],
    "es": ["por favor, {}", "{} por favor"],
    "ru": ["пожалуйста, {}"],
    "zh": ["请{}", "麻烦您{}"],
    "fa": ["لطفاً {}"],
}
BELIED = ("{} ❌", "❌ {}", "{} 👎🏽", "{}🚫", "{} 🙅‍♀️", "{} 🤷", "{} 🤔", "{} 😂", "{} ×", "~~{}~~")
EXPLICIT = ("yes", "accept", "confirm", "seen")


def phrases(language: str, *kinds: str) -> Iterator[str]:
    words = vocabulary(language).answers.model_dump()
    return (phrase for kind in kinds for phrase in words[kind])


def agreed(text: str, conversation: str) -> bool:
    words = vocabulary(conversation).answers
    act = question("choice", conversation, name="act", choices=choices(accept=words.accept[0], refuse=words.refuse[0]))
    notice = question("choice", conversation, name="act", choices=choices(seen=words.seen[0]))
    return (
        Read("accept") == read_act(text, act)
        or Read("seen") == read_act(text, notice)
        or typed("confirm", text, conversation) == Read(value=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", languages())
def test_hedged_words_agree_to_nothing(language: str) -> None:
    listed = {fold(phrase) for each in languages() for phrase in phrases(each, *EXPLICIT)}
    hedged = (hedge.format(phrase) for phrase in phrases(language, *EXPLICIT) for hedge in HEDGES[language])
    assert [text for text in hedged if agreed(text, language) and fold(text) not in listed] == []


@pytest.mark.parametrize("language", languages())
def test_a_sign_against_it_or_a_line_through_it_agrees_to_nothing(language: str) -> None:
    """Words are compared without their signs, and so these were agreed to."""
    belied = [form.format(phrase) for phrase in phrases(language, *EXPLICIT) for form in BELIED if phrase.strip("+👍👌✅✔\ufe0f")]
    struck = ["".join(f"{sign}\u0336" for sign in phrase) for phrase in phrases(language, "accept")]
    assert [text for text in belied + struck if agreed(text, language)] == []


@pytest.mark.parametrize("text", ["accetto 👍", "accetto 👍🏽", "accetto ✅", "sì 🙂", "sì, accetto 🙏", "同意～", "да 👌", "yes ✔️"])
def test_a_sign_for_it_or_a_kind_one_takes_nothing_away(text: str) -> None:
    assert agreed(text, "it")


@pytest.mark.parametrize("text", ["no 👎", "non accetto ❌", "no 🚫", "no grazie 🙂"])
def test_a_no_may_have_its_sign(text: str) -> None:
    assert typed("confirm", text, "it") == Read(value=False)


@pytest.mark.parametrize("language", languages())
def test_asking_us_to_confirm_is_no_confirmation(language: str) -> None:
    asked = (plea.format(phrase) for phrase in phrases(language, "accept", "confirm", "seen") for plea in PLEAS[language])
    assert [text for text in asked if agreed(text, language)] == []


@pytest.mark.parametrize("language", languages())
def test_vague_words_and_noes_agree_to_nothing(language: str) -> None:
    for conversation in languages():
        assert [text for text in phrases(language, "vague", "no", "refuse", "polite", "please") if agreed(text, conversation)] == []


@pytest.mark.parametrize("language", languages())
def test_explicit_words_agree(language: str) -> None:
    """With thanks, in capitals, and after a yes."""
    words = vocabulary(language).answers
    for phrase in (*words.yes, *words.accept, *words.confirm):
        for text in (phrase, phrase.upper(), f"{words.yes[0]}, {phrase}", f"{phrase}. {words.polite[0]}"):
            assert agreed(text, language), text
