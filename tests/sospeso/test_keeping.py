"""The database dies under the running program: it comes back, what waits for it is told, and a program without one says so and ends."""

import asyncio
import os
import signal
from pathlib import Path

import httpx
import psutil
import pytest

from sospeso.keeping import keep
from storage.embedded import EmbeddedServer
from storage.migrations.run import upgrade
from storage.processes import CannotStart
from tests.program import Program, a_connection, a_customer, a_home

pytestmark = pytest.mark.slow

PATIENCE_S = 120


async def until_healthy(program: Program, http: httpx.AsyncClient, *, status: int = 200) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await http.get(f"{program.url}/healthz")).status_code != status:  # noqa: ASYNC110 - another process tells
            await asyncio.sleep(0.05)


def kill_server(program: Program) -> int:
    """SIGKILL of its postmaster alone, whose id comes back."""
    (server,) = [child for child in psutil.Process(program.pid).children() if child.name() == "postgres"]
    server.send_signal(signal.SIGKILL)
    return server.pid


async def until_another_server(program: Program, killed: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while program.postmaster in {None, killed}:  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)


async def test_a_database_that_was_killed_comes_back_and_the_customer_goes_on() -> None:
    with a_home() as home, Program(home) as program:
        async with a_connection() as http:
            customer = await a_customer(program, program.mails, http).open()
            await customer.register(until="journey.email")
            await until_another_server(program, kill_server(program))
            await until_healthy(program, http)
            await customer.register(until="registration_person.identity.family_name")  # with a code that a job has mailed
        assert "the database server ended with -9" in program.log.read_text()


async def test_a_program_whose_database_does_not_stay_ends_with_a_sentence() -> None:
    with a_home() as home, Program(home) as program:
        control = home / "database/pg/global/pg_control"
        control.rename(control.with_name("lost"))
        kill_server(program)
        assert await asyncio.to_thread(program.wait) == 2
        last = program.log.read_text().splitlines()[-1]
        assert last.startswith(f"The database server of {home / 'database'} ended 6 times within 5 minutes, the last time with ")


async def test_while_a_database_of_one_s_own_is_away_its_health_is_503(open_folder: Path) -> None:
    with EmbeddedServer(open_folder / "database") as server, a_home() as home:
        upgrade(server.url("postgres"))
        with Program(home, database_url=server.url("postgres")) as program:
            async with a_connection() as http:
                await until_healthy(program, http)
                customer = await a_customer(program, program.mails, http).open()
                server.stop()
                await until_healthy(program, http, status=503)
                server.start()
                await until_healthy(program, http)
                await customer.send(command="help")


async def test_what_ends_too_often_is_given_up(open_folder: Path) -> None:
    with EmbeddedServer(open_folder / "database") as server:
        assert server.pid is not None
        keeping = asyncio.create_task(keep(server, waits_s=(0, 0)))
        for _ in range(3):
            killed = server.pid
            os.kill(killed, signal.SIGKILL)
            async with asyncio.timeout(PATIENCE_S):
                while server.pid == killed and not keeping.done():  # noqa: ASYNC110 - one look in half a second
                    await asyncio.sleep(0.05)
        with pytest.raises(CannotStart, match="ended 3 times"):
            await keeping
