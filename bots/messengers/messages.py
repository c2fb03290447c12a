"""What was said and what was seen: a messenger shows things after each other, not as one page."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

type Message = Mapping[str, Any]  # the chat API's shape

BEFORE: Final = "-"
"""As `shown` of what was written before the open question stood there: it can have answered none."""


def needed_before(told: Iterable[Message]) -> list[Message]:
    """What must stand above a question shown once more: nobody confirms what they did not see."""
    return [message for message in told if message["kind"] in {"notice", "summary"}]
