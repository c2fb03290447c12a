"""The REST channel of our own server, and somebody who writes through it as a client of Rasa's would."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest_asyncio

from tests.bots.web.conftest import Made, a_client, catalogue, client, made, read_code, services

__all__ = ["catalogue", "client", "made", "read_code", "services"]
WEBHOOK = "/webhooks/rest/webhook"


@dataclass
class Person:
    """Presses buttons where there are some, types elsewhere."""

    client: httpx.AsyncClient
    sender: str = "demo-sender-1"
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def post(self, message: str, **more: Any) -> httpx.Response:
        return await self.client.post(WEBHOOK, json={"sender": self.sender, "message": message, **more})

    async def say(self, message: str, **more: Any) -> list[dict[str, Any]]:
        answer = await self.post(message, **more)
        assert answer.status_code == 200, answer.text
        self.heard = answer.json()
        return self.heard

    async def press(self, title: str) -> list[dict[str, Any]]:
        return await self.say(self.payload(title))

    def payload(self, title: str) -> str:
        return str(next(button["payload"] for button in self.buttons if button["title"].removeprefix("✓ ").endswith(title)))

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.heard if "text" in message]

    @property
    def buttons(self) -> list[dict[str, str]]:
        return next((message["buttons"] for message in self.heard if "buttons" in message), [])

    @property
    def asked(self) -> dict[str, Any]:
        return dict(self.heard[-1]["custom"])

    async def answer(self, value: Any) -> None:
        match self.asked["type"]:
            case "choice":
                await self.press(self._label(value))
            case "choices":
                for one in self.asked["choices"]:
                    if (one["value"] in value) != self._is_ticked(one["label"]):
                        await self.press(one["label"])
                await self.press("Fatto")
            case "yes_no":
                await self.press("Sì" if value else "No")
            case "confirm":
                await self.say(self.buttons[0 if value else 1]["payload"])
            case _:
                await self.say(str(value))

    async def walk(self, script: dict[str, Any], until: str, read_code: Callable[[], Any]) -> None:
        for _ in range(150):
            path = self.asked["question"]
            if path == until:
                return
            if self.asked["type"] == "code":
                await self.answer(await read_code())
            elif path in script or self.asked["type"] == "confirm":
                await self.answer(script.get(path, True))
            else:
                await self.say("/skip")
            assert self.asked["question"] != path, self.heard
        raise AssertionError(f"still at {self.asked}")

    def _is_ticked(self, label: str) -> bool:
        return any(button["title"].startswith("✓ ") and button["title"].endswith(label) for button in self.buttons)

    def _label(self, value: str) -> str:
        return str(next(choice["label"] for choice in self.asked["choices"] if choice["value"] == value))


@pytest_asyncio.fixture
async def person(client: httpx.AsyncClient) -> Person:
    return Person(client)


@pytest_asyncio.fixture
async def with_secret(made: Made) -> AsyncIterator[httpx.AsyncClient]:
    async with a_client(made.services(rasa_secret="demo-rasa-secret")) as opened:
        yield opened
