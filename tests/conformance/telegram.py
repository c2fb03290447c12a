"""A private chat with a bot; and how one comes there from the web."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bots.messengers.buttons import read_data
from tests.bots.telegram.house import House
from tests.bots.telegram.robot import TelegramRobot
from tests.conformance.channels import Channel, ThroughALink
from tests.telegram_person import a_person
from tests.telegram_server import PATIENCE_S

DEEP_LINK = re.compile(r"https://t\.me/sospeso_demo_bot\?start=([\w-]+)")


class InTelegram(Channel):
    def __init__(self, house: House, email: str, browser: httpx.AsyncClient, *, goes_by_web: bool = False) -> None:
        """`goes_by_web`: to where a scene begins, where only how updates come here differs from another that goes all the way."""
        self.services, self.email, self.house, self.browser = house.services, email, house, browser
        self.goes_by_web = goes_by_web
        self.robot = TelegramRobot(house, a_person(house.telegram))
        self.link = ThroughALink(house.services, email, browser)
        self.asked_before: dict[str, Any] = {}

    @property
    def question(self) -> dict[str, Any] | None:  # type: ignore[override]  # the robot's own
        return self.robot.turn["question"]

    async def open(self) -> None:
        await self.robot.open()
        self.conversation = (await self.house.chat(self.robot.person)).conversation

    async def answer(self, value: Any) -> None:
        self.asked_before = self.robot.turn
        await self.robot.answer(value)

    async def say(self, text: str) -> None:
        self.asked_before = self.robot.turn
        await self.robot.say(text)

    async def command(self, name: str) -> None:
        await self.say(f"/{name}")

    async def answer_twice(self, value: Any) -> None:
        question = self.robot.shown
        await self.answer(value)
        await self.robot.person.tap_data(self._pressed(question.id), on=question)
        await self._settled()

    async def deliver_again(self) -> None:
        await self.house.telegram.redeliver(max(self.house.telegram.made))
        await self._settled()

    async def say_at_once(self, first: str, second: str) -> None:
        self.asked_before = self.robot.turn
        person = self.robot.person
        with self.house.telegram.reordered():
            await person.say(first)
            await person.say(second)
        self.house.telegram.queue.sort(key=lambda update: update["update_id"])
        async with self.house.telegram.changed:
            self.house.telegram.changed.notify_all()
        await self._settled()

    async def answer_stale(self, value: Any) -> None:
        """By a button of the message that stood there then."""
        number, question = self.asked_before["number"], self.asked_before["question"]
        at = [choice["value"] for choice in question["choices"]].index(value)
        await self.robot.person.tap_data(f"{self.conversation[-12:]}.{number}.c{at}", on=self.robot.person.heard[0])
        await self._settled()

    async def hand_in(self, content: bytes) -> None:
        await (await self.link.page(self.robot.shown.text)).hand_in(content)
        await self.look()

    async def answer_safely(self, value: Any) -> None:
        await (await self.link.page(self.robot.shown.text)).answer(value)
        await self.look()

    async def answer_elsewhere(self, value: Any) -> None:
        await (await self.link.page(await link_to_the_web(self.robot))).answer(value)
        shown = await self.browser.post("/chat/telegram", headers={"origin": self.house.url})
        await start(self.robot, shown.text)

    async def look(self) -> None:
        await self.robot.read()

    @asynccontextmanager
    async def on_the_way(self) -> AsyncIterator[Channel]:
        if not self.goes_by_web:
            yield self
            return
        yield await self.link.page(await link_to_the_web(self.robot))
        await start(self.robot)

    def _pressed(self, message: int) -> str:
        """What the button carried that was tapped under that message."""
        taps = [update["callback_query"] for update in self.house.telegram.made.values() if "callback_query" in update]
        here = (tap for tap in reversed(taps) if tap["message"]["chat"]["id"] == self.robot.person.chat)
        data = next(tap["data"] for tap in here if tap["message"]["message_id"] == message)
        assert read_data(data) is not None
        return str(data)

    async def _settled(self) -> None:
        await self.house.until_taken()
        await self.robot.read()


async def start(robot: TelegramRobot, page: str = "") -> None:
    """By the deep link on our page, and plainly where somebody's own bot is none of the web's. The question then stands in the chat."""
    link, person = DEEP_LINK.search(page), robot.person
    heard = len(person.heard)
    await person.say(f"/start {link[1]}" if link else "/start")
    await robot.house.telegram.until(lambda: len(person.heard) > heard)
    await robot.house.until_taken()
    async with asyncio.timeout(PATIENCE_S):
        while (await robot.house.chat(person)).asked_in != person.last.id:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.01)
    await robot.read()


async def link_to_the_web(robot: TelegramRobot) -> str:
    robot.person.read = robot.person.room.last
    await robot.person.say("/web")
    return (await robot.person.until_hears("/enter/")).text
