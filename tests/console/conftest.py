"""A house whose clock stands still, and its colleagues."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import make_url

from console.acting import Actor
from dialogs.services import Services
from rules.access import Role
from tests.bots.house import a_house
from tests.conftest import created
from tests.console.house import Clock, Request, a_colleague, a_request, at_its_clock
from tests.forms.content import shipped


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def house(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
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


@pytest_asyncio.fixture(scope="session")
async def requested(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, Request]]:
    """Name of a database with one customer's request, made once and only copied; and that request."""
    with created(server_url, f"sospeso_requested_{uuid4().hex}", template=template) as url:
        async with a_house(url, tmp_path_factory.mktemp("requested"), shipped.catalogue()) as services:
            made = await a_request(services)
        yield str(make_url(url).database), made


@pytest.fixture
def database_url(request: pytest.FixtureRequest, server_url: str, template: str) -> Iterator[str]:
    """A fresh database of this test's own, with a request in it where the test asks for one."""
    name = request.getfixturevalue("requested")[0] if "request_" in request.fixturenames else template
    with created(server_url, f"sospeso_test_{uuid4().hex}", template=name) as url:
        yield url


@pytest.fixture
def request_(requested: tuple[str, Request]) -> Request:
    """A card and a quote of one customer, both suspended."""
    return requested[1]
