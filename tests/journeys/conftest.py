"""The whole house, shared by the journeys."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from tests.bots.web.conftest import catalogue, client, made, read_code, robot, services
from tests.browser.conftest import chromium
from tests.console.conftest import agent, clock, house
from tests.program import Customer, Program, a_connection, a_customer, a_home

__all__ = ["agent", "catalogue", "chromium", "client", "clock", "house", "made", "read_code", "robot", "services"]


@pytest.fixture(scope="package")
def program() -> Iterator[Program]:
    """The real program, started once: each test opens its own conversations. It ends with the last of them: one at rest looks for jobs."""
    with a_home() as home, Program(home) as running:
        yield running


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with a_connection() as connection:
        yield connection


@pytest_asyncio.fixture
async def customer(program: Program, http: httpx.AsyncClient) -> Customer:
    """One in an open chat of the real program."""
    return await a_customer(program, program.mails, http).open()
