"""What processes cost: processor time and resident memory, read from /proc (Linux)."""

import os
from contextlib import suppress
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


def family(root: int) -> list[int]:
    """The process and all its descendants, living now."""
    children: dict[int, list[int]] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            children.setdefault(int(_fields(stat)[1]), []).append(int(stat.parent.name))
    found, waiting = [], [root]
    while waiting:
        found.append(pid := waiting.pop())
        waiting.extend(children.get(pid, ()))
    return found


def cpu_s(root: int) -> float:
    """Processor seconds of a process and its living descendants since each began."""
    return sum(_cpu_ns(pid) for pid in family(root)) / 1e9


def resident_mb(root: int, *, without: str) -> float:
    """Resident megabytes of a process and its descendants, those of one name left out with all below them."""
    left_out = {below for pid in family(root) if _name(pid) == without for below in family(pid)}
    return sum(_resident_pages(pid) for pid in family(root) if pid not in left_out) * PAGE / 1e6


def _cpu_ns(pid: int) -> int:
    total = 0
    for schedstat in PROC.glob(f"{pid}/task/*/schedstat"):
        with suppress(OSError):
            total += int(schedstat.read_text().split()[0])
    return total


def _resident_pages(pid: int) -> int:
    with suppress(OSError):
        return int((PROC / str(pid) / "statm").read_text().split()[1])
    return 0


def _name(pid: int) -> str:
    with suppress(OSError):
        return (PROC / str(pid) / "comm").read_text().strip()
    return ""


def _fields(stat: Path) -> list[str]:
    """From the state on: the name before it may hold blanks and brackets."""
    return stat.read_text().rpartition(")")[2].split()
