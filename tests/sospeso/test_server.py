"""The parts of one server: which of them a request goes to, and when the console loads."""

import asyncio

import pytest

from sospeso.server import CONSOLE, House, Receive, Scope, Send


async def asked(house: House, path: str) -> list[int]:
    """The statuses of the answer."""
    told: list[int] = []

    async def send(message: Scope) -> None:
        told.extend([message["status"]] if "status" in message else [])

    async def receive() -> Scope:
        return {"type": "http.request"}

    await house({"type": "http", "path": path}, receive, send)
    return told


async def console(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})


@pytest.mark.parametrize(("path", "is_wanted"), [("/healthz", False), ("/", False), ("/consoles", False), ("/console", True)])
async def test_the_console_is_wanted_by_who_asks_for_it(path: str, is_wanted: bool) -> None:
    house = House()
    await asked(house, path)
    assert house.console_wanted.is_set() is is_wanted


async def test_who_asks_before_the_console_has_loaded_waits_for_it() -> None:
    house = House()
    house.expect(CONSOLE)
    asking = asyncio.create_task(asked(house, "/console/"))
    await house.console_wanted.wait()
    house.add(CONSOLE, console)
    assert await asking == [299]
