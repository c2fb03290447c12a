"""What was said and what was seen: a messenger shows things after each other, not as one page."""

from collections.abc import Iterable, Mapping
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
