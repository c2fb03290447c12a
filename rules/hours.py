"""When the agency's office is open: read from one line, asked for the next opening."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = re.compile(rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?")
_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """Of one weekday (0 = Monday), from `opens` to before `closes`."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Hours:
    spans: tuple[Span, ...]

    def is_open(self, at: datetime) -> bool:
        """`at` in the agency's time zone."""
        return any(span.weekday == at.weekday() and span.opens <= at.time() < span.closes for span in self.spans)

    def next_opening(self, at: datetime) -> datetime:
        """The first opening after `at`, in the same time zone."""
        return min(opening for opening in self._openings(at) if opening > at)

    def _openings(self, at: datetime) -> Iterator[datetime]:
        for days in range(8):
            day = at.date() + timedelta(days=days)
            for span in self.spans:
                if span.weekday == day.weekday():
                    yield datetime.combine(day, span.opens, at.tzinfo)


def read_hours(text: str) -> Hours | None:
    """ "mon-fri 9:00-13:00 14:30-18:30, sat 9:00-12:00"; None of an empty line. Raises ValueError that says how it is written."""
    if not text.strip():
        return None
    return Hours(tuple(span for part in text.lower().split(",") for span in _spans(part.split())))


def _spans(words: list[str]) -> Iterator[Span]:
    days = _DAYS.fullmatch(words[0]) if words else None
    hours = [_SPAN.fullmatch(word) for word in words[1:]]
    if days is None or not hours:
        raise ValueError(_HOW)
    first, last = DAYS.index(days[1]), DAYS.index(days[2] or days[1])
    for weekday in range(first, last + 1 if last >= first else last + 8):
        for span in hours:
            if span is None:
                raise ValueError(_HOW)
            yield Span(weekday % 7, *_times(span))


def _times(span: re.Match[str]) -> tuple[time, time]:
    hours, minutes, until, and_minutes = map(int, span.groups())
    opens, closes = time(hours, minutes), time(until, and_minutes)
    if closes <= opens:
        raise ValueError(_HOW)
    return opens, closes


_HOW = "written like `mon-fri 9:00-13:00 14:30-18:30, sat 9:00-12:00`"
