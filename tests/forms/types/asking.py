"""Questions as they stand open, and readings of what is typed to them."""

from datetime import date
from typing import Any

from forms.types import TYPES
from forms.types.base import Asked, Candidates, Choice, Doubt, Read, Reading
from rules.refusals import Reason, Refused

TODAY = date(2026, 11, 22)


def question(kind: str, language: str = "it", **more: Any) -> Asked:
    given = {"path": f"form.section.{more.get('name', 'question')}", "today": TODAY, **more}
    return Asked(type=kind, language=language, **given)


def typed(kind: str, text: str, language: str = "it", **more: Any) -> Reading:
    return TYPES[kind].read_text(text, question(kind, language, **more))


def sent(kind: str, value: object, language: str = "it", **more: Any) -> Reading:
    return TYPES[kind].read_value(value, question(kind, language, **more))


def shown(kind: str, value: Any, language: str = "it", **more: Any) -> str:
    return TYPES[kind].show(value, question(kind, language, **more))


def outcome(reading: Reading) -> Any:
    """The value of a Read, the reason of a Refused; for doubts and candidates the class with the value or values."""
    match reading:
        case Read(value=value):
            return value
        case Refused(reason=reason):
            return reason
        case Doubt(value=value, reason=reason):
            return ("doubt", value, reason)
        case Candidates(choices=choices):
            return ("candidates", *(choice.value for choice in choices))


def choices(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in labels.items())


__all__ = ["TODAY", "Reason", "choices", "outcome", "question", "sent", "shown", "typed"]
