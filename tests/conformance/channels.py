"""One customer on each channel: the same acts, done as each channel has them, and what they come to."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import httpx

from bots.messengers.buttons import read_data
from tests.bots.telegram.house import House
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.web.conftest import Robot

STAMP = re.compile(r"\b\d\d(/\d\d){5}\b")

type Meaning = tuple[str | None, tuple[tuple[str, str], ...]]
"""Of a turn: the question open after it, and each message's kind and text."""


class Channel(Protocol):
    async def open(self) -> None: ...

    async def answer(self, value: Any) -> None:
        """To the open question, by whatever the channel has for it."""

    async def say(self, text: str) -> None:
        """In free words."""

    async def command(self, name: str) -> None: ...

    async def answer_twice(self, value: Any) -> None:
        """The same tap two times."""

    async def deliver_again(self) -> None:
        """The last thing said comes once more, as after a lost answer."""

    async def say_at_once(self, first: str, second: str) -> None:
        """The second is sent before the first was answered."""

    async def answer_stale(self, value: Any) -> None:
        """To the question before the open one, as it was shown then."""

    @property
    def question(self) -> dict[str, Any]: ...

    async def code(self) -> str: ...

    async def transcript(self) -> list[Meaning]: ...


@dataclass
class OnTheApi:
    robot: Robot
    read_code: Callable[[], Awaitable[str]]
    asked_before: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)

    async def open(self) -> None:
        await self.robot.open()

    async def answer(self, value: Any) -> None:
        await self._send(question=self.question["path"], value=value, shown=self.question["shown"])

    async def say(self, text: str) -> None:
        await self._send(text=text, shown=self.question["shown"])

    async def command(self, name: str) -> None:
        await self._send(command=name)

    async def answer_twice(self, value: Any) -> None:
        await self.answer(value)
        await self.deliver_again()

    async def deliver_again(self) -> None:
        assert (await self.robot.post(json=self.last)).status_code == 200

    async def say_at_once(self, first: str, second: str) -> None:
        shown = self.question["shown"]
        await self._send(text=first, shown=shown)
        await self._send(text=second, shown=shown)

    async def answer_stale(self, value: Any) -> None:
        asked = self.asked_before
        stale = await self.robot.send(question=asked["path"], value=value, shown=asked["shown"])
        assert stale.status_code == 409

    @property
    def question(self) -> dict[str, Any]:
        return self.robot.question

    async def code(self) -> str:
        return await self.read_code()

    async def transcript(self) -> list[Meaning]:
        read = await self.robot.client.get(self.robot.path, headers=self.robot.headers)
        return [meaning(turn) for turn in read.json()["turns"]]

    async def _send(self, **body: Any) -> None:
        self.asked_before, self.last = self.question, {"id": uuid4().hex, **body}
        answer: httpx.Response = await self.robot.post(json=self.last)
        assert answer.status_code == 200, answer.text


@dataclass
class InTelegram:
    house: House
    robot: TelegramRobot
    asked_before: dict[str, Any] = field(default_factory=dict)

    async def open(self) -> None:
        await self.robot.open()

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
        tail = (await self.house.chat(self.robot.person)).conversation[-12:]
        await self.robot.person.tap_data(f"{tail}.{number}.c{at}", on=self.robot.person.heard[0])
        await self._settled()

    @property
    def question(self) -> dict[str, Any]:
        return self.robot.question

    async def code(self) -> str:
        return await self.house.code()

    async def transcript(self) -> list[Meaning]:
        return [meaning(turn) for turn in await self.house.turns(self.robot.person)]

    def _pressed(self, message: int) -> str:
        """What the button carried that was tapped under that message."""
        taps = [update["callback_query"] for update in self.house.telegram.made.values() if "callback_query" in update]
        data = next(tap["data"] for tap in reversed(taps) if tap["message"]["message_id"] == message)
        assert read_data(data) is not None
        return str(data)

    async def _settled(self) -> None:
        await self.house.until_taken()
        await self.robot.read()


def meaning(turn: dict[str, Any]) -> Meaning:
    """The instant in a validation string is each channel's own."""
    question = turn["question"]
    told = tuple((message["kind"], STAMP.sub("gg/mm/aa/hh/mm/ss", message["text"])) for message in turn["messages"])
    return (question["path"] if question else None, told)
