"""The parts of one server: which of them a request goes to, and when the console loads."""

import asyncio

import pytest

from sospeso.health import BELIEVED_S, Health
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


def a_house() -> House:
    return House(Health(answers))


async def answers() -> bool:
    return True


@pytest.mark.parametrize(("path", "is_wanted"), [("/healthz", False), ("/", False), ("/consoles", False), ("/console", True)])
async def test_the_console_is_wanted_by_who_asks_for_it(path: str, is_wanted: bool) -> None:
    house = a_house()
    await asked(house, path)
    assert house.console_wanted.is_set() is is_wanted


async def test_who_asks_before_the_console_has_loaded_waits_for_it() -> None:
    house = a_house()
    house.expect(CONSOLE)
    asking = asyncio.create_task(asked(house, "/console/"))
    await house.console_wanted.wait()
    house.add(CONSOLE, console)
    assert await asking == [299]


class Asked:
    """A database that answers or not, as slowly as the test wants, and counts."""

    def __init__(self) -> None:
        self.is_there, self.times, self.now, self.let_go = True, 0, 100.0, asyncio.Event()

    async def answers(self) -> bool:
        self.times += 1
        await self.let_go.wait()
        return self.is_there


async def test_all_who_ask_for_its_health_at_once_ask_the_database_once_and_again_a_second_later() -> None:
    database = Asked()
    health = Health(database.answers, clock=lambda: database.now)
    asking = [asyncio.create_task(health.is_well()) for _ in range(9)]
    await asyncio.sleep(0)
    asking.pop().cancel()  # one who hangs up takes the answer from nobody
    database.let_go.set()
    assert await asyncio.gather(*asking) == [True] * 8
    database.is_there = False
    assert (await health.is_well(), database.times) == (True, 1)
    database.now += BELIEVED_S
    assert (await health.is_well(), database.times) == (False, 2)


@pytest.mark.parametrize(("is_there", "status"), [(True, 200), (False, 503)])
async def test_its_health_is_told_by_the_database(is_there: bool, status: int) -> None:
    async def there() -> bool:
        return is_there

    assert await asked(House(Health(there)), "/healthz") == [status]
