"""The embedded database server while the program runs: one that dies is started again, as the worker is."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from storage.embedded import EmbeddedServer
from storage.processes import CannotStart

log = logging.getLogger(__name__)
LOOK_S = 0.5
WAITS_S = (0.0, 1.0, 2.0, 4.0, 8.0)  # before each start: what a killed server leaves holds its memory for a moment
WITHIN_S = 300.0  # so many ends are no accident any more


@asynccontextmanager
async def kept(server: EmbeddedServer, end: Callable[[], None]) -> AsyncIterator[None]:
    """Where the server ends too often, `end` is called, and leaving raises CannotStart."""
    keeping = asyncio.create_task(keep(server))
    keeping.add_done_callback(lambda _: end())
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def keep(server: EmbeddedServer, waits_s: Sequence[float] = WAITS_S) -> None:
    """From the main thread, which the server ends with. Raises CannotStart at the end that comes after `waits_s` starts within WITHIN_S."""
    begun: deque[float] = deque()
    while True:
        while (status := server.ended_with) is None:  # noqa: ASYNC110 - the kernel tells a thread or nobody
            await asyncio.sleep(LOOK_S)
        while begun and time.monotonic() - begun[0] > WITHIN_S:
            begun.popleft()
        if len(begun) == len(waits_s):
            raise CannotStart(
                f"The database server of {server.folder} ended {len(begun) + 1} times within {WITHIN_S / 60:.0f} minutes, "
                f"the last time with {status}: {server.log} says why. Mend it and start again; nothing that was answered is lost."
            )
        log.error("the database server ended with %s: it is started again", status)
        await asyncio.sleep(waits_s[len(begun)])
        begun.append(time.monotonic())
        server.begin_again()
