"""What the house says, channel-neutral: each message is worded once, rendered and escaped by each channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from forms.types.base import Wire
from rules.refusals import Fact


@dataclass(frozen=True, slots=True)
class Later:
    """A fact known only once the transaction has run (a receipt's number); filled from the effects' results by its name."""

    name: str


type Facts = Mapping[str, Fact | Later]


@dataclass(frozen=True, slots=True)
class Say:
    """kind `text`: a sentence of the wording file (`say.<key>`). `text` is ready where a form's own words say it."""

    key: str
    facts: Facts = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """kind `problem`: what was refused, in one sentence that says what to do. `text` is ready where a form's own words say it."""

    key: str
    facts: Facts = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """kind `notice`: a text to read (a module, a short privacy notice); `text` is exactly what is hashed."""

    text: str
    title: str | None = None


class Row(msgspec.Struct, frozen=True):
    question: str
    """Path of the answer, for "change this one"; empty where nothing can be changed (a factor of the price)."""
    label: str
    value: str
    ltr: bool = False
    """A code (tax code, IBAN, e-mail, stamp) that keeps its direction and is shown in mono."""
    origin: str = ""
    """Who had prepared it, and what the customer did with it; empty where they typed it unprompted."""
    covered: str = ""
    """Of a sensitive value, what stands in its place inside a messenger; what is confirmed there is bound to the whole value all the same."""


@dataclass(frozen=True, slots=True)
class Summary:
    """kind `summary`: rows to check."""

    key: str
    rows: tuple[Row, ...]
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """kind `document`: a file the customer may fetch."""

    key: str
    document: str | Later
    title: str
    media_type: str
    bytes: int
    facts: Facts = field(default_factory=dict)


type Message = Say | Problem | Notice | Summary | Document


class Ask(msgspec.Struct, frozen=True):
    """The open question as the chat API's `Question` (bots/web/openapi.yaml), worded. `shown` binds acts to what was displayed.

    A struct for speed, as forms.types.base.Asked."""

    path: str
    form: str
    section: str
    name: str
    type: str
    text: str
    required: bool
    shown: str
    answered: int
    total: int
    hint: str | None = None
    why: str | None = None
    choices: tuple[Mapping[str, str], ...] | None = None  # {"value", "label"}
    min: Wire | None = None
    max: Wire | None = None
    max_length: int | None = None
    unit: str | None = None
    accept: tuple[str, ...] | None = None
    value: Wire | None = None


def is_plain_yes_or_no(kind: str, path: str) -> bool:
    """Whether the buttons say Yes and No. Of a confirmation they say what is confirmed, but of a command that was asked about."""
    return kind == "yes_no" or (kind == "confirm" and path.startswith("journey.") and path.endswith(".sure"))
