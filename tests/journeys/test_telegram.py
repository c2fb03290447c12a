"""The real program with a bot: people talk to it through the Bot API while it is killed and started again."""

import asyncio
from dataclasses import dataclass

import pytest

from bots.messengers.buttons import read_data
from storage.chats import Chats, index_of
from storage.turns import StoredTurn
from tests.program import Inside, Program, a_home, looking_into
from tests.telegram_api import BOT, Sent
from tests.telegram_person import Person, a_person
from tests.telegram_server import TelegramServer, a_telegram_server

pytestmark = pytest.mark.slow
KILLS = 3
AT_ONCE = 6
BETWEEN_KILLS = 30
"""Requests to the Bot API."""
PATIENCE_S = 240
"""Of people who wait while the program starts."""


@dataclass
class Talker:
    """Chooses a goal and goes back to the menu until told to stop; each waits for the question that answers it."""

    telegram: TelegramServer
    person: Person
    rounds: int = 0
    is_stopping: bool = False

    async def talk(self) -> None:
        await self.person.say("/start")
        goal = await self._tap(await self._asked(0))
        while not self.is_stopping:
            chosen = await self._tap(goal)
            await self.person.say("/menu")
            goal = await self._asked(turn_of(chosen))
            self.rounds += 1

    async def _tap(self, on: Sent) -> Sent:
        await self.person.tap_data(on.buttons[0].callback_data, on=on)
        return await self._asked(turn_of(on))

    async def _asked(self, turn: int) -> Sent:
        """The question of a later turn: an earlier one may be told again."""

        def asked() -> list[Sent]:
            return [sent for sent in self.person.heard if sent.buttons and turn_of(sent) > turn]

        async with asyncio.timeout(PATIENCE_S), self.telegram.changed:
            await self.telegram.changed.wait_for(asked)
        return asked()[-1]


def turn_of(sent: Sent) -> int:
    found = read_data(sent.buttons[0].callback_data)
    assert found is not None
    return found.turn


@pytest.mark.parametrize("by", ["polling", "webhook"])
async def test_killed_again_and_again_it_loses_no_update_and_takes_none_twice(by: str) -> None:
    async with a_telegram_server() as telegram:
        settings = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
        if by == "webhook":
            settings["telegram_webhook_secret"] = "demo-secret"
        with a_home() as home:
            program = Program(home, **settings)
            await asyncio.to_thread(program.start)
            try:
                talkers = await talk_through_kills(telegram, program)
                async with looking_into(program) as inside:
                    for talker in talkers:
                        numbers = [turn.number for turn in await turns_of(inside, talker.person)]
                        assert numbers == list(range(1, 2 + 2 * talker.rounds + 1))
            finally:
                await asyncio.to_thread(program.stop)
                await asyncio.to_thread(program.until_no_server)


async def talk_through_kills(telegram: TelegramServer, program: Program) -> list[Talker]:
    talkers = [Talker(telegram, a_person(telegram)) for _ in range(AT_ONCE)]
    async with asyncio.TaskGroup() as tasks:
        for talker in talkers:
            tasks.create_task(talker.talk())
        for _ in range(KILLS):
            await until_busy(telegram)
            await asyncio.to_thread(program.restart)
        await until_busy(telegram)
        for talker in talkers:
            talker.is_stopping = True
    return talkers


async def until_busy(telegram: TelegramServer) -> None:
    said = len(telegram.calls)
    async with asyncio.timeout(PATIENCE_S), telegram.changed:
        await telegram.changed.wait_for(lambda: len(telegram.calls) > said + BETWEEN_KILLS)


async def turns_of(inside: Inside, person: Person) -> list[StoredTurn]:
    async with Chats(inside.database, inside.keys) as chats:
        chat = await chats.find(index_of(inside.keys, f"telegram:{BOT.id}", person.chat))
    assert chat is not None
    return await inside.store.read_turns(chat.conversation)
