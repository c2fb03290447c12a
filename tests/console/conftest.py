"""A house whose clock stands still, and its colleagues."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from console.acting import Actor
from dialogs.services import Services
from rules.access import Role
from tests.bots.house import a_house
from tests.console.house import Clock, Request, a_colleague, a_request, at_its_clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def house(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with a_house(database_url, tmp_path / "home") as services:
        yield at_its_clock(services, clock)


@pytest_asyncio.fixture
async def agent(house: Services) -> Actor:
    return await a_colleague(house)


@pytest_asyncio.fixture
async def other(house: Services) -> Actor:
    return await a_colleague(house, name="Demo Altra")


@pytest_asyncio.fixture
async def manager(house: Services) -> Actor:
    return await a_colleague(house, Role.MANAGER, "Demo Responsabile")


@pytest_asyncio.fixture
async def request_(house: Services) -> Request:
    """A card and a quote of one customer, both suspended."""
    return await a_request(house)
