"""Turns as messages of the channel, where the REST tests come by no such question."""

from datetime import date
from typing import Any

from bots.messengers.buttons import Place, Pressed
from bots.messengers.keyboards import event_of, ticked_after
from bots.rasa.payloads import read
from bots.rasa.rendering import Scene, sent
from dialogs.events import Answered

PLACE = Place("0190a1b2-0000-7000-8000-0123456789ab", 7)


def a_question(**more: Any) -> dict[str, Any]:
    choices = [{"value": value, "label": value.title()} for value in ("building", "contents", "theft")]
    blank = dict.fromkeys(("hint", "why", "min", "max", "max_length", "unit", "accept", "value"))
    about = {"path": "quote_home.needs.need", "form": "quote_home", "section": "needs", "name": "need", "type": "choices", "shown": "abc"}
    return {**blank, **about, "text": "What?", "required": True, "choices": choices, "progress": {"answered": 0, "total": 1}} | more


def buttons(question: dict[str, Any], **scene: Any) -> dict[str, Pressed]:
    asked = sent("demo", [], question, Scene(PLACE, "en", date(2026, 11, 22), **scene))[0]
    pressed = {button["title"]: read(button["payload"]) for button in asked["buttons"]}
    return {title: each for title, each in pressed.items() if isinstance(each, Pressed)}


def test_choices_are_ticked_one_by_one_and_then_sent() -> None:
    question = a_question()
    first = buttons(question)["Contents"]
    second = buttons(question, ticked=ticked_after(first, question))
    assert set(second) == {"Building", "✓ Contents", "Theft", "Done"}
    third = buttons(question, ticked=ticked_after(second["Building"], question))
    assert event_of(third["Done"], question) == Answered(question["path"], ["building", "contents"], "abc")


def test_a_date_is_typed() -> None:
    assert "buttons" not in sent("demo", [], a_question(type="date", choices=None), Scene(PLACE, "en", date(2026, 11, 22)))[0]


def test_no_value_of_the_customers_is_told_to_programs() -> None:
    *_, custom = sent("demo", [], a_question(value=["theft"]), Scene(PLACE, "en", date(2026, 11, 22)))
    assert "value" not in custom["custom"]
