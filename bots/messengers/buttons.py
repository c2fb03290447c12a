"""Buttons under messages: what each says, and the little that its 64 bytes carry: conversation, turn, and what pressing it does."""

import re
from dataclasses import dataclass
from typing import Literal

MOST_DATA = 64
_TAIL = 12  # of a conversation's id: 48 random bits, enough to tell a button of another conversation in the same chat
_DATA = re.compile(r"(?P<conversation>[0-9a-f]{12})\.(?P<turn>\d{1,9})\.(?P<act>[a-z])(?P<argument>[\w-]{0,30})")

type Act = Literal["c", "y", "n", "t", "s", "d", "p", "k", "l", "x"]
"""c choice, y/n yes and no, t toggle (argument: what is ticked afterwards), s send what is ticked, d date, p page of the calendar,
k keep today's value, l command, x nothing (a heading)."""


@dataclass(frozen=True, slots=True)
class Button:
    """With `url` it opens that, else it sends `data`."""

    text: str
    data: str = ""
    url: str = ""


type Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Whose button it is: the question that stood open after that turn of the conversation."""

    conversation: str
    turn: int

    def button(self, text: str, act: Act, argument: str = "") -> Button:
        return Button(text, f"{self.conversation[-_TAIL:]}.{self.turn}.{act}{argument}")


@dataclass(frozen=True, slots=True)
class Pressed:
    conversation_tail: str
    turn: int
    act: str
    argument: str

    def is_of(self, conversation: str) -> bool:
        return conversation.endswith(self.conversation_tail)


def read_data(data: str | None) -> Pressed | None:
    """None for what no button of ours carries."""
    match = _DATA.fullmatch(data or "")
    return Pressed(match["conversation"], int(match["turn"]), match["act"], match["argument"]) if match else None
