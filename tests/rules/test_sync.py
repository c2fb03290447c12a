"""What is a difference, and what a target's answer means."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.sync import LONGEST_WAIT_S, Change, Fate, asked_wait_s, change_of, fate_of

NOW = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
RECORDS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", 1, True]), max_size=3)


@given(RECORDS, RECORDS)
def test_a_change_is_what_makes_a_difference_and_nothing_else(sent: dict[str, object], told: dict[str, object]) -> None:
    assert change_of(None, told) is Change.NEW
    assert change_of(sent, None) is Change.GONE
    assert change_of(sent, told) is (None if sent == told else Change.CHANGED)
    assert change_of(told, told) is change_of(None, None) is None


def test_the_instant_of_a_change_is_no_change() -> None:
    assert change_of({"a": "1", "updated_at": "x"}, {"a": "1", "updated_at": "y"}, but={"updated_at"}) is None
    assert change_of({"a": "1", "updated_at": "x"}, {"a": "2", "updated_at": "x"}, but={"updated_at"}) is Change.CHANGED


def test_every_status_has_one_fate() -> None:
    for status in range(100, 600):
        expected = Fate.STOP
        if 200 <= status < 300:
            expected = Fate.TAKEN
        elif status in {400, 409, 413, 415, 422}:
            expected = Fate.CONFLICT
        elif status in {408, 425, 429} or status >= 500:
            expected = Fate.LATER
        assert fate_of(status) is expected, status


@pytest.mark.parametrize(
    ("told", "wait_s"),
    [
        ("120", 120), (" 0 ", 0), ("Sun, 22 Nov 2026 08:27:53 GMT", 60), ("Sun, 22 Nov 2026 08:00:00 GMT", 0), ("999999999", LONGEST_WAIT_S),
        (None, 0), ("", 0), ("soon", 0), ("-5", 0), ("1.5", 0), ("٣", 0), ("Sun, 22 Nov 2099 08:00:00 GMT", LONGEST_WAIT_S),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", 0),
    ],
)  # fmt: skip
def test_a_wait_is_read_in_seconds_or_as_a_date(told: str | None, wait_s: float) -> None:
    assert asked_wait_s(told, NOW) == wait_s


@given(st.text())
def test_whatever_a_target_asks_for_the_wait_is_bounded(told: str) -> None:
    assert 0 <= asked_wait_s(told, NOW + timedelta(days=1)) <= LONGEST_WAIT_S
