"""What the agency says unasked reaches an open page, and nothing is lost between two connections."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bots.web.app import create_app
from dialogs.events import StaffSaid
from dialogs.services import Services
from storage.entries import end_entries
from tests.bots.house import a_customer, a_registration
from tests.bots.web.conftest import Robot
from tests.browser.serving import serving

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture
async def robot(services: Services) -> AsyncIterator[Robot]:
    async with serving(create_app(services)) as url, httpx.AsyncClient(base_url=url) as client:
        yield await Robot(client).open()


async def read_event(lines: AsyncIterator[str]) -> dict[str, str]:
    event: dict[str, str] = {}
    async with asyncio.timeout(180):
        async for line in lines:
            if line.startswith(("id:", "event:", "data:")):
                name, _, value = line.partition(": ")
                event[name] = value
            elif not line and "data" in event:
                return event
    raise AssertionError("the stream ended")


async def refuse(services: Services, robot: Robot) -> None:
    await services.turns.say(robot.conversation, StaffSaid("rejected", {"reason": "Demo", "form": "registration_person"}))


async def test_what_staff_says_is_an_event_and_answers_are_not(robot: Robot, services: Services) -> None:
    async with robot.client.stream("GET", f"{robot.path}/events", headers=robot.headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith("retry:")
        await robot.answer("it")
        await refuse(services, robot)
        event = await read_event(lines)
    turn = json.loads(event["data"])
    assert event["event"] == "turn"
    assert event["id"] == str(turn["number"]) == "3"
    assert turn["id"] is None


async def test_a_stream_ends_with_the_secret_it_was_opened_with(robot: Robot, services: Services) -> None:
    party = await a_customer(services, *a_registration())
    async with robot.client.stream("GET", f"{robot.path}/events", headers=robot.headers) as answer:
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith("retry:")
        async with services.database.transaction() as session:
            await services.turn_store.bind(session, robot.conversation, party)
            await end_entries(session, services.turn_store, party)
        async with asyncio.timeout(15):  # it is woken, and does not wait for the next sign of life
            assert [line async for line in lines if line] == []


async def test_last_event_id_resumes_without_loss(robot: Robot, services: Services) -> None:
    await robot.answer("it")
    for _ in range(2):
        await refuse(services, robot)
    async with robot.client.stream("GET", f"{robot.path}/events", headers=robot.headers | {"Last-Event-ID": "3"}) as answer:
        assert (await read_event(answer.aiter_lines()))["id"] == "4"
    async with robot.client.stream("GET", f"{robot.path}/events?after=2", headers=robot.headers) as answer:
        assert (await read_event(answer.aiter_lines()))["id"] == "3"
