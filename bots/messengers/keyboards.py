"""The buttons under a question, and what pressing them says."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bots.messengers import calendar
from bots.messengers.buttons import Button, Place, Pressed, Rows
from bots.messengers.wording import say
from dialogs.events import Answered, Commanded, Event
from dialogs.messages import is_plain_yes_or_no
from forms.types import TYPES
from forms.types.base import Asked, Choice

type Question = Mapping[str, Any]  # the chat API's shape

SHORT = 18  # characters of a label of which two fit into a row
READABLE = 34
"""Longer labels are cut off on a narrow phone: they stand numbered in the text, in full."""
_TICKED, _OPEN = "✓ ", ""


def under(question: Question, place: Place, language: str, today: date) -> Rows:
    match question["type"]:
        case kind if is_plain_yes_or_no(kind, question["path"]):
            rows: Rows = ((place.button(say(language, "yes"), "y"), place.button(say(language, "no"), "n")),)
        case "confirm":
            rows = ((place.button(say(language, "confirm"), "y"),), (place.button(say(language, "refute"), "n"),))
        case "choices":
            rows = ticks(question, place, language, ticked_today(question))
        case "date":
            keep = todays(question, place, language, today)
            rows = (*keep, *calendar.first_page(place, language, question["min"], question["max"], today))
        case _:
            rows = _choices(question, place) if question["choices"] else todays(question, place, language, today)
    return (*rows, *beside(question, place, language))


def beside(question: Question, place: Place, language: str) -> Rows:
    """What may be done instead of answering."""
    may = [] if question["required"] else ["skip"]
    may += ["resend"] if question["type"] == "code" else []
    may += ["why"] if question["why"] else []
    return (tuple(place.button(say(language, command), "l", command) for command in may),) if may else ()


def ticks(question: Question, place: Place, language: str, ticked: int) -> Rows:
    """Each button carries what is ticked once it was pressed."""
    buttons = [
        place.button(f"{_TICKED if ticked >> at & 1 else _OPEN}{label}", "t", f"{ticked ^ 1 << at:x}")
        for at, label in enumerate(labels(question["choices"]))
    ]
    return (*_rows(buttons), (place.button(say(language, "done"), "s", f"{ticked:x}"),))


def ticked_today(question: Question) -> int:
    today = question["value"] if isinstance(question["value"], list) else []
    return sum(1 << at for at, choice in enumerate(question["choices"]) if choice["value"] in today)


def values_of(question: Question, ticked: int) -> list[str]:
    return [choice["value"] for at, choice in enumerate(question["choices"] or ()) if ticked >> at & 1]


def event_of(pressed: Pressed, question: Question) -> Event | None:
    """What pressing it under that question says; None for a button that does nothing."""
    path, shown, argument = question["path"], question["shown"], pressed.argument
    match pressed.act:
        case "y" | "n" if question["type"] in {"yes_no", "confirm"}:
            return Answered(path, pressed.act == "y", shown)
        case "c" if argument.isdecimal() and int(argument) < len(question["choices"] or ()):
            return Answered(path, question["choices"][int(argument)]["value"], shown)
        case "s" if question["type"] == "choices" and (ticked := ticked_after(pressed, question)) is not None:
            return Answered(path, values_of(question, ticked), shown)
        case "d" if (day := calendar.read_day(argument)) is not None:
            return Answered(path, day, shown)
        case "k" if question["value"] is not None:
            return Answered(path, question["value"], shown)
        case "l" if argument in {"skip", "why", "resend"}:
            return Commanded(argument)
    return None


def ticked_after(pressed: Pressed, question: Question) -> int | None:
    """Which choices are ticked once it was pressed, as bits."""
    try:
        ticked = int(pressed.argument, 16)
    except ValueError:
        return None
    return ticked if ticked >> len(question["choices"]) == 0 else None


def labels(choices: Sequence[Mapping[str, str]]) -> list[str]:
    """As they stand on the buttons: numbered where the text lists them."""
    return [f"{at}. {choice['label']}" if is_listed(choices) else choice["label"] for at, choice in enumerate(choices, start=1)]


def is_listed(choices: Sequence[Mapping[str, str]]) -> bool:
    return any(len(choice["label"]) > READABLE for choice in choices)


def _choices(question: Question, place: Place) -> Rows:
    return _rows([place.button(label, "c", str(at)) for at, label in enumerate(labels(question["choices"]))])


def _rows(buttons: Sequence[Button]) -> Rows:
    wide = 2 if len(buttons) > 3 and all(len(button.text) <= SHORT for button in buttons) else 1
    return tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide))


def todays(question: Question, place: Place, language: str, today: date) -> Rows:
    """A value that is there already is kept by one tap."""
    value = question["value"]
    if value is None or question["type"] not in TYPES or question["type"] == "file":
        return ()
    return ((place.button(say(language, "keep", value=shown(question, value, language, today)), "k"),),)


def shown(question: Question, value: Any, language: str, today: date) -> str:  # Any: a wire value
    """A value of this question as people read it."""
    choices = tuple(Choice(choice["value"], choice["label"]) for choice in question["choices"] or ())
    asked = Asked(question["path"], question["type"], language, today, choices=choices, unit=question["unit"], name=question["name"])
    return TYPES[question["type"]].show(value, asked)
