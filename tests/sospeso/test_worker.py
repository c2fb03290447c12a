"""The jobs' process: it comes back when it was killed, its jobs are done by the next one, and it never outlives the program."""

import asyncio
import os
import signal
from contextlib import suppress

import psutil
import pytest

from tests.journeys.test_kill import check_mails, check_receipts, until_jobs_are_done
from tests.program import Program, a_connection, a_customer, a_home, looking_into

pytestmark = pytest.mark.slow

PATIENCE_S = 60


async def the_worker(program: Program, *, after: int | None = None) -> psutil.Process:
    """The program's child that does the jobs; another than the one `after` names."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for child in psutil.Process(program.pid).children():
                with suppress(psutil.NoSuchProcess):  # a killed one, also while it is a zombie
                    if child.pid != after and "sospeso.worker" in child.cmdline():
                        return child
            await asyncio.sleep(0.05)


async def test_another_worker_does_what_a_killed_one_left() -> None:
    with a_home() as home, Program(home) as program:
        async with a_connection() as http:
            customer = await a_customer(program, program.mails, http).open()
            await customer.register(until="registration_person.confirm")
            worker = await the_worker(program)
            worker.send_signal(signal.SIGKILL)
            await customer.answer(value=True)
        assert (await the_worker(program, after=worker.pid)).pid != worker.pid
        async with looking_into(program) as inside:
            await until_jobs_are_done(inside)
            assert await check_receipts(inside) == 1
        check_mails(program.mails, [customer])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
async def test_the_worker_ends_with_the_program_however_it_ends(number: signal.Signals) -> None:
    with a_home() as home, Program(home) as program:
        worker = await the_worker(program)
        os.kill(program.pid, number)
        assert await asyncio.to_thread(psutil.wait_procs, [worker], PATIENCE_S) == ([worker], [])


async def test_no_secret_stands_in_the_worker_s_environment() -> None:
    with a_home() as home, Program(home, SOSPESO_AGENCY_NAME="Agenzia di prova") as program:
        worker = await the_worker(program)
        assert not [name for name in worker.environ() if name.startswith("SOSPESO_")]
