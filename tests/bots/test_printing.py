"""Printing processes print what printing prints, come back when they were killed, and never outlive their parent."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from bots.printing import Printers
from forms.papers.printing import print_paper
from tests.forms.papers.samples import a_paper


@pytest.fixture
def printers():
    made = Printers(2)
    yield made
    made.close()


@pytest.mark.slow
async def test_the_processes_print_the_same_bytes(printers):
    papers = [a_paper(number=f"R-2026-{n:06d}") for n in range(8)]
    printed = await asyncio.gather(*(printers.print_paper(paper) for paper in papers))
    assert printed == [print_paper(paper) for paper in papers]


@pytest.mark.slow
async def test_a_killed_process_is_started_again(printers):
    await printers.print_paper(a_paper())
    for process in printers._started:
        process.send_signal(signal.SIGKILL)
    assert await printers.print_paper(a_paper()) == print_paper(a_paper())


@pytest.mark.slow
async def test_a_process_without_orders_ends_and_the_next_paper_starts_another():
    printers = Printers(1, idle_s=0.1)
    await printers.print_paper(a_paper())
    (first,) = printers._started
    assert await asyncio.to_thread(first.wait, 20) == 0
    assert await printers.print_paper(a_paper()) == print_paper(a_paper())
    printers.close()


@pytest.mark.slow
async def test_a_paper_that_cannot_be_printed_raises_without_its_contents(printers):
    from bots.printing import PrintingError

    with pytest.raises(PrintingError, match=r"^FileNotFoundError$"):
        await printers.print_paper(replace(a_paper(), language="xx"))


PARENT = """
import asyncio, sys
from bots.printing import Printers
from tests.forms.papers.samples import a_paper
printers = Printers(1)
asyncio.run(printers.print_paper(a_paper()))
print(printers._started[0].pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_a_printing_process_ends_with_a_parent_that_was_killed():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        worker = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)
        assert psutil.wait_procs([worker], timeout=20)[1] == []


@pytest.mark.slow
async def test_no_secret_of_ours_stands_in_a_printing_process_environment(printers, monkeypatch):
    monkeypatch.setenv("SOSPESO_MASTER_KEY", "a secret of tests")
    await printers.print_paper(a_paper())
    (child,) = printers._started
    assert not [name for name in psutil.Process(child.pid).environ() if name.startswith("SOSPESO_")]
