"""What other people's code logs again and again fills no disk, and what it repeats of a page's messages is not told."""

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from bokeh.protocol import Protocol
from bokeh.server.protocol_handler import ProtocolHandler

from sospeso.logs import ALIKE_S, Seldom, log_to_stderr


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


@pytest.fixture
def as_the_program_logs() -> Iterator[None]:
    names = ("bokeh.server.asgi", "bokeh.server.protocol_handler", "dbos", "storage.workers")
    before = {name: logging.getLogger(name).filters[:] for name in names}
    log_to_stderr()
    yield
    for name, filters in before.items():
        logging.getLogger(name).filters[:] = filters


@pytest.mark.usefixtures("as_the_program_logs")
async def test_what_a_colleague_types_stands_in_no_log_where_the_page_has_moved_on(caplog: pytest.LogCaptureFixture) -> None:
    header, typed = (
        {"msgid": "1", "msgtype": "PATCH-DOC"},
        {"kind": "ModelChanged", "model": {"id": "p1"}, "attr": "value", "new": "Zzyzxplant"},
    )
    message = Protocol().assemble(json.dumps(header), "{}", json.dumps({"events": [typed]}))
    with caplog.at_level(logging.ERROR):
        await ProtocolHandler().handle(message, SimpleNamespace(session=None, error=lambda *_: None))
        logging.getLogger("bokeh.server.asgi").error("Bokeh websocket protocol error: %s", f"{message} not expected on server")
    first, second = caplog.records
    assert first.getMessage().startswith("a page's message was not taken: AttributeError in ")
    assert second.getMessage() == "a page's message was not taken: it was not one of Bokeh's"
    assert "Zzyzxplant" not in caplog.text
