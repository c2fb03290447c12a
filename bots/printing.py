"""Printing apart from the event loop and from its interpreter lock: worker processes, one per thread that waits for it."""

import asyncio
import contextlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import IO, BinaryIO, cast

import msgspec

from bots import printer
from forms.papers.model import Paper
from storage.processes import environment


class PrintingError(RuntimeError):
    """A paper could not be printed; the message is the kind of error, never what was to be printed."""


class Printers:
    """`count` processes, started when they are first needed. Usable from any event loop."""

    def __init__(self, count: int = 2) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="printer")
        self._mine = threading.local()
        self._started: list[subprocess.Popen[bytes]] = []

    async def print_paper(self, paper: Paper) -> bytes:
        block = msgspec.json.encode(paper)  # not msgpack, which turns every time into UTC
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._print, block)

    def close(self) -> None:
        """Ends the processes; what is being printed is printed first."""
        self._threads.shutdown()
        for process in tuple(self._started):
            self._end(process)

    def _print(self, block: bytes) -> bytes:
        answer = self._ask(block) or self._ask(block)  # a process that was killed is started again, once
        if not answer:
            raise PrintingError("the printing process died twice")
        if answer[:1] != printer.PRINTED:
            raise PrintingError(answer[1:].decode())
        return answer[1:]

    def _ask(self, block: bytes) -> bytes | None:
        """The process's answer; None where it died, and then the next one is another."""
        process = self._process()
        answer = None
        with contextlib.suppress(BrokenPipeError):
            printer.send(_pipe(process.stdin), block)
            answer = printer.receive(_pipe(process.stdout))
        if answer is None:
            self._mine.process = None
            self._end(process)
        return answer

    def _process(self) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] | None = getattr(self._mine, "process", None)
        if process is None:
            command = [sys.executable, "-m", printer.__name__]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())  # noqa: S603 - our own interpreter
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
