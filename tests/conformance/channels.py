"""One customer on each channel: the same acts, done as each channel has them, and what they come to."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

from dialogs.services import Services
from tests.bots.telegram.house import latest_code, turns_of
from tests.bots.web.conftest import Robot

STAMP = re.compile(r"\b\d\d(/\d\d){5}\b")
ENTER = re.compile(r"/enter/([\w-]+)")

type Meaning = tuple[str | None, tuple[tuple[str, str], ...]]
"""Of a turn: the question open after it, and each message's kind and text."""


class Channel(ABC):
    """`question`: what is open now, as the chat API tells it; None while a colleague has the conversation."""

    services: Services
    email: str
    """The customer's own address."""
    conversation: str
    question: dict[str, Any] | None

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def answer(self, value: Any) -> None:
        """To the open question, by whatever the channel has for it."""

    @abstractmethod
    async def say(self, text: str) -> None:
        """In free words."""

    @abstractmethod
    async def command(self, name: str) -> None: ...

    @abstractmethod
    async def answer_twice(self, value: Any) -> None:
        """The same tap two times."""

    @abstractmethod
    async def deliver_again(self) -> None:
        """The last thing said comes once more, as after a lost answer."""

    @abstractmethod
    async def say_at_once(self, first: str, second: str) -> None:
        """The second is sent before the first was answered."""

    @abstractmethod
    async def answer_stale(self, value: Any) -> None:
        """To the question before the open one, as it was shown then."""

    @abstractmethod
    async def hand_in(self, content: bytes) -> None:
        """A photo, where the open question may be answered."""

    async def answer_safely(self, value: Any) -> None:
        """To a sensitive question, where it may be answered."""
        await self.answer(value)

    async def answer_elsewhere(self, value: Any) -> None:
        """Goes on by another channel, answers there, and comes back."""
        await self.answer(value)

    async def look(self) -> None:
        """At what the agency has said meanwhile."""
        self.question = (await latest_turn(self.services, self.conversation))["question"]

    @asynccontextmanager
    async def on_the_way(self) -> "AsyncIterator[Channel]":
        """Who acts before the scene begins, should this channel be slow."""
        yield self

    @property
    def path(self) -> str:
        assert self.question is not None
        return str(self.question["path"])

    async def code(self) -> str:
        return await latest_code(self.services)

    async def transcript(self) -> list[Meaning]:
        return [meaning(turn) for turn in await turns_of(self.services, self.conversation)]


class OnTheApi(Channel):
    def __init__(self, services: Services, email: str, robot: Robot) -> None:
        self.services, self.email, self.robot = services, email, robot
        self.asked_before: dict[str, Any] | None = None
        self.last: dict[str, Any] = {}

    @property
    def conversation(self) -> str:  # type: ignore[override]  # the robot's own
        return self.robot.conversation

    @property
    def question(self) -> dict[str, Any] | None:  # type: ignore[override]  # likewise
        return self.robot.turn["question"]

    async def open(self) -> None:
        await self.robot.open()

    async def answer(self, value: Any) -> None:
        await self._send(question=self.path, value=value, shown=self._shown)

    async def say(self, text: str) -> None:
        await self._send(text=text, shown=self._shown)

    async def command(self, name: str) -> None:
        await self._send(command=name)

    async def answer_twice(self, value: Any) -> None:
        await self.answer(value)
        await self.deliver_again()

    async def deliver_again(self) -> None:
        assert (await self.robot.post(json=self.last)).status_code == 200

    async def say_at_once(self, first: str, second: str) -> None:
        shown = self._shown
        await self._send(text=first, shown=shown)
        await self._send(text=second, shown=shown)

    async def answer_stale(self, value: Any) -> None:
        asked = self.asked_before
        assert asked is not None
        stale = await self.robot.send(question=asked["path"], value=value, shown=asked["shown"])
        assert stale.status_code == 409

    async def hand_in(self, content: bytes) -> None:
        form = {"id": uuid4().hex, "question": self.path}
        assert (await self.robot.post(data=form, files={"file": ("carta.png", content, "image/png")})).status_code == 200

    async def look(self) -> None:
        self.robot.turn = await latest_turn(self.services, self.conversation)

    @property
    def _shown(self) -> str | None:
        return self.question["shown"] if self.question else None

    async def _send(self, **body: Any) -> None:
        self.asked_before, self.last = (
            self.question,
            {"id": uuid4().hex, **{name: given for name, given in body.items() if given is not None}},
        )
        answer = await self.robot.post(json=self.last)
        assert answer.status_code == 200, answer.text


class ThroughALink:
    """Of a messenger: the page that its one-time link opened in a browser, which stays open."""

    def __init__(self, services: Services, email: str, client: httpx.AsyncClient) -> None:
        self._services, self._email, self._client = services, email, client
        self._page: OnTheApi | None = None

    async def page(self, told: str) -> OnTheApi:
        """`told`: the words with the link, should none have been followed yet."""
        if self._page is None:
            self._page = OnTheApi(self._services, self._email, await entered(self._client, told))
        await self._page.look()
        return self._page


async def entered(client: httpx.AsyncClient, told: str) -> Robot:
    """With the cookie's secret, for the API."""
    link = ENTER.search(told)
    assert link, told
    answer = await client.post(link[0], headers={"origin": str(client.base_url).rstrip("/")})
    assert answer.status_code == 303
    conversation, secret = answer.cookies["chat"].split(".")
    return Robot(client, conversation, secret)


async def latest_turn(services: Services, conversation: str) -> dict[str, Any]:
    loaded = await services.turn_store.load(conversation, fresh=True)
    assert loaded is not None
    return (await turns_of(services, conversation, loaded.version - 1))[-1]


def meaning(turn: dict[str, Any]) -> Meaning:
    """The instant in a validation string is each channel's own."""
    question = turn["question"]
    told = tuple((message["kind"], STAMP.sub("gg/mm/aa/hh/mm/ss", message["text"])) for message in turn["messages"])
    return (question["path"] if question else None, told)
