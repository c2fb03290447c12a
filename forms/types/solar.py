"""The solar calendar of Iran, by its cycle of 33 years: right from 1178 to 1633 (1799 to 2254 of the common one)."""

from datetime import date, timedelta

FIRST, LAST = 1178, 1633
_BEFORE = date(622, 3, 20)
"""Where the cycle of today, carried back to the year 1, has the day before its first."""


def solar_parts(day: date) -> tuple[int, int, int]:
    """Year, month and day."""
    year = day.year - 621
    if day < _new_year(year):
        year -= 1
    number = (day - _new_year(year)).days
    month = number // 31 if number < 186 else (number - 6) // 30
    return year, month + 1, number - _days_before(month) + 1


def solar_date(year: int, month: int, day: int) -> date:
    """Raises ValueError for a day that the calendar does not have, or of a year for which its cycle is not right."""
    if not (FIRST <= year <= LAST and 1 <= month <= 12 and 1 <= day <= _days_in(year, month)):
        raise ValueError((year, month, day))
    return _new_year(year) + timedelta(days=_days_before(month - 1) + day - 1)


def _new_year(year: int) -> date:
    return _BEFORE + timedelta(days=365 * (year - 1) + (8 * year + 21) // 33 + 1)


def _days_before(months: int) -> int:
    return months * 30 + min(months, 6)


def _days_in(year: int, month: int) -> int:
    is_leap = (25 * year + 11) % 33 < 8
    return 31 if month <= 6 else 30 if month < 12 or is_leap else 29
