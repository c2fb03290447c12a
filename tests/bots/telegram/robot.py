"""Somebody who answers by a script: taps where there are buttons, types elsewhere."""

from dataclasses import dataclass, field
from typing import Any

from tests.bots.telegram.house import House, turns_of
from tests.telegram_api import Sent
from tests.telegram_person import Person


@dataclass
class TelegramRobot:
    house: House
    person: Person
    turn: dict[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> dict[str, Any]:
        return dict(self.turn["question"])

    @property
    def path(self) -> str:
        return str(self.question["path"])

    @property
    def shown(self) -> Sent:
        return self.person.last

    async def open(self) -> "TelegramRobot":
        await self.person.say("/start")
        await self.house.until_taken()
        return await self.read()

    async def read(self) -> "TelegramRobot":
        chat = await self.house.settled(self.person)
        self.turn = (await turns_of(self.house.services, chat.conversation, chat.told - 1))[-1]
        return self

    async def say(self, text: str) -> None:
        await self.person.say(text)
        await self.house.until_taken()
        await self.read()

    async def tap(self, label: str) -> None:
        await self.person.tap(label)
        await self.house.until_taken()
        await self.read()

    async def answer(self, value: Any) -> None:
        question = self.question
        match question["type"]:
            case "choice":
                await self.tap(self._label(value))
            case "choices":
                for one in question["choices"]:
                    await self._tick(one["value"], is_wanted=one["value"] in value)
                await self.tap(self._word("Fatto", "Done"))
            case "yes_no":
                await self.tap(self._word("Sì", "Yes") if value else self._word("No", "No"))
            case "confirm":
                await self.tap(self.shown.buttons[0 if value else 1].text)
            case _:
                await self.say(str(value))

    async def walk(self, script: dict[str, Any], until: str) -> None:
        for _ in range(150):
            if self.path == until:
                return
            await self._step(script)
            assert not [told for told in self.turn["messages"] if told["kind"] == "problem"], (self.path, self.turn["messages"])
        raise AssertionError(f"still at {self.path}")

    async def _step(self, script: dict[str, Any]) -> None:
        question = self.question
        if question["type"] == "code":
            await self.say(await self.house.code())
        elif question["path"] in script:
            await self.answer(script[question["path"]])
        elif question["type"] == "confirm":
            await self.answer(value=True)
        else:
            await self.say("/skip")

    async def _tick(self, value: str, *, is_wanted: bool) -> None:
        """Where it does not stand so already."""
        label = self._label(value)
        ticked = f"✓ {label}"
        if (ticked in self._buttons) != is_wanted:
            await self.person.tap(label if is_wanted else ticked)
            await self.house.telegram.until(lambda: (ticked in self._buttons) == is_wanted)

    @property
    def _buttons(self) -> list[str]:
        return [button.text for button in self.shown.buttons]

    def _label(self, value: str) -> str:
        at, label = next((at, choice["label"]) for at, choice in enumerate(self.question["choices"], 1) if choice["value"] == value)
        return next(button.text.removeprefix("✓ ") for button in self.shown.buttons if button.text.endswith((label, f"{at}. {label}")))

    def _word(self, *words: str) -> str:
        return next(button.text for button in self.shown.buttons if button.text in words)
