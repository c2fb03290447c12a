"""Turns on a real database: the real engine, real jobs enqueued, and a clock of their own."""

from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

from dialogs.turn import Turns
from storage.keys import Keys
from storage.settings import Settings
from storage.turns import TurnStore
from tests.dialogs.customer import Customer
from tests.dialogs.driver import NOW
from tests.forms.content import shipped

KEYS = Keys(b"a master key for tests, 32 bytes or more")
CARD = "registration_person"
WAITING = "select exists (select from pg_locks where not granted)"


@pytest.fixture(scope="module")
def catalogue():
    return shipped.catalogue()


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=tmp_path)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest_asyncio.fixture
async def store(database):
    async with TurnStore(database, KEYS) as opened:
        yield opened


@pytest.fixture
def turns(database, store, catalogue, settings, clock):
    return Turns(database, store, catalogue, settings, keys=KEYS, clock=clock)


@pytest_asyncio.fixture
async def elsewhere(database, catalogue, settings):
    """The same in another process."""
    async with TurnStore(database, KEYS) as opened:
        yield Turns(database, opened, catalogue, settings, keys=KEYS)


@pytest_asyncio.fixture
async def customer(database, turns):
    return await Customer(database, turns, KEYS).open()


async def count(database, table):
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def jobs(database):
    async with database.transaction() as session:
        rows = await session.execute(text("select name, count(*) from dbos.workflow_status group by name"))
        return dict(rows.all())


async def only(session, table):
    return (await session.scalars(select(table))).one()
