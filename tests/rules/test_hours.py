"""The office's hours, as one line says them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.hours import read_hours

ROME = ZoneInfo("Europe/Rome")
LINE = "mon-fri 9:00-13:00 14:30-18:30, sat 9:00-12:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T09:00", True),
        ("2026-11-23T13:00", False),
        ("2026-11-23T14:30", True),
        ("2026-11-28T12:00", False),
        ("2026-11-29T10:00", False),
    ],
)
def test_open_is_from_the_first_minute_to_before_the_last(moment: str, is_open: bool) -> None:
    hours = read_hours(LINE)
    assert hours is not None
    assert hours.is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23T08:00", "2026-11-23T09:00"),
        ("2026-11-23T13:30", "2026-11-23T14:30"),
        ("2026-11-27T19:00", "2026-11-28T09:00"),
        ("2026-11-28T12:00", "2026-11-30T09:00"),
    ],
)
def test_the_next_opening(moment: str, opening: str) -> None:
    hours = read_hours(LINE)
    assert hours is not None
    assert hours.next_opening(at(moment)) == at(opening)


def test_one_opening_a_week_is_found_a_week_later() -> None:
    hours = read_hours("sat-sun 9:00-12:00, wed 8:00-9:00")
    assert hours is not None
    assert hours.next_opening(at("2026-11-29T09:00")) == at("2026-12-02T08:00")
    weekly = read_hours("Wed 8:00-9:00")
    assert weekly is not None
    assert weekly.next_opening(at("2026-12-02T08:00")) == at("2026-12-09T08:00")


def test_an_empty_line_says_nothing() -> None:
    assert read_hours(" ") is None


@pytest.mark.parametrize(
    "line", ["9-18", "mon", "lun 9:00-18:00", "mon 18:00-9:00", "mon 9:00-25:00", "mon 9.00-18.00", ",", "mon 9:00-13:00,"]
)
def test_what_is_no_such_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"written like|hour must be"):
        read_hours(line)
