"""What every question type knows: to read a typed answer, to check a structured one, to show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import msgspec

from rules.refusals import Fact, Reason, Refused

type Wire = str | int | bool | list[str] | dict[str, str | int]
"""An answer as it is kept and sent: the value forms of the chat API (money and number as strings with a dot, dates ISO 8601).
A file is `{"document": id, "name": str, "media_type": str, "bytes": int, "sha256": hex}`."""


class Choice(msgspec.Struct, frozen=True):
    value: str
    label: str
    description: str | None = None
    aliases: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """A question as it stands open in one conversation: bounds computed, choices worded.

    A struct, because some are made at every turn and a dataclass of so many fields takes several times as long."""

    path: str
    type: str
    language: str
    today: date
    required: bool = True
    choices: tuple[Choice, ...] = ()
    exclusive: tuple[str, ...] = ()  # choices that exclude all others ("none")
    min: Wire | None = None  # inclusive, a value of the type
    max: Wire | None = None
    max_length: int | None = None
    unit: str | None = None  # "EUR", "m2", …
    accept: tuple[str, ...] = ()  # media types of a file
    max_bytes: int | None = None  # of this file alone; SOSPESO_MAX_UPLOAD holds for all
    name: str = ""  # the question's last part: types may look at it for fine points (birth_date)
    facts: Mapping[str, Wire] = msgspec.field(default_factory=dict)  # earlier answers a check needs, by flat name


@dataclass(frozen=True, slots=True)
class Read:
    """The answer, understood and in its normal form."""

    value: Wire


@dataclass(frozen=True, slots=True)
class Doubt:
    """Understood, but unlikely: the engine asks `<path>.sure` and keeps it only on a yes."""

    value: Wire
    reason: Reason
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidates:
    """More than one reading: asked again with these as choices."""

    reason: Reason
    choices: Sequence[Choice]
    facts: Mapping[str, Fact] = field(default_factory=dict)


type Reading = Read | Doubt | Candidates | Refused


class QuestionType(Protocol):
    """One type of question. Reading never raises on what a user sent, whatever it is."""

    name: str
    input: str
    """The native input it wants: text textarea date email tel numeric decimal radio checkbox select file search none."""

    def read_text(self, text: str, asked: Asked) -> Reading: ...

    def read_value(self, value: object, asked: Asked) -> Reading:
        """Reads a JSON value; one of the wrong JSON type is Refused(WRONG_KIND)."""

    def show(self, value: Wire, asked: Asked) -> str:
        """The value as a person reads it in `asked.language`; total over what read_* returned."""
