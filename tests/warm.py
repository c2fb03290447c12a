"""A process that has imported the whole program; each program under test is forked from it, and so are the processes that one starts, where
it believes to start Python. So each costs what it does and not what Python reads again at every start (4.6 s of processor, Panel included;
the worker and the printer another 4). `tests/sospeso/test_program.py` starts it as people do.

One for all tests of a run, made by the first that needs it. It ends with the run."""

import gc
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
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TextIO

from storage import processes
from storage.processes import end_with
from tests.cheaper import be_cheaper

ROOT = Path(__file__).parent.parent
PROGRAM = ("sospeso.cli", "sospeso.demo", "bots.web.app", "console.app", "storage.migrations.run")
WORKER = (
    "sospeso.worker",
    "bots.receipts",
    "bots.clock",
    "storage.workers",
    "bots.printer",
    "forms.papers.printing",
    "pyhanko.sign.signers",
    "pyhanko.keys",
)
MOST = 1 << 16  # bytes of an order
RUN, ADDRESS = "WARM_FOR_RUN", "WARM_ADDRESS"
"""In the environment, for all processes of a run: the one that it ends with, and where orders go."""
LISTENS = b"listens\n"
BEGINNINGS = 20


class Started:
    """A program, as `subprocess.Popen` would have it. `stdout` is its output, line by line."""

    def __init__(self, output: int, warm: socket.socket) -> None:
        self.stdout: TextIO = os.fdopen(output, encoding="utf-8")
        self._warm = warm
        self.pid = int(warm.recv(32))
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
        if not select.select([self._warm], (), (), timeout)[0]:
            return None
        with self._warm:
            self._returned = int(self._warm.recv(32))
        return self._returned


def start(arguments: Sequence[str], environment: Mapping[str, str], errors: TextIO, *, is_alone: bool = False) -> Started:
    """`python -m sospeso` with these arguments, its errors added to an open file. `is_alone`: what it starts is started by Python."""
    return _start(["-m", "sospeso", *arguments], environment, errors.fileno(), is_alone=is_alone)


def start_python(*command: str) -> Started:
    """`python -m module …` or `python -c text …`, with our environment and errors: for what is killed in the middle."""
    return _start(command, os.environ, 2)


def _start(command: Sequence[str], environment: Mapping[str, str], errors: int, *, is_alone: bool = False) -> Started:
    output, theirs = os.pipe()
    warm = _connected()
    with Path(os.devnull).open("rb") as nothing:
        order = json.dumps([list(command), dict(environment), is_alone]).encode()
        socket.send_fds(warm, [order], [nothing.fileno(), theirs, errors])
    os.close(theirs)
    return Started(output, warm)


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


def one_for_this_run() -> None:
    """Before xdist starts processes that inherit it."""
    os.environ.setdefault(RUN, str(os.getpid()))
    os.environ.setdefault(ADDRESS, f"sospeso-{secrets.token_hex(16)}")


def _connected() -> socket.socket:
    """To the warm process, which is begun where there is none yet."""
    one_for_this_run()
    for _ in range(BEGINNINGS):
        warm = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            warm.connect(_address())
        except ConnectionRefusedError:
            warm.close()
            _begin()
        else:
            return warm
    raise RuntimeError("the warm process does not begin")


def _address() -> str:
    return f"\0{os.environ[ADDRESS]}"


def _begin() -> None:
    """Returns when it listens, or has found that another does."""
    reads, writes = os.pipe()
    with Path(os.devnull).open("rb") as nothing, os.fdopen(reads, "rb") as told:
        actions = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), 0), (os.POSIX_SPAWN_DUP2, writes, 1)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        os.posix_spawn(sys.executable, [sys.executable, "-m", __name__], environment, file_actions=actions, setsid=True)
        os.close(writes)
        told.readline()


def import_all() -> None:
    """And what each loads when it is first needed: the lists of places, the words of the catalogue, the types of Telegram's."""
    for name in (*PROGRAM, *WORKER):
        import_module(name)
    be_cheaper()
    load_demos_catalogue()
    import_module("forms.types").warm_up(date(2026, 1, 1))
    import_module("bots.telegram.lean").import_aiogram()
    import_module("bots.telegram.station").warm_up()
    gc.collect()
    gc.freeze()  # whoever is forked need not look through it, and so copy it, again and again


def load_demos_catalogue() -> None:
    """In all its languages, and as a house finds what it kept of it when it started before."""
    catalogue, languages = import_module("forms.catalogue"), import_module("rules.languages").LANGUAGES
    with TemporaryDirectory() as folder:
        versions = Path(folder) / "versions"
        for edition in catalogue.load_catalogue(languages=languages).editions.values():
            catalogue.freeze(edition, versions)
        catalogue.load_catalogue(languages=languages, versions=versions)


def listening() -> socket.socket:
    """Before anything is imported, so that whoever comes second sees it; ends the process that is not the first."""
    orders = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with suppress(OSError):
        orders.bind(_address())
        orders.listen()
        os.write(1, LISTENS)
        os.dup2(2, 1)
        return orders
    os._exit(0)


def become_program(orders: socket.socket, run: int) -> list[str]:
    """Returns once for each order, in a process of its own that is what was ordered from then on: what Python is given."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
    the_run = os.pidfd_open(run)
    warm = os.getpid()
    while True:
        if the_run in select.select([orders, the_run], (), ())[0]:
            os._exit(0)
        connection, _ = orders.accept()
        order, files, *_ = socket.recv_fds(connection, MOST, 3)
        if len(files) == 3 and os.fork() == 0:  # fewer: it was killed before it said anything
            orders.close()
            os.close(the_run)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            watch(connection, warm)
            command, environment, is_alone = json.loads(order)
            if not is_alone:
                processes.python = partial(_stand_in, os.environ[ADDRESS])  # type: ignore[assignment]
            os.environ.clear()
            os.environ.update(environment)
            for number, file in enumerate(files):
                os.dup2(file, number)
                os.close(file)
            return list(map(str, command))
        connection.close()
        for file in files:
            os.close(file)


def _stand_in(address: str, module: str, *arguments: str) -> list[str]:
    """Instead of the command that starts Python."""
    return [sys.executable, "-I", "-S", str(ROOT / "tests/stand_in.py"), address, "-m", module, *arguments]


def watch(ordered: socket.socket, warm: int) -> None:
    """Returns in the program; its parent tells how it ended. Where the warm process or that parent has died the program ends as by Ctrl-C,
    and by force where nobody waits any more to be told."""
    _end_with(warm)
    watching = os.getpid()
    if pid := os.fork():
        ordered.send(b"%d" % pid)
        ended = os.pidfd_open(pid)
        if ended not in select.select([ended, ordered], (), ())[0]:
            os.kill(pid, signal.SIGKILL)
        with suppress(BrokenPipeError):
            ordered.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os._exit(0)
    ordered.close()
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _end_with(watching)


def _end_with(parent: int) -> None:
    if set_death_signal := end_with(parent):
        set_death_signal()


if __name__ == "__main__":
    listens = listening()
    os.chdir(ROOT)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # sent where the process before this one has died
    import_all()
    warnings.filterwarnings("ignore", "'.*' found in sys.modules", RuntimeWarning)  # that is what all this is for
    how, what, *sys.argv[1:] = become_program(listens, int(os.environ[RUN]))
    if how == "-c":
        exec(what)
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)
