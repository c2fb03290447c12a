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


def without_repeated(told: Sequence[Message], question: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> list[Message]:
    """A text to read that stood above the same question a turn before stands in the chat already. Above a choice it is told again: what is
    agreed to stands right above the answer. `before`: the turn before."""
    if question is None or before is None or before["question"] is None or question["choices"] or question["type"] == "confirm":
        return list(told)
    is_same = question["path"] == before["question"]["path"] and told[-1:] == before["messages"][-1:]
    return list(told[:-1] if is_same and told and told[-1]["kind"] == "notice" else told)
