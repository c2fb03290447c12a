"""What was said and what was seen: a messenger shows things after each other, not as one page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

type Message = Mapping[str, Any]  # the chat API's shape

BEFORE: Final = "-"
"""As `shown` of what was written before the open question stood there: it can have answered none."""


def overtaken(question: Mapping[str, Any] | None, *, is_closed: bool) -> str:
    """Key of what is said of an answer to what is no longer open: another question is, or a colleague has the conversation."""
    return "person.stale" if question is None and not is_closed else "stale"


def row_value(row: Mapping[str, str]) -> str:
    """A sensitive answer by its end, whichever door it was given by: what is not asked here is not told here either."""
    return row.get("covered") or row["value"]


def needed_before(told: Iterable[Message]) -> list[Message]:
    """What must stand above a question shown once more: nobody confirms what they did not see."""
    return [message for message in told if message["kind"] in {"notice", "summary"}]


def may_repeat(told: Sequence[Message], question: Mapping[str, Any] | None) -> bool:
    """Whether a text to read stands last, above what is no choice. Above a choice it is told each time: what is agreed to stands right above
    the answer."""
    is_plain = question is not None and not question["choices"] and question["type"] != "confirm"
    return is_plain and bool(told) and told[-1]["kind"] == "notice"


def without_repeated(told: Sequence[Message], question: Mapping[str, Any], before: Mapping[str, Any]) -> Sequence[Message]:
    """Of what may repeat: without the text that stood above the same question a turn `before`, and stands in the chat already."""
    asked = before.get("question")
    is_same = asked is not None and asked["path"] == question["path"] and told[-1:] == before["messages"][-1:]
    return told[:-1] if is_same else told
