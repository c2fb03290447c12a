"""S1-20, S4-13: by the way and in the hours a customer prefers, and never too often."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.approaches import APART, MOST_A_YEAR, YEAR, Way, next_allowed, next_welcome, way_to

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 11, 23, 12, tzinfo=ROME)


@pytest.mark.parametrize(
    ("preferred", "has_mail", "has_chat", "way"),
    [
        ("email", True, True, "email"),
        ("email", False, True, "messenger"),
        ("messenger", True, True, "messenger"),
        ("messenger", True, False, "email"),
        ("messenger", False, False, "colleague"),
        ("phone", True, True, "colleague"),
        ("post", True, True, "colleague"),
    ],
)
def test_s1_20_the_preferred_way_is_taken_and_the_other_only_where_it_is_closed(
    preferred: str, has_mail: bool, has_chat: bool, way: Way
) -> None:
    assert way_to(preferred, has_mail=has_mail, has_chat=has_chat) == way


@pytest.mark.parametrize(
    ("time_of_day", "moment", "welcome"),
    [
        ("any", "2026-11-23T07:59", "2026-11-23T08:00"),
        ("any", "2026-11-23T19:59", "2026-11-23T19:59"),
        ("any", "2026-11-23T20:00", "2026-11-24T08:00"),
        ("morning", "2026-11-23T12:00", "2026-11-24T08:00"),
        ("afternoon", "2026-11-23T09:00", "2026-11-23T12:00"),
        ("evening", "2026-11-23T23:30", "2026-11-24T18:00"),
        ("evening", "2027-03-27T22:00", "2027-03-28T18:00"),  # summer time begins that night
    ],
)
def test_s1_20_nobody_is_written_to_outside_of_their_hours(time_of_day: str, moment: str, welcome: str) -> None:
    at, wanted = (datetime.fromisoformat(text).replace(tzinfo=ROME) for text in (moment, welcome))
    assert next_welcome(time_of_day, at) == wanted


def test_s4_13_two_approaches_are_a_fortnight_apart() -> None:
    assert next_allowed([], NOON) == NOON
    assert next_allowed([NOON - APART], NOON) == NOON
    assert next_allowed([NOON - timedelta(days=1)], NOON) == NOON + APART - timedelta(days=1)


def test_s4_13_a_year_has_so_many_and_no_more_however_urgent() -> None:
    before = [NOON - timedelta(days=30 * number) for number in range(1, MOST_A_YEAR + 1)]
    assert next_allowed(before, NOON) == next_allowed(before, NOON, is_urgent=True) == before[-1] + YEAR
    assert next_allowed(before[1:], NOON) == NOON


def test_s4_13_what_cannot_wait_waits_for_no_fortnight() -> None:
    assert next_allowed([NOON - timedelta(days=1)], NOON, is_urgent=True) == NOON
