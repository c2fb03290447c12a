"""A client of Rasa's REST channel; and Rasa itself, whose action hands each message on to it."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from dialogs.services import Services
from storage.chats import index_of
from storage.senders import find_sender
from tests.bots.rasa.conftest import Person
from tests.bots.rasa.sdk import RECORDED, Executor
from tests.conformance.channels import Channel, OnTheApi, ThroughALink

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
class SenderToRasa(Sender):
    """Whose messages a Rasa hands on: its request as it was recorded, its action in the SDK's own executor."""

    executor: Executor | None = None

    async def say_again(self) -> list[dict[str, Any]]:
        assert self.executor
        message, known = self.sent[-1]
        call = json.loads(json.dumps(RECORDED[0]))
        call["sender_id"] = call["tracker"]["sender_id"] = self.sender
        call["tracker"]["latest_message"] |= {"text": message, "message_id": known}
        result = await self.executor.run(call)
        assert result is not None, await self.executor.complaint()
        self.heard = [{name: said[name] for name in ("text", "buttons", "custom") if said[name]} for said in result["responses"]]
        return self.heard


class InRasa(Channel):
    def __init__(self, services: Services, email: str, person: Sender) -> None:
        self.services, self.email, self.person = services, email, person
        self.link = ThroughALink(services, email, person.client)
        self.buttons_before: list[dict[str, str]] = []
        self.asked_before: dict[str, Any] = {}

    async def open(self) -> None:
        await self.person.say("ciao")
        async with self.services.database.transaction() as session:
            bound = await find_sender(session, index_of(self.services.keys, "rasa", self.person.sender))
        assert bound is not None
        self.conversation = bound.conversation
        await super().look()

    async def answer(self, value: Any) -> None:
        self._remember()
        await self.person.answer(value)
        await super().look()

    async def say(self, text: str) -> None:
        self._remember()
        await self.person.say(text)
        await super().look()

    async def command(self, name: str) -> None:
        await self.say(f"/{name}")

    async def answer_twice(self, value: Any) -> None:
        await self.answer(value)
        await self.person.say(self.person.sent[-1][0])
        await super().look()

    async def deliver_again(self) -> None:
        await self.person.say_again()
        await super().look()

    async def say_at_once(self, first: str, second: str) -> None:
        await self.person.say_both(first, second)
        await super().look()

    async def answer_stale(self, value: Any) -> None:
        label = next(choice["label"] for choice in self.asked_before["choices"] if choice["value"] == value)
        await self.person.say(next(button["payload"] for button in self.buttons_before if button["title"].endswith(label)))
        await super().look()

    async def hand_in(self, content: bytes) -> None:
        await (await self._page()).hand_in(content)
        await self.look()

    async def answer_safely(self, value: Any) -> None:
        await (await self._page()).answer(value)
        await self.look()

    async def look(self) -> None:
        """Nothing comes unasked: a greeting is answered with what is open."""
        await self.person.say("/greet")
        await super().look()

    async def _page(self) -> OnTheApi:
        return await self.link.page("\n".join(self.person.texts))

    def _remember(self) -> None:
        if self.question is not None:
            self.buttons_before, self.asked_before = self.person.buttons, self.person.asked
