"""The web chat in a browser without JavaScript."""

from typing import Any

import httpx

from tests.bots.telegram.house import House
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.web.conftest import Robot
from tests.bots.web.test_pages import Visitor
from tests.conformance.channels import ENTER, Channel
from tests.conformance.telegram import link_to_the_web, start
from tests.telegram_person import a_person


class OnPages(Channel):
    def __init__(self, house: House, email: str, client: httpx.AsyncClient) -> None:
        self.services, self.email, self.house = house.services, email, house
        self.robot, self.visitor = Robot(client), Visitor(client)
        self.forms: list[dict[str, object]] = []
        """As they were sent, with all that the page had hidden in them."""

    async def open(self) -> None:
        self.visitor.client.headers["Origin"] = self.house.url  # a browser is given a cookie
        await self.robot.open()
        self.conversation = self.robot.conversation
        await self.look()

    async def answer(self, value: Any) -> None:
        await self._send(value=typed(value))

    async def say(self, text: str) -> None:
        await self._send(text=text)

    async def command(self, name: str) -> None:
        await self._send(command=name)

    async def answer_twice(self, value: Any) -> None:
        await self.answer(value)
        await self.deliver_again()

    async def deliver_again(self) -> None:
        await self._post(self.forms[-1])

    async def say_at_once(self, first: str, second: str) -> None:
        hidden = self.visitor.hidden
        await self._post(hidden | {"text": first})
        await self._post(hidden | {"text": second})

    async def answer_stale(self, value: Any) -> None:
        before = {name: given for name, given in self.forms[-1].items() if name not in {"value", "text", "command"}}
        await self._post(before | {"value": typed(value)})
        self.forms.pop()

    async def hand_in(self, content: bytes) -> None:
        await self._post(dict(self.visitor.hidden), files={"file": ("carta.png", content, "image/png")})

    async def answer_elsewhere(self, value: Any) -> None:
        shown = await self.visitor.client.post("/chat/telegram")
        entered = await self.visitor.client.post(await answered_in_telegram(self.house, shown.text, value))
        assert entered.status_code == 303
        await self.look()

    async def look(self) -> None:
        await super().look()
        await self.visitor.look()

    async def _send(self, **said: object) -> None:
        await self._post(self.visitor.hidden | said)

    async def _post(self, form: dict[str, object], **more: Any) -> None:
        self.forms.append(form)
        answer = await self.visitor.client.post("/chat", data=form, **more)
        assert answer.status_code in {200, 303}, answer.text
        await self.look()


async def answered_in_telegram(house: House, page: str, value: Any) -> str:
    """Where it goes on in the browser afterwards."""
    robot = TelegramRobot(house, a_person(house.telegram))
    await start(robot, page)
    await robot.answer(value)
    link = ENTER.search(await link_to_the_web(robot))
    assert link
    return link[0]


def typed(value: Any) -> object:
    """As a field of a form has it."""
    return value if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
