"""Where the program's processes log to."""

import logging
import sys


def log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("fontTools", "httpx", "bokeh", "tornado", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
