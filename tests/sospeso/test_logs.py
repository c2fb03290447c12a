"""What other people's code logs again and again fills no disk."""

import logging

import pytest

from sospeso.logs import ALIKE_S, Seldom


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def log(clock: list[float], caplog: pytest.LogCaptureFixture) -> logging.Logger:
    log = logging.getLogger("of tests")
    log.filters[:] = [Seldom(lambda: clock[0])]
    return log


def test_of_what_is_logged_at_one_place_one_line_a_minute_goes_through(
    log: logging.Logger, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    for second in range(121):
        clock[0] = float(second) * ALIKE_S / 60
        log.warning("away: %s", second)
        if second % 60 == 0:
            log.warning("elsewhere")
    first, _, second, _, third, _ = [record.getMessage() for record in caplog.records]
    assert first == "away: 0"
    assert second == "away: 60 (and 59 times more since it was last said)"
    assert third == "away: 120 (and 59 times more since it was last said)"
