"""The jobs' process: it comes back when it was killed, its jobs are done by the next one, the receipts under way reach each address, and
it never outlives the program."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import psutil
import pytest

from tests.journeys.test_kill import NUMBERS, check_mails, check_receipts, rows, until_jobs_are_done
from tests.program import Customer, Program, a_connection, a_customer, a_home, looking_into

pytestmark = pytest.mark.slow

CUSTOMERS = 12
LIVES = 4
PATIENCE_S = 180


@pytest.fixture(scope="module")
def house() -> Iterator[Program]:
    """One for all: each test counts what is its own."""
    with a_home() as home, Program(home, is_alone=True, agency_name="Agenzia di prova") as program:
        yield program


@pytest.fixture
def program(house: Program) -> Program:
    """Started anew where the test before has ended it."""
    return house if house.is_running else house.restart()


async def the_worker(program: Program, *, after: int | None = None) -> psutil.Process:
    """The program's child that does the jobs; another than the one `after` names."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for child in psutil.Process(program.pid).children():
                with suppress(psutil.NoSuchProcess):  # a killed one, also while it is a zombie
                    if child.pid != after and "sospeso.worker" in child.cmdline():
                        return child
            await asyncio.sleep(0.05)


@asynccontextmanager
async def before_their_act(program: Program, number: int) -> AsyncIterator[list[Customer]]:
    """Customers who have only to confirm; in the end each of them has one receipt, and nobody else a new one."""
    async with looking_into(program) as inside:
        before = len(await rows(inside, NUMBERS))
    async with a_connection() as http:
        customers = [await a_customer(program, program.mails, http).open() for _ in range(number)]
        await asyncio.gather(*(customer.register(until="registration_person.confirm") for customer in customers))
        assert {customer.path for customer in customers} == {"registration_person.confirm"}
        yield customers
    async with looking_into(program) as inside:
        await until_jobs_are_done(inside)
        assert await check_receipts(inside) == before + number
    check_mails(program.mails, customers)
    mailed = Counter(str(mail["To"]) for mail in program.mails.all() if list(mail.iter_attachments()))
    assert {mailed[customer.address] for customer in customers} == {1}
    assert mailed["agenzia@example.org"] == before + number


async def test_receipts_under_way_when_it_dies_reach_each_address() -> None:
    """Killed while they are printed and mailed: another life of the program finishes them, each mail under its one Message-ID."""
    chance = random.Random(7)
    with a_home() as home, Program(home) as program:  # whose worker and printers need not be looked at, and start sooner
        async with before_their_act(program, CUSTOMERS) as customers:
            await asyncio.gather(*(customer.answer(value=True) for customer in customers))
            for _ in range(LIVES):
                await asyncio.sleep(chance.uniform(0, 0.4))  # somewhere in printing, storing or mailing
                program.restart()


async def test_a_store_that_is_away_for_a_moment_costs_no_receipt(program: Program) -> None:
    store, away = program.home / "documents", program.home / "documents.away"
    async with before_their_act(program, 1) as (customer,):
        if store.exists():
            store.rename(away)
        store.write_text("no folder")
        said = len(program.log.read_text())
        await customer.answer(value=True)
        await until_said(program, "is tried again in", after=said)
        store.unlink()
        away.rename(store) if away.exists() else store.mkdir()


async def test_another_worker_does_what_a_killed_one_left(program: Program) -> None:
    async with before_their_act(program, 1) as (customer,):
        worker = await the_worker(program)
        worker.send_signal(signal.SIGKILL)
        await customer.answer(value=True)
        assert (await the_worker(program, after=worker.pid)).pid != worker.pid


async def test_no_secret_stands_in_the_worker_s_environment(program: Program) -> None:
    worker = await the_worker(program)
    assert not [name for name in worker.environ() if name.startswith("SOSPESO_")]


async def test_ctrl_c_in_a_terminal_is_the_program_s_own(program: Program) -> None:
    """Else a worker that still loads dies of it, with a traceback."""
    assert os.getpgid((await the_worker(program)).pid) != os.getpgid(program.pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
async def test_the_worker_ends_with_the_program_however_it_ends(program: Program, number: signal.Signals) -> None:
    worker = await the_worker(program)
    os.kill(program.pid, number)
    assert await asyncio.to_thread(psutil.wait_procs, [worker], PATIENCE_S) == ([worker], [])
    await asyncio.to_thread(program.stop)


async def until_said(program: Program, word: str, *, after: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while word not in program.log.read_text()[after:]:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)
