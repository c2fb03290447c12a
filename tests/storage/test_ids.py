"""Ids of rows."""

import time
from itertools import count

import pytest

from storage.tables.base import new_id

NANOSECONDS = 1_795_000_000_123_000_000


def test_what_was_made_later_in_the_same_millisecond_sorts_later(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(NANOSECONDS, 250)
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    made = [new_id() for _ in range(8_000)]  # two milliseconds
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_uuid_of_version_7_and_says_when_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for nanoseconds in (NANOSECONDS, NANOSECONDS + 999_999):
        monkeypatch.setattr(time, "time_ns", lambda at=nanoseconds: at)
        made = new_id()
        assert (made.version, made.variant) == (7, "specified in RFC 4122")
        assert made.int >> 80 == NANOSECONDS // 1_000_000
