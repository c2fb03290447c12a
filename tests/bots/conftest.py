"""A house and the process that does its jobs."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from bots import receipts
from bots.printing import Printers
from bots.workshop import Workshop
from dialogs.services import Services
from storage.jobs import Queue
from storage.workers import Worker
from tests.bots.house import a_house
from tests.forms.content import shipped

QUEUES = tuple(Queue(queue.name, poll_s=0.05) for queue in receipts.QUEUES)

type Work = Callable[..., AbstractAsyncContextManager[Workshop]]
"""`async with work(house): …` does the house's jobs meanwhile; more is for `receipts.register`."""


@pytest_asyncio.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        yield services


@pytest.fixture(scope="session")
def one_printer() -> Iterator[Printers]:
    """For all: a process that prints takes seconds to start."""
    made = Printers(idle_s=600)
    yield made
    made.close()


@pytest.fixture
def work(one_printer: Printers) -> Work:
    return partial(working, one_printer)


@asynccontextmanager
async def working(printers: Printers, services: Services, **more: tuple[float, ...]) -> AsyncIterator[Workshop]:
    workshop = receipts.register(services, **more)
    workshop.printers = printers
    async with Worker(services.database.url, QUEUES):
        yield workshop


@pytest_asyncio.fixture
async def at_work(house: Services, work: Work) -> AsyncIterator[Workshop]:
    async with work(house, retries_s=(0.01, 0.01)) as workshop:
        yield workshop
