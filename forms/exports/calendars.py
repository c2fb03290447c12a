"""Deadlines as a calendar (iCalendar, RFC 5545): a whole day for what ends on it, a quarter of an hour for who waits since an instant."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from forms.exports.columns import Mark, Record, instant
from forms.exports.lines import as_parts, as_text, line


class Calendar:
    """`titles` by kind of deadline, with `{customer}`."""

    def __init__(self, mark: Mark, titles: Mapping[str, str]) -> None:
        self._mark, self._titles = mark, titles

    def head(self) -> bytes:
        mark = as_parts(*(str(value) for value in self._mark.record.values()))
        return b"".join(
            [line("BEGIN", "VCALENDAR"), line("VERSION", "2.0"), line("PRODID", "-//Sospeso//Export//EN"), line("X-SOSPESO-EXPORT", mark)]
        )

    def row(self, record: Record) -> bytes:
        return b"".join(self._lines({name: str(value) for name, value in record.items()}))

    def foot(self) -> bytes:
        return line("END", "VCALENDAR")

    def _lines(self, known: dict[str, str]) -> Iterator[bytes]:
        yield line("BEGIN", "VEVENT")
        yield line("UID", f"urn:uuid:{known['id']}")
        yield line("DTSTAMP", _basic(instant(self._mark.at)))
        yield from _day(known["on"]) if "on" in known else _moment(known["at"])
        yield line("SUMMARY", as_text(self._titles[known["kind"]].format(customer=known.get("customer", "—"))))
        if "phone" in known:
            yield line("DESCRIPTION", as_text(known["phone"]))
        yield line("TRANSP", "TRANSPARENT")
        yield line("END", "VEVENT")


def _day(on: str) -> Iterator[bytes]:
    day = date.fromisoformat(on)
    yield line("DTSTART;VALUE=DATE", f"{day:%Y%m%d}")
    yield line("DTEND;VALUE=DATE", f"{day + timedelta(days=1):%Y%m%d}")


def _moment(at: str) -> Iterator[bytes]:
    yield line("DTSTART", _basic(at))
    yield line("DURATION", "PT15M")


def _basic(at: str) -> str:
    return re.sub("[-:]", "", at)
