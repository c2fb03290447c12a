"""A yes is enough for a question; a confirmation or an act wants an explicit one."""

import pytest
from msgspec import structs

from forms.types.base import Read
from forms.types.choices import read_act
from rules.refusals import Reason
from tests.forms.types.asking import choices, outcome, question, sent, shown, typed

VAGUE = [
    "ok",
    "OK!",
    "va bene",
    "👍",
    "👍🏽",
    "certo?",
    "sì?",
    "sì？",
    "yes؟",
    "sì⁉",
    "¿sí",
    "certo",
    "Sì, ma solo la privacy assicurativa",
    "yes, but only the first",
    "sure",
    "perfetto",
    "d'accordo",
    "✅",
    "🙂",
]
ACT = question("choice", name="act", choices=choices(accept="Accetto", refuse="Non accetto"))
NOTICE = question("choice", name="act", choices=choices(seen="Ho letto"))


@pytest.mark.parametrize("text", ["sì", "si", "SÌ", "Sì.", "yes", "ok", "certo", "va bene", "👍", "sì grazie", "yes please", "confermo"])
def test_a_question_takes_any_yes(text: str) -> None:
    assert typed("yes_no", text) == Read(value=True)


@pytest.mark.parametrize("text", ["no", "No.", "no grazie", "no thanks", "nope", "👎", "assolutamente no"])
def test_a_no_is_a_no_everywhere(text: str) -> None:
    assert typed("yes_no", text) == Read(value=False)
    assert typed("confirm", text) == Read(value=False)
    assert read_act(text, ACT) == Read("refuse")


def test_a_conditional_answer_to_a_question_is_asked_about() -> None:
    assert outcome(typed("yes_no", "sì, ma solo d'estate")) == ("doubt", True, Reason.CHOICE_GUESSED)
    assert outcome(typed("yes_no", "forse")) is Reason.NOT_UNDERSTOOD


@pytest.mark.parametrize("text", ["sì", "si", "yes", "confermo", "Sì, confermo", "I confirm", "confermo, grazie"])
def test_a_confirmation_takes_an_explicit_yes(text: str) -> None:
    assert typed("confirm", text) == Read(value=True)


@pytest.mark.parametrize("text", VAGUE)
def test_a_vague_yes_confirms_nothing(text: str) -> None:
    assert outcome(typed("confirm", text)) is Reason.CONFIRM_EXPLICITLY
    assert outcome(read_act(text, ACT)) is Reason.CONFIRM_EXPLICITLY
    assert outcome(typed("choice", text, choices=ACT.choices)) is Reason.CONFIRM_EXPLICITLY


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("si", "accept"),
        ("sì, accetto", "accept"),
        ("I accept", "accept"),
        ("acconsento", "accept"),
        ("Non accetto", "refuse"),
        ("rifiuto", "refuse"),
        ("I do not consent", "refuse"),
    ],
)
def test_an_act_takes_explicit_words(text: str, value: str) -> None:
    assert read_act(text, ACT) == Read(value)


def test_a_notice_can_only_be_seen() -> None:
    assert read_act("ho letto", NOTICE) == Read("seen")
    assert read_act("sì", NOTICE) == Read("seen")
    assert outcome(read_act("no", NOTICE)) is Reason.CONFIRM_EXPLICITLY
    assert outcome(read_act("accetto", NOTICE)) is Reason.CONFIRM_EXPLICITLY


@pytest.mark.parametrize("text", ["1", "accept 2", "perché?", "accett"])
def test_numbers_parts_and_misspellings_are_no_act(text: str) -> None:
    assert outcome(typed("choice", text, choices=ACT.choices)) in {Reason.CONFIRM_EXPLICITLY, Reason.NOT_UNDERSTOOD}


def test_structured_answers_are_booleans() -> None:
    assert sent("confirm", True) == Read(value=True)
    assert outcome(sent("confirm", "true")) is Reason.WRONG_KIND
    assert outcome(sent("yes_no", 1)) is Reason.WRONG_KIND
    assert (shown("yes_no", True), shown("yes_no", False), shown("confirm", True, "en")) == ("Sì", "No", "Yes")


RIGHT = [
    ("it", "è tutto giusto"),
    ("it", "Sì, è tutto giusto."),
    ("it", "sì tutto corretto"),
    ("en", "yes, that's correct"),
    ("en", "everything is right"),
    ("es", "sí, todo correcto"),
    ("ru", "да, всё так"),
    ("fa", "بله، درست است"),
    ("zh", "是的，都对"),
]


@pytest.mark.parametrize(("language", "text"), RIGHT)
def test_that_everything_is_right_confirms_it(language: str, text: str) -> None:
    """The question's own words, given back: "Is everything right?"."""
    assert typed("confirm", text, language=language) == Read(value=True)


@pytest.mark.parametrize(("language", "text"), RIGHT)
def test_that_everything_is_right_agrees_to_no_text(language: str, text: str) -> None:
    assert not isinstance(read_act(text, structs.replace(ACT, language=language)), Read)


@pytest.mark.parametrize(
    "text", ["è tutto giusto?", "non è tutto giusto", "è tutto giusto tranne il CAP", "no, è tutto giusto", "tutto giusto ❌", "ok"]
)
def test_that_not_everything_is_right_confirms_nothing(text: str) -> None:
    assert typed("confirm", text) != Read(value=True)
