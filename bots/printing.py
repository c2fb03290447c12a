"""Printing and composing apart from the event loop and from its interpreter lock: processes, one per thread that waits for it."""

import asyncio
import contextlib
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import IO, BinaryIO, cast

import msgspec

from bots.orders import MADE, MailOrder, Order, PaperOrder, SealOrder, receive, send
from bots.sealing import Seal
from forms.papers.model import Paper
from storage import processes


class PrintingError(RuntimeError):
    """A paper or mail could not be made; the message is the kind of error, never what was to be made."""


class Printers:
    """`count` processes, started when they are needed, gone when they were not for `idle_s`. Usable from any event loop."""

    def __init__(self, count: int = 1, *, idle_s: float = 10) -> None:
        self._idle_s = idle_s
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="printer")
        self._mine = threading.local()
        self._started: list[subprocess.Popen[bytes]] = []

    async def print_paper(self, paper: Paper, seal: Seal | None = None) -> bytes:
        """Without a seal the same paper is the same bytes."""
        return await self._make(PaperOrder(paper, seal))

    async def look_at_seal(self, content: bytes, seal: Seal | None = None) -> str:
        """A SealState; also where the file ended the process that looked."""
        try:
            return (await self._make(SealOrder(content, seal))).decode()
        except PrintingError:
            return "unread"

    async def compose_mail(self, order: MailOrder) -> bytes:
        return await self._make(order)

    def close(self) -> None:
        """Ends the processes; what is being printed is printed first."""
        self._threads.shutdown()
        for process in tuple(self._started):
            self._end(process)

    async def _make(self, order: Order) -> bytes:
        block = msgspec.json.encode(order)  # not msgpack, which turns every time into UTC
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._order, block)

    def _order(self, block: bytes) -> bytes:
        answer = self._ask(block) or self._ask(block)  # one that was killed, or ended without orders, is followed by another, once
        if not answer:
            raise PrintingError("the printing process died twice")
        if answer[:1] != MADE:
            raise PrintingError(answer[1:].decode())
        return answer[1:]

    def _ask(self, block: bytes) -> bytes | None:
        """The process's answer; None where it died, and then the next one is another."""
        process = self._process()
        answer = None
        with contextlib.suppress(BrokenPipeError):
            send(_pipe(process.stdin), block)
            answer = receive(_pipe(process.stdout))
        if answer is None:
            self._mine.process = None
            self._end(process)
        return answer

    def _process(self) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] | None = getattr(self._mine, "process", None)
        if process is None:
            command = processes.python("bots.printer", str(self._idle_s))
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=processes.environment())  # noqa: S603 - our own interpreter
            self._mine.process = process
            self._started.append(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._started.remove(process)
        with contextlib.suppress(BrokenPipeError):  # what was left in the buffer of a process that died
            _pipe(process.stdin).close()
        process.wait()
        _pipe(process.stdout).close()


def _pipe(stream: IO[bytes] | None) -> BinaryIO:
    if stream is None:
        raise ValueError("the process was started without its pipes")
    return cast(BinaryIO, stream)  # a pipe of bytes, though typed by its mode
