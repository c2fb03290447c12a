"""A stored turn as what is sent into the chat: texts, files, and the question with its buttons. Knows no aiogram."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bots.messengers.buttons import Button, Place, Rows
from bots.messengers.keyboards import Question, beside, is_listed, labels, under
from bots.messengers.messages import Message, row_value
from bots.messengers.wording import say
from bots.telegram.layout import Paragraph, Span, messages, paper, plain


@dataclass(frozen=True, slots=True)
class Text:
    """`keyboard`: in place of the chat's own, to share one's number (and to say these words), or none any more."""

    html: str
    rows: Rows = ()
    keyboard: Literal["", "contact", "none"] = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    document: str
    caption: str = ""


type Part = Text | File


@dataclass(frozen=True, slots=True)
class Way:
    """How a sensitive question is answered: what is said of it, and the one-time link."""

    told: str
    link: str
    is_button: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and in what language something is shown."""

    place: Place
    language: str
    today: date
    way: Way | None = None


def render(told: Iterable[Message], question: Question | None, scene: Scene) -> list[Part]:
    """Texts are put together, so that a turn is one message where it can be; the buttons stand under the last."""
    parts: list[Part] = []
    paragraphs: list[Paragraph] = []
    for message in told:
        paragraphs += _paragraphs(message)
        if message["kind"] == "document":
            parts += _texts(paragraphs)
            paragraphs = []
            parts.append(File(message["document"]["id"], message["document"]["title"]))
    if question is None:
        return [*parts, *_texts(paragraphs)]
    return [*parts, *_asked(paragraphs, question, scene)]


def _texts(paragraphs: list[Paragraph]) -> list[Text]:
    return [Text(html) for html in messages(paragraphs)]


def _paragraphs(message: Message) -> list[Paragraph]:
    match message["kind"]:
        case "notice":
            return paper(message["text"])
        case "summary":
            rows = tuple((Span(f"{row['label']}: ", "b"), Span(row_value(row))) for row in message["rows"])
            return [*plain(message["text"]), *([rows] if rows else [])]
        case _:
            return plain(message["text"])


def _asked(paragraphs: list[Paragraph], question: Question, scene: Scene) -> list[Part]:
    text = [*plain(question["text"], "b"), *plain(question["hint"] or "")]
    if scene.way is not None:
        return _elsewhere(paragraphs, text, question, scene, scene.way)
    if question["choices"] and is_listed(question["choices"]):
        text.append(tuple((Span(label),) for label in labels(question["choices"])))
    html = messages([*paragraphs, *text])
    if question["type"] == "phone" and question["value"] is None:
        words = tuple(button.text for row in beside(question, scene.place, scene.language) for button in row)
        return [*(Text(one) for one in html[:-1]), Text(html[-1], keyboard="contact", words=words)]
    return _with_rows(html, under(question, scene.place, scene.language, scene.today))


def _elsewhere(before: list[Paragraph], text: list[Paragraph], question: Question, scene: Scene, way: Way) -> list[Part]:
    """A sensitive question is told, and answered on our own page."""
    link = [] if way.is_button else plain(way.link)
    open_page: Rows = ((Button(say(scene.language, "open"), url=way.link),),) if way.is_button else ()
    rows = (*open_page, *beside(question, scene.place, scene.language))
    return _with_rows(messages([*before, *text, *plain(way.told), *link]), rows)


def _with_rows(html: list[str], rows: Rows) -> list[Part]:
    return [*(Text(one) for one in html[:-1]), Text(html[-1], rows)]


def taking_keyboard_away(parts: list[Part], language: str) -> list[Part]:
    """A message has either buttons or a keyboard, or takes one away: the first without buttons does that, or a word said for it.

    A keyboard of their own takes the place of the one before by itself."""
    if any(isinstance(part, Text) and part.keyboard == "contact" for part in parts):
        return parts
    for at, part in enumerate(parts):
        if isinstance(part, Text) and not part.rows and not part.keyboard:
            return [*parts[:at], replace(part, keyboard="none"), *parts[at + 1 :]]
    return [Text(say(language, "thanks"), keyboard="none"), *parts]
