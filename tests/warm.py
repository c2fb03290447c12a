"""A process that has imported the whole program; each program under test is forked from it, and so are the processes that one starts, where
it believes to start Python. So each costs what it does and not what Python reads again at every start (4.6 s of processor, Panel included;
the worker and the printer another 4). `tests/sospeso/test_program.py` starts it as people do."""

import atexit
import json
import os
import runpy
import secrets
import select
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

from storage import processes
from storage.processes import end_with
from tests.yaml_once import read_yaml_once

ROOT = Path(__file__).parent.parent
PROGRAM = ("sospeso.cli", "sospeso.demo", "bots.web.app", "console.app", "storage.migrations.run")
WORKER = ("sospeso.worker", "bots.receipts", "bots.clock", "storage.workers", "bots.printer", "forms.papers.printing")
MOST = 1 << 16  # bytes of an order


class Started:
    """A program, as `subprocess.Popen` would have it. `stdout` is its output, line by line."""

    def __init__(self, output: int, status: int) -> None:
        self.stdout: TextIO = os.fdopen(output, encoding="utf-8")
        self._status = os.fdopen(status, encoding="ascii")
        self.pid = int(self._status.readline())
        self._returned: int | None = None

    def poll(self) -> int | None:
        return self._returned if self._returned is not None else self._read(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, negative where a signal ended it. Raises TimeoutExpired after `timeout` seconds."""
        returned = self._returned if self._returned is not None else self._read(timeout)
        if returned is None:
            raise subprocess.TimeoutExpired("sospeso", timeout or 0)
        return returned

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _read(self, timeout: float | None) -> int | None:
        if not select.select([self._status], (), (), timeout)[0]:
            return None
        with self._status:
            self._returned = int(self._status.readline())
        return self._returned


def start(arguments: Sequence[str], environment: Mapping[str, str], errors: TextIO, *, is_alone: bool = False) -> Started:
    """`python -m sospeso` with these arguments, its errors added to an open file. `is_alone`: what it starts is started by Python."""
    output, theirs = os.pipe()
    status, their_status = os.pipe()
    order = json.dumps(["sospeso", list(arguments), dict(environment), is_alone]).encode()
    socket.send_fds(_warm(), [order], [theirs, errors.fileno(), their_status])
    os.close(theirs)
    os.close(their_status)
    return Started(output, status)


def start_cold(arguments: Sequence[str], environment: Mapping[str, str], errors: TextIO) -> subprocess.Popen[str]:
    """The same as people start it: where starting itself, or its memory, is what is looked at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of preexec_fn beside threads, as in storage/embedded.py
        return subprocess.Popen(
            [sys.executable, "-m", "sospeso", *arguments],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
            preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - also where the tests are killed
        )


def run(arguments: Sequence[str], environment: Mapping[str, str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """The same to its end, its output and errors read."""
    with TemporaryFile("w+", encoding="utf-8") as errors:
        started = start(arguments, environment, errors)
        with started.stdout:
            said = started.stdout.read()
        returned = started.wait(timeout)
        errors.seek(0)
        return subprocess.CompletedProcess(["sospeso", *arguments], returned, said, errors.read())


@cache
def _warm() -> socket.socket:
    """Where orders go: one process for all tests of this one, which ends with it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of preexec_fn beside threads, as in storage/embedded.py
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is the tests' own: they end what they have started
            preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - also where the tests are killed
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def import_all() -> None:
    """And what each loads when it is first needed: the lists of places, the words of the catalogue, the types of Telegram's."""
    for name in (*PROGRAM, *WORKER):
        import_module(name)
    read_yaml_once()
    import_module("forms.catalogue").load_catalogue()
    import_module("forms.types").warm_up(date(2026, 1, 1))
    import_module("bots.telegram.lean").import_aiogram()
    import_module("bots.telegram.station").warm_up()


class Warm:
    """Where orders come from: `tests`, and the places that stand-ins take in the programs under test."""

    def __init__(self, tests: socket.socket) -> None:
        self._tests = tests
        self._address = f"sospeso-{secrets.token_hex(16)}"
        self._stand_ins = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._stand_ins.bind(f"\0{self._address}")
        self._stand_ins.listen()

    def become(self) -> list[str]:
        """Returns once for each order, in a process of its own that is what was ordered from then on: its module and arguments."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # sent where the process before this one has died
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
        while True:
            ready, _, _ = select.select([self._tests, self._stand_ins], (), ())
            become = self._for_tests if self._tests in ready else self._for_stand_in
            if command := become():
                return command

    def _for_tests(self) -> list[str] | None:
        order, files, *_ = socket.recv_fds(self._tests, MOST, 3)
        if not order:
            os._exit(0)
        output, errors, status = files
        module, arguments, environment, is_alone = json.loads(order)
        if not self._fork(status, {output: 1, errors: 2}, environment):
            return None
        if not is_alone:
            processes.python = self._stand_in  # type: ignore[assignment]
        return [module, *arguments]

    def _for_stand_in(self) -> list[str] | None:
        connection, _ = self._stand_ins.accept()
        order, files, *_ = socket.recv_fds(connection, MOST, 3)
        if len(files) != 3:  # it was killed before it said anything
            connection.close()
            return None
        module, arguments, environment = json.loads(order)
        return [module, *arguments] if self._fork(connection.detach(), dict(zip(files, range(3), strict=True)), environment) else None

    def _stand_in(self, module: str, *arguments: str) -> list[str]:
        return [sys.executable, "-I", "-S", str(ROOT / "tests/stand_in.py"), self._address, module, *arguments]

    def _fork(self, status: int, files: Mapping[int, int], environment: Mapping[str, str]) -> bool:
        """True in the process that was ordered."""
        warm = os.getpid()
        if os.fork() == 0:
            self._tests.close()
            self._stand_ins.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            watch(status, warm)
            os.environ.clear()
            os.environ.update(environment)
            for file, number in files.items():
                os.dup2(file, number)
                os.close(file)
            return True
        for file in (status, *files):
            os.close(file)
        return False


def watch(status: int, warm: int) -> None:
    """Returns in the program; its parent tells how it ended. Where any of those above has died the program ends as by Ctrl-C, and by force
    where the one who waits to be told has."""
    _end_with(warm)
    watching = os.getpid()
    if pid := os.fork():
        os.write(status, b"%d\n" % pid)
        ended, waiting = os.pidfd_open(pid), select.poll()
        waiting.register(ended, select.POLLIN)
        waiting.register(status, 0)  # that nobody reads it any more is told unasked
        if ended not in dict(waiting.poll()):
            os.kill(pid, signal.SIGKILL)
        with suppress(BrokenPipeError):
            os.write(status, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os._exit(0)
    os.close(status)
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _end_with(watching)


def _end_with(parent: int) -> None:
    if set_death_signal := end_with(parent):
        set_death_signal()


if __name__ == "__main__":
    import_all()
    warnings.filterwarnings("ignore", "'.*' found in sys.modules", RuntimeWarning)  # that is what all this is for
    module, *sys.argv[1:] = Warm(socket.socket(fileno=int(sys.argv[1]))).become()
    runpy.run_module(module, run_name="__main__", alter_sys=True)
