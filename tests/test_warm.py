"""What is forked from the warm process lives and dies as a child would."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from tests import warm

pytestmark = pytest.mark.slow

SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
PATIENCE_S = 180


def test_its_status_is_told_and_a_signal_is_negative() -> None:
    ended, killed = warm.start_python("-c", "raise SystemExit(3)"), warm.start_python("-c", SLEEPER)
    with ended.stdout, killed.stdout:
        assert ended.wait(PATIENCE_S) == 3
        assert int(killed.stdout.readline()) == killed.pid
        assert killed.poll() is None
        killed.kill()
        assert killed.wait(PATIENCE_S) == -signal.SIGKILL


def test_a_stand_in_that_is_killed_takes_along_whom_it_stands_for() -> None:
    begun = warm.start_python("-c", "")
    with begun.stdout:
        assert begun.wait(PATIENCE_S) == 0
    command = [sys.executable, "-I", "-S", str(warm.ROOT / "tests/stand_in.py"), os.environ[warm.ADDRESS], "-c", SLEEPER]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as standing:
        assert standing.stdout
        other = psutil.Process(int(standing.stdout.readline()))
        assert other.pid != standing.pid
        standing.kill()
        assert psutil.wait_procs([other], PATIENCE_S) == ([other], [])
