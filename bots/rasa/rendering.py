"""Turns as the messages of Rasa's REST channel: texts, the question with its buttons, and the question for programs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bots.messengers.buttons import Place, Rows
from bots.messengers.keyboards import beside, is_listed, labels, ticks, todays, under
from bots.messengers.messages import row_value
from bots.messengers.wording import say
from bots.rasa.payloads import Question, payload_of

type Message = Mapping[str, Any]  # the chat API's shape
type Sent = dict[str, object]
TOLD = ("type", "section", "required", "choices", "min", "max", "max_length", "unit", "accept", "progress")
"""Of the question, what a client may want to draw a field of its own; never a value: what is known of the customer stays here."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and in what language something is shown. `way`: what is said instead of asking here. `ticked`: of several choices, as bits."""

    place: Place
    language: str
    today: date
    link: str = ""
    way: str | None = None
    ticked: int | None = None


def texts(messages: Iterable[Message]) -> list[str]:
    return [_text(message) for message in messages]


def links(messages: Iterable[Message]) -> bool:
    """Whether something is to be fetched on our own pages."""
    return any(message["kind"] == "document" for message in messages)


def elsewhere(scene: Scene) -> str:
    return f"{say(scene.language, 'elsewhere')}\n{scene.link}"


def asked(question: Question, scene: Scene) -> tuple[str, Rows]:
    parts = [question["text"], question["hint"]]
    if scene.way is not None:
        parts += [scene.way, scene.link]
    elif question["choices"] and is_listed(question["choices"]):
        parts.append("\n".join(labels(question["choices"])))
    return "\n\n".join(part for part in parts if part), _rows(question, scene)


def sent(recipient: str, said: Iterable[str], question: Question | None, scene: Scene) -> list[Sent]:
    """The channel's answer; the question last, as a text with buttons and then once more for programs."""
    messages: list[Sent] = [{"recipient_id": recipient, "text": text} for text in said]
    if question is None:
        return messages
    text, rows = asked(question, scene)
    buttons = [{"title": button.text, "payload": payload_of(button)} for row in rows for button in row]
    messages.append({"recipient_id": recipient, "text": text, **({"buttons": buttons} if buttons else {})})
    custom = {"question": question["path"], **{name: question[name] for name in TOLD}}
    return [*messages, {"recipient_id": recipient, "custom": custom | ({"link": scene.link} if scene.way is not None else {})}]


def _rows(question: Question, scene: Scene) -> Rows:
    if scene.way is not None:
        return ((scene.place.button(say(scene.language, "done"), "x"),), *beside(question, scene.place, scene.language))
    if question["type"] == "date":  # typed: a calendar of buttons would be a page of numbers
        keep = todays(question, scene.place, scene.language, scene.today)
        return (*keep, *beside(question, scene.place, scene.language))
    if scene.ticked is not None:
        return (*ticks(question, scene.place, scene.language, scene.ticked), *beside(question, scene.place, scene.language))
    return under(question, scene.place, scene.language, scene.today)


def _text(message: Message) -> str:
    match message["kind"]:
        case "notice":
            return "\n".join(_line(line) for line in message["text"].split("\n"))
        case "summary":
            return "\n".join([message["text"], *(f"{row['label']}: {row_value(row)}" for row in message["rows"])])
        case "document":
            return f"{message['text']}\n{message['document']['title']}"
        case _:
            return str(message["text"])


def _line(line: str) -> str:
    """Of a module's text: `## ` begins a heading, `- ` an item."""
    return f"• {line.removeprefix('- ')}" if line.startswith("- ") else line.removeprefix("## ")
