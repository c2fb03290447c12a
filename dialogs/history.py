"""What was said in a conversation, line by line, as a colleague reads it: in the customer's own language, codes left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from dialogs import wording
from forms.types import TYPES
from forms.types.base import Asked, Choice, Read
from forms.types.showing import named
from storage.turns import StoredTurn

HIDDEN = "••••••"
"""A one-time code proves an address: no colleague needs it."""
LETTERS = 3  # of a group without a digit, at most: CA 00000 AA

type Json = Mapping[str, Any]  # what a turn was stored as


@dataclass(frozen=True, slots=True)
class Spoken:
    who: Literal["house", "customer", "colleague"]
    text: str
    at: datetime
    name: str = ""
    """The colleague's."""


def read_history(turns: Sequence[StoredTurn], language: str) -> tuple[Spoken, ...]:
    """Oldest first. What a colleague wrote stands once, not as the house repeats it."""
    return tuple(_lines(turns, language))


def told_privately(turns: Sequence[StoredTurn], is_private: Callable[[str], bool]) -> Iterator[str]:
    """What the customer said where such a question was asked, and what was shown to them as its answer; words of no number among it."""
    asked: Json | None = None
    for turn in turns:
        said: Json = orjson.loads(turn.incoming) if turn.incoming else {}
        replies: Json = orjson.loads(turn.replies)
        if asked is not None and is_private(asked["path"]):
            answer = said.get("text") or said.get("edited") or said.get("value")
            yield from _numbers_in(answer) if isinstance(answer, str) else ()
        rows = (row for message in replies["messages"] for row in message.get("rows") or ())
        yield from (row["value"] for row in rows if is_private(row.get("question", "")))
        asked = replies["question"]


def _numbers_in(answer: str) -> Iterator[str]:
    """All of it where it is a number in groups and nothing else; of a sentence each word."""
    words = answer.split()
    yield from [answer] if all(len(word) <= LETTERS or any(map(str.isdigit, word)) for word in words) else words


def _lines(turns: Sequence[StoredTurn], language: str) -> Iterator[Spoken]:
    asked: Json | None = None
    for turn in turns:
        said: Json = orjson.loads(turn.incoming) if turn.incoming else {}
        replies: Json = orjson.loads(turn.replies)
        if said.get("staff") == "wrote":
            yield Spoken("colleague", str(said["facts"]["text"]), turn.at, str(said["facts"]["colleague"]))
        else:
            told = told_by_customer(said, asked, language, turn.at)
            yield from [Spoken("customer", told, turn.at)] if told else []
            answered = [_message(message, language) for message in replies["messages"]]
            answered += [str(replies["question"]["text"])] if replies["question"] is not None else []
            yield from [Spoken("house", "\n\n".join(answered), turn.at)] if answered else []
        asked = replies["question"]


def told_by_customer(said: Json, asked: Json | None, language: str, at: datetime) -> str:
    """Typed, pressed or sent in answer to what was asked, in words; empty where nobody said anything."""
    match said:
        case {"text": str(text)} | {"edited": str(text)}:
            return HIDDEN if asked is not None and asked["type"] == "code" and any(map(str.isdigit, text)) else text
        case {"command": str(command)}:
            return next(iter(wording.aliases(language, f"commands.{command}")), command)
        case {"file": {"name": name}}:
            return str(name)
        case {"question": path, "value": value} if asked is not None and asked["path"] == path:
            return _value(asked, value, language, at)
        case _:
            return ""


def _value(asked: Json, value: Any, language: str, at: datetime) -> str:  # Any: whatever a client has sent
    if asked["type"] == "code":
        return HIDDEN
    if asked["type"] not in TYPES:
        return str(value)
    choices = tuple(Choice(choice["value"], choice["label"]) for choice in asked["choices"] or ())
    question = Asked(asked["path"], asked["type"], language, at.date(), choices=choices, unit=asked["unit"], name=asked["name"])
    kind = TYPES[question.type]
    reading = kind.read_value(value, question)
    return kind.show(reading.value, question) if isinstance(reading, Read) else str(value)


def _message(message: Json, language: str) -> str:
    return "\n".join([str(message["text"]), *(named(row["label"], row["value"], language) for row in message.get("rows") or ())])
