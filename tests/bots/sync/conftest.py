"""A house whose clock stands still, and the secret that its target names."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bots.sync.house import SECRET, SECRET_NAME, Receiver, a_receiver
from tests.console.conftest import clock, house

__all__ = ["clock", "house"]


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
