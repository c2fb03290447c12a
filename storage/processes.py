"""What our processes need of the operating system and of Python: their account, their lock, their end with ours, and how often garbage is looked for."""

import ctypes
import fcntl
import gc
import os
import pwd
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal

PR_SET_PDEATHSIG = 1  # linux/prctl.h


class CannotStart(Exception):  # noqa: N818 - a sentence for a person, who can mend it
    """Says in one sentence what to do."""


class AlreadyRunning(CannotStart):
    """Another living program of ours owns this folder's server."""


class Account:
    """PostgreSQL refuses to run as root: there it runs as `nobody`, else as ourselves."""

    def __init__(self) -> None:
        self._nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def arguments(self) -> dict[str, Any]:  # Any: keyword arguments of subprocess, of several types
        if self._nobody is None:
            return {}
        return {"user": self._nobody.pw_uid, "group": self._nobody.pw_gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self._nobody is not None:
            os.chown(path, self._nobody.pw_uid, self._nobody.pw_gid)
        elif path.stat().st_uid != os.geteuid():
            raise CannotStart(f"{path} belongs to another account: remove it or set SOSPESO_HOME to a folder of your own.")

    def must_reach(self, path: Path, advice: str) -> None:
        """`nobody` cannot pass a folder that is closed to others, such as root's home."""
        if self._nobody is None:
            return
        for parent in path.parents:
            if not parent.stat().st_mode & 0o001 and parent.stat().st_uid != self._nobody.pw_uid:
                raise CannotStart(
                    f"Run as root, the database server works as the account nobody, which may not enter {parent}: {advice}, or do not run as root."
                )


def python(module: str, *arguments: str) -> list[str]:
    """The command by which a module of ours runs as a process of its own."""
    return [sys.executable, "-m", module, *arguments]


def environment() -> dict[str, str]:
    """For a child: without our settings, whose secrets every process of its account could read there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SOSPESO_")}


def lock(path: Path) -> IO[str]:
    """Held until closed or until this process ends, however it ends."""
    held = path.open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        held.close()
        raise AlreadyRunning(
            f"Sospeso is already running on {path.parent}: stop it, or choose another folder with SOSPESO_HOME."
        ) from error
    return held


def end_with(parent: int) -> Callable[[], None] | None:
    """To run in a child: when `parent` dies, however it dies, the child gets SIGINT, PostgreSQL's fast and clean shutdown."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_death_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return set_death_signal


def postmaster_state(pid: int, cluster: Path) -> Literal["alive", "zombie", "gone"]:
    """`gone` also where the number went to another process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except PermissionError:
        pass
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():  # no Linux: believe the number
        return "alive"
    try:
        state = status.read_text().rpartition(")")[2].split()[0]
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
    except PermissionError:
        return "gone"
    if state == "Z":
        return "zombie"
    return "alive" if folder == cluster else "gone"


def look_seldom_for_garbage() -> None:
    """Each time some hundred objects were made Python looks through the young ones, and every so often through all: some 15 % of a start,
    for nothing, and 6 % of a worker's receipts. What is not in a ring is freed at once all the same."""
    gc.set_threshold(20_000, 5, 5)
