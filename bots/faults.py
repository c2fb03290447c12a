"""What failed, as a log may have it."""

import logging
import os
import traceback

from storage.jobs import is_outage


def place_of(error: BaseException) -> str:
    """Which error it is and where it rose. Never its sentence, which may repeat a name."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.filename}:{last.lineno}"


def outage_of(error: BaseException) -> str:
    """Which error it is, and why where the disk says so, that it is full for one: neither names a file."""
    number = getattr(error, "errno", None)
    return f"{type(error).__name__} ({os.strerror(number)})" if number else type(error).__name__


def log_failed(log: logging.Logger, what: str, error: Exception) -> None:
    """An outage ends by itself; anything else is for whoever mends the program."""
    if is_outage(error):
        log.warning("%s failed: %s", what, outage_of(error))
    else:
        log.error("%s failed: %s", what, place_of(error))
