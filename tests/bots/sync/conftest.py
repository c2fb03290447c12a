"""A house whose clock stands still, and the secret that its target names."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from dialogs.services import Services
from tests.bots.house import a_house
from tests.bots.sync.house import SECRET, SECRET_NAME, Receiver, a_receiver
from tests.console.house import Clock, at_its_clock
from tests.forms.content import shipped


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def house(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        yield at_its_clock(services, clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "their folder"
    made.mkdir()
    return made


@pytest_asyncio.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    monkeypatch.setenv(SECRET_NAME, f"whsec_{base64.b64encode(SECRET).decode()}")
    async with a_receiver() as receiving:
        yield receiving
