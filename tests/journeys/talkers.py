"""People who talk to the real program's bot through the Bot API, while it is killed and started again."""

import asyncio
from dataclasses import dataclass, field

from bots.messengers.buttons import read_data
from storage.chats import Chats, index_of
from storage.turns import StoredTurn
from tests.program import Inside
from tests.telegram_api import BOT, Sent
from tests.telegram_person import Person, a_person
from tests.telegram_server import TelegramServer

AT_ONCE = 6
BETWEEN_KILLS = 30
"""Requests to the Bot API."""
PATIENCE_S = 600
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


@dataclass
class Talkers:
    """People in the chats of one bot; what each has said is taken once and once only."""

    telegram: TelegramServer
    people: list[Talker] = field(default_factory=list)
    _talking: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self) -> None:
        self.people = [Talker(self.telegram, a_person(self.telegram)) for _ in range(AT_ONCE)]
        self._talking = [asyncio.create_task(talker.talk()) for talker in self.people]

    async def until_busy(self) -> None:
        said = len(self.telegram.calls)
        async with asyncio.timeout(PATIENCE_S), self.telegram.changed:
            await self.telegram.changed.wait_for(lambda: len(self.telegram.calls) > said + BETWEEN_KILLS)

    async def end(self) -> None:
        """Each goes back to the menu once more."""
        for talker in self.people:
            talker.is_stopping = True
        await asyncio.gather(*self._talking)

    async def check_turns(self, inside: Inside) -> None:
        for talker in self.people:
            numbers = [turn.number for turn in await turns_of(inside, talker.person)]
            assert numbers == list(range(1, 2 + 2 * talker.rounds + 1))


async def turns_of(inside: Inside, person: Person) -> list[StoredTurn]:
    async with Chats(inside.database, inside.keys) as chats:
        chat = await chats.find(index_of(inside.keys, f"telegram:{BOT.id}", person.chat))
    assert chat is not None
    return await inside.store.read_turns(chat.conversation)
