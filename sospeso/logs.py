"""Where the program's processes log to."""

import logging
import sys
import time
from collections.abc import Callable

from bots.faults import place_of

ALIKE_S = 60.0


class Seldom(logging.Filter):
    """Of what is logged at one place in the code one line a minute, the next with how many were left out: while the database is away DBOS
    says so 100 times a second, with its trace."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._told: dict[tuple[str, int, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind, now = (record.pathname, record.lineno, record.levelno), self._clock()
        until, left_out = self._told.get(kind, (now, 0))
        if now < until:
            self._told[kind] = (until, left_out + 1)
            return False
        self._told[kind] = (now + ALIKE_S, 0)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} times more since it was last said)", None
        return True


class OnlyWhere(logging.Filter):
    """What went wrong with a message of an open page, without the message: Bokeh repeats it whole, and with it what a colleague was typing."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        told = place_of(error) if error is not None and error.__traceback__ is not None else "it was not one of Bokeh's"
        record.msg, record.args, record.exc_info = "a page's message was not taken: %s", (told,), None
        return True


def log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("fontTools", "httpx", "bokeh", "tornado", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("dbos", "storage.workers"):
        logging.getLogger(name).addFilter(Seldom())
    for name in ("bokeh.server.asgi", "bokeh.server.protocol_handler"):
        logging.getLogger(name).addFilter(OnlyWhere())
