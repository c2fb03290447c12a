"""The web chat in a real browser, its script at work: tabs, double clicks, a form that the browser sends once more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

from playwright.async_api import Page, Request

from tests.bots.telegram.house import House
from tests.bots.web.conftest import Robot
from tests.browser.person import Person
from tests.conformance.channels import Channel, OnTheApi
from tests.conformance.pages import answered_in_telegram, typed

PLAIN = "application/x-www-form-urlencoded"
SEND_AGAIN = f"form => fetch('/chat', {{method: 'POST', headers: {{'content-type': '{PLAIN}'}}, body: form}}).then(answer => answer.status)"


class InABrowser(Channel):
    def __init__(self, house: House, email: str, robot: Robot, tab: Page) -> None:
        self.services, self.email, self.house = house.services, email, house
        self.robot, self.tab = robot, tab
        self.form = ""
        """As it was sent last."""

    async def open(self) -> None:
        self.tab.on("request", self._notice)
        await self.robot.open()
        self.conversation = self.robot.conversation
        await self.tab.context.clear_cookies()
        await self.tab.context.add_cookies([{"name": "chat", "value": f"{self.conversation}.{self.robot.secret}", "url": self.house.url}])
        await self.look()

    async def answer(self, value: Any) -> None:
        await Person(self.tab, {}, self.code).give(value)
        await super().look()

    async def say(self, text: str) -> None:
        await _write(self.tab, text)
        await super().look()

    async def command(self, name: str) -> None:
        """Written where the page has no button for it, as of a question that must be answered."""
        button = f'button[name="command"][value="{name}"]'
        if await self.tab.locator(button).count():
            await Person(self.tab, {}, self.code).press(button)
        else:
            await _write(self.tab, f"/{name}")
        await super().look()

    async def answer_twice(self, value: Any) -> None:
        button = self.tab.locator(f'main button[name="value"][value="{value}"]')
        if not await button.count():
            await self.tab.check(f'main input[name="value"][value="{value}"]')
            button = self.tab.locator("main .sheet .actions .button")
        async with self.tab.expect_navigation():
            await button.first.dblclick()
        await super().look()

    async def deliver_again(self) -> None:
        assert await self.tab.evaluate(SEND_AGAIN, self.form) == 200
        await self.look()

    async def say_at_once(self, first: str, second: str) -> None:
        """In two tabs of the same page."""
        other = await self.tab.context.new_page()
        await other.goto(self.tab.url)
        await _write(self.tab, first)
        await _write(other, second)
        await other.close()
        await self.look()

    async def answer_stale(self, value: Any) -> None:
        """As by a tab that was left open."""
        before = [(name, given) for name, given in parse_qsl(self.form) if name not in {"value", "text", "command"}]
        assert await self.tab.evaluate(SEND_AGAIN, urlencode([*before, ("value", typed(value))])) == 200
        await self.look()

    async def hand_in(self, content: bytes) -> None:
        await self.tab.set_input_files("#value", {"name": "carta.png", "mimeType": "image/png", "buffer": content})
        await Person(self.tab, {}, self.code).go_on()
        await super().look()

    async def answer_elsewhere(self, value: Any) -> None:
        person = Person(self.tab, {}, self.code)
        await self.tab.goto(f"{self.house.url}/chat/telegram")
        await person.press("main button")
        door = await answered_in_telegram(self.house, await self.tab.content(), value)
        await self.tab.goto(self.house.url + door)
        await person.press("main button")
        await super().look()

    async def look(self) -> None:
        await super().look()
        await self.tab.goto(f"{self.house.url}/chat")

    @asynccontextmanager
    async def on_the_way(self) -> AsyncIterator[Channel]:
        """A page takes ten times as long as a request."""
        quick = OnTheApi(self.services, self.email, self.robot)
        await quick.look()
        yield quick
        await self.look()

    def _notice(self, request: Request) -> None:
        if request.method == "POST" and request.is_navigation_request():
            self.form = request.post_data or ""


async def _write(tab: Page, text: str) -> None:
    await tab.fill("#text", text)
    async with tab.expect_navigation():
        await tab.locator("form:has(#text) .button").click()
