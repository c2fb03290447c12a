"""Keeping another program in step: what is a difference, when it may leave, what its answer means."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

type Told = Mapping[str, str | int | bool]
"""One record as a target is told it."""

LONGEST_WAIT_S = 86_400.0
"""A target that asks for more is asked again after a day: somebody will look at it sooner."""


class Change(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class Due(StrEnum):
    """Where one record stands for one target."""

    SENT = "sent"
    """Nothing is due."""
    WAITING = "waiting"
    """For a colleague to look at it."""
    RELEASED = "released"
    WITHHELD = "withheld"
    """Comes up again only where it changes again."""
    CONFLICT = "conflict"
    """The target has it otherwise, or did not take it."""


class Fate(StrEnum):
    """What an answer means for the record it was given to."""

    TAKEN = "taken"
    CONFLICT = "conflict"
    LATER = "later"
    STOP = "stop"
    """Nothing that is sent again, or sent after it, would fare better."""


_CONFLICTS = frozenset({400, 409, 413, 415, 422})
"""This record is not taken as it is; the next one may well be."""
_LATER = frozenset({408, 425, 429})


def change_of(sent: Told | None, told: Told | None, *, but: Collection[str] = ()) -> Change | None:
    """None where there is no difference; `but`: columns that make none, such as the instant of the last change."""
    if told is None:
        return None if sent is None else Change.GONE
    if sent is None:
        return Change.NEW
    return Change.CHANGED if differing(sent, told) - set(but) else None


def differing(sent: Told, told: Told) -> set[str]:
    return {name for name in {*sent, *told} if sent.get(name) != told.get(name)}


def fate_of(status: int) -> Fate:
    """Of an HTTP status. A redirect is followed nowhere: what is signed for one address is nothing for another."""
    if 200 <= status < 300:
        return Fate.TAKEN
    if status in _CONFLICTS:
        return Fate.CONFLICT
    return Fate.LATER if status in _LATER or status >= 500 else Fate.STOP


def asked_wait_s(retry_after: str | None, now: datetime) -> float:
    """What the header asks for, in seconds or as a date; 0 where it says nothing that can be read."""
    told = (retry_after or "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST_WAIT_S)
