"""What nobody foresaw, as a log may have it."""

import traceback


def place_of(error: BaseException) -> str:
    """Which error it is and where it rose. Never its sentence, which may repeat a name."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.filename}:{last.lineno}"
