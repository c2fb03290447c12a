"""The web chat in a browser without JavaScript."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bots.web.conftest import ORIGIN, Robot
from tests.bots.web.test_pages import Visitor
from tests.conformance.channels import Meaning, meaning


@dataclass
class OnPages:
    robot: Robot
    """Opens the conversation, and reads what the forms have come to."""
    read_code: Callable[[], Awaitable[str]]
    forms: list[dict[str, object]] = field(default_factory=list)
    """As they were sent, with all that the page had hidden in them."""

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.robot.client)

    async def open(self) -> None:
        self.robot.client.headers["Origin"] = ORIGIN  # a browser is given a cookie
        await self.robot.open()
        await self.visitor.look()

    async def answer(self, value: Any) -> None:
        await self._send(value=_typed(value))

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
        await self._post(before | {"value": _typed(value)})
        self.forms.pop()

    @property
    def question(self) -> dict[str, Any]:
        return self.robot.question

    async def code(self) -> str:
        return await self.read_code()

    async def transcript(self) -> list[Meaning]:
        return [meaning(turn) for turn in await self._turns()]

    async def _send(self, **said: object) -> None:
        await self._post(self.visitor.hidden | said)

    async def _post(self, form: dict[str, object]) -> None:
        self.forms.append(form)
        answer = await self.visitor.client.post("/chat", data=form)
        assert answer.status_code in {200, 303}, answer.text
        await self.visitor.look()
        self.robot.turn = (await self._turns())[-1]

    async def _turns(self) -> list[dict[str, Any]]:
        read = await self.robot.client.get(self.robot.path, headers=self.robot.headers)
        turns: list[dict[str, Any]] = read.json()["turns"]
        return turns


def _typed(value: Any) -> object:
    """As a field of a form has it."""
    return value if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
