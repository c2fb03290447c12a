"""The jobs in a process of their own, beside the one that answers.

In one process they shared the interpreter's lock with the turns: DBOS's polling threads alone doubled a turn's p99 (docs/decisions/0009).
The process ends when its input closes, which also a kill -9 of its parent does: it is never an orphan.
"""

import asyncio
import contextlib
import gc
import logging
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

import uvloop

from sospeso.logs import log_to_stderr
from sospeso.parts import Addresses, open_services
from storage import processes
from storage.settings import Settings

if TYPE_CHECKING:
    from dialogs.services import Services

log = logging.getLogger(__name__)
NICENESS = 10  # a customer who waits for an answer goes before a job; printing yields to both
AT_WORK = b"at work\n"
AGAIN_S = 1.0  # before one that died is followed by another
PARTING_S = 5.0


class WorkerProcess:
    """`async with WorkerProcess(settings, addresses): …`; one that dies is followed by another."""

    def __init__(self, settings: Settings, addresses: Addresses, *, is_demo: bool = False) -> None:
        self.at_work = asyncio.Event()
        self._order = pickle.dumps((settings, addresses.told(), is_demo))
        self._process: Process | None = None
        self._is_ending = False

    async def __aenter__(self) -> Self:
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_ending = True
        if self._process and self._process.stdin:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._keeping, PARTING_S)
        except TimeoutError:
            self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(number)

    async def _keep(self) -> None:
        while not self._is_ending:
            code = await self._run()
            if not self._is_ending:
                log.error("the worker ended with %s: another takes its jobs over", code)
                await asyncio.sleep(AGAIN_S)

    async def _run(self) -> int:
        # by its input and not its environment, which other processes of this account can read
        self._process = process = await asyncio.create_subprocess_exec(
            *processes.python(__name__),
            stdin=PIPE,
            stdout=PIPE,
            env=processes.environment(),
            start_new_session=True,  # Ctrl-C is for us, who end it; in its first second it could not even pass it over
        )
        if process.stdin is None or process.stdout is None:
            raise ValueError("the process was started without its pipes")
        with contextlib.suppress(ConnectionError):
            process.stdin.write(self._order)
            await process.stdin.drain()
        if self._is_ending:
            process.stdin.close()
        if await process.stdout.readline() == AT_WORK:
            self.at_work.set()
        return await process.wait()


@asynccontextmanager
async def working(services: "Services", addresses: Addresses) -> AsyncIterator[None]:
    """The jobs in this process."""
    from bots import receipts
    from bots.clock import Clock
    from storage.workers import Worker

    workshop = receipts.register(services)
    try:
        async with Worker(addresses.app, receipts.QUEUES), Clock(services):
            gc.freeze()  # what was imported stays: no need to look through it again and again
            yield
    finally:
        await asyncio.to_thread(workshop.close)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever stops a service tells each of its processes; the parent ends us
        signal.signal(number, signal.SIG_IGN)
    processes.look_seldom_for_garbage()
    log_to_stderr()
    settings, addresses, is_demo = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our parent
    os.nice(NICENESS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings, addresses, is_demo=is_demo))


async def _work(settings: Settings, addresses: Addresses, *, is_demo: bool) -> None:
    # Nothing more is said: readable is closed. At once, as by a kill: what is under way is the next worker's, also where the database is gone.
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), os._exit, 0)
    async with open_services(settings, addresses, is_demo=is_demo) as services, working(services, addresses):
        sys.stdout.buffer.write(AT_WORK)
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
