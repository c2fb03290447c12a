"""Dates by tapping: years, months, days, within what the question takes. A typed date is read as ever."""

import calendar
from datetime import date
from functools import lru_cache

from babel.dates import get_day_names, get_month_names

from bots.messengers.buttons import Button, Place, Rows
from forms.types.showing import manner

YEARS = 16  # a page of four by four
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
_BLANK = "·"


@lru_cache(maxsize=256)
def _months(language: str) -> tuple[str, ...]:
    names = get_month_names("abbreviated", "stand-alone", manner(language).locale)
    return tuple(names[month] for month in range(1, 13))


@lru_cache(maxsize=16)
def _weekdays(language: str) -> tuple[str, ...]:
    names = get_day_names("short", "stand-alone", manner(language).locale)
    return tuple(names[day] for day in range(7))


def bounds(least: object, most: object) -> tuple[date, date]:
    return _date(least, EARLIEST), _date(most, LATEST)


def first_page(place: Place, language: str, least: object, most: object, today: date) -> Rows:
    """Days where there are few to choose from, else the years: those before the last one for the past, today's and on for the future."""
    first, last = bounds(least, most)
    here = min(max(today, first), last)
    if (last - first).days <= 400:
        return days(place, language, here.replace(day=1), first, last)
    return years(place, language, here.year - YEARS + 1 if last <= today else here.year, first, last)


def page(place: Place, language: str, argument: str, least: object, most: object) -> Rows | None:
    """The page that a button asked for; None where it is none."""
    first, last = bounds(least, most)
    if not argument.removeprefix("y").isdecimal() or not argument.isascii():
        return None
    number = argument.removeprefix("y")
    year = int(number[:4])
    if not EARLIEST.year <= year <= LATEST.year:
        return None
    if argument.startswith("y"):
        return years(place, language, year, first, last)
    if len(number) == 4:
        return months(place, language, year, first, last)
    if len(number) == 6 and 1 <= int(number[4:]) <= 12:
        return days(place, language, date(year, int(number[4:]), 1), first, last)
    return None


def years(place: Place, _language: str, start: int, first: date, last: date) -> Rows:
    start = max(min(start, last.year - YEARS + 1), first.year)
    shown = [year for year in range(start, start + YEARS) if year <= last.year]
    rows = [tuple(place.button(str(year), "p", str(year)) for year in shown[at : at + 4]) for at in range(0, len(shown), 4)]
    back = [place.button("«", "p", f"y{max(start - YEARS, first.year)}")] if start > first.year else []
    on = [place.button("»", "p", f"y{start + YEARS}")] if start + YEARS <= last.year else []
    return (*rows, *([(*back, *on)] if back or on else []))


def months(place: Place, language: str, year: int, first: date, last: date) -> Rows:
    may = [_may(year, month, first, last) for month in range(1, 13)]
    cells = [
        place.button(name, "p", f"{year}{month:02}") if may[month - 1] else place.button(_BLANK, "x")
        for month, name in enumerate(_months(language), start=1)
    ]
    return ((place.button(f"‹ {year}", "p", f"y{year - YEARS // 2}"),), *(tuple(cells[at : at + 4]) for at in range(0, 12, 4)))


def days(place: Place, language: str, month: date, first: date, last: date) -> Rows:
    """`month` by its first day."""
    head = place.button(f"‹ {_months(language)[month.month - 1]} {month.year}", "p", str(month.year))
    before, after = _beside(month.year, month.month)
    back = [place.button("«", "p", before)] if _may(int(before[:4]), int(before[4:]), first, last) else []
    on = [place.button("»", "p", after)] if _may(int(after[:4]), int(after[4:]), first, last) else []
    names = tuple(place.button(name, "x") for name in _weekdays(language))
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    cells = (tuple(_day(place, day, month.month, first, last) for day in week) for week in weeks)
    return ((*back, head, *on), names, *cells)


def read_day(argument: str) -> str | None:
    """ISO date of `19800312`."""
    try:
        return date.fromisoformat(argument).isoformat() if len(argument) == 8 and argument.isdecimal() else None
    except ValueError:
        return None


def _day(place: Place, day: date, month: int, first: date, last: date) -> Button:
    if day.month != month or not first <= day <= last:
        return place.button(_BLANK, "x")
    return place.button(str(day.day), "d", f"{day:%Y%m%d}")


def _beside(year: int, month: int) -> tuple[str, str]:
    before = f"{year - 1}12" if month == 1 else f"{year}{month - 1:02}"
    return before, f"{year + 1}01" if month == 12 else f"{year}{month + 1:02}"


def _may(year: int, month: int, first: date, last: date) -> bool:
    return (first.year, first.month) <= (year, month) <= (last.year, last.month)


def _date(given: object, otherwise: date) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        return otherwise
