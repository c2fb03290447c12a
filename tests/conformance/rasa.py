"""A client of Rasa's REST channel."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from dialogs.services import Services
from storage.chats import index_of
from storage.senders import find_sender
from tests.bots.rasa.conftest import Person
from tests.bots.telegram.house import latest_code
from tests.conformance.channels import Meaning, meaning

_messages = count(1)


@dataclass
class Sender(Person):
    """Every message with an id of its own."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    async def say(self, message: str, **more: Any) -> list[dict[str, Any]]:
        self.sent.append((message, f"m{next(_messages)}"))
        return await self.say_again()

    async def say_again(self) -> list[dict[str, Any]]:
        message, known = self.sent[-1]
        return await super().say(message, metadata={"message_id": known})

    async def say_both(self, first: str, second: str) -> None:
        """The second is on its way before the first was answered."""
        _, self.heard = await asyncio.gather(super().say(first), super().say(second))


@dataclass
class InRasa:
    services: Services
    person: Sender
    turn: dict[str, Any] = field(default_factory=dict)
    buttons_before: list[dict[str, str]] = field(default_factory=list)
    asked_before: dict[str, Any] = field(default_factory=dict)

    async def open(self) -> None:
        await self.person.say("ciao")
        await self._read()

    async def answer(self, value: Any) -> None:
        self._remember()
        await self.person.answer(value)
        await self._read()

    async def say(self, text: str) -> None:
        self._remember()
        await self.person.say(text)
        await self._read()

    async def command(self, name: str) -> None:
        await self.say(f"/{name}")

    async def answer_twice(self, value: Any) -> None:
        await self.answer(value)
        await self.person.say(self.person.sent[-1][0])
        await self._read()

    async def deliver_again(self) -> None:
        await self.person.say_again()
        await self._read()

    async def say_at_once(self, first: str, second: str) -> None:
        await self.person.say_both(first, second)
        await self._read()

    async def answer_stale(self, value: Any) -> None:
        label = next(choice["label"] for choice in self.asked_before["choices"] if choice["value"] == value)
        await self.person.say(next(button["payload"] for button in self.buttons_before if button["title"].endswith(label)))
        await self._read()

    @property
    def question(self) -> dict[str, Any]:
        return dict(self.turn["question"])

    async def code(self) -> str:
        return await latest_code(self.services)

    async def transcript(self) -> list[Meaning]:
        return [meaning(turn) for turn in await self._turns()]

    def _remember(self) -> None:
        self.buttons_before, self.asked_before = self.person.buttons, self.person.asked

    async def _read(self) -> None:
        self.turn = (await self._turns())[-1]

    async def _turns(self) -> list[dict[str, Any]]:
        async with self.services.database.transaction() as session:
            bound = await find_sender(session, index_of(self.services.keys, "rasa", self.person.sender))
        assert bound is not None
        return [json.loads(turn.replies) for turn in await self.services.turn_store.read_turns(bound.conversation)]
