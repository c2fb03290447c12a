"""The peer: the same 12-turn form on aiogram's FSM in memory. Volatile, where ours is durable and sealed; no network."""

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.base import BaseSession
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message, Update, User

TURNS = 12
WHEN = datetime(2026, 11, 22, tzinfo=UTC)


class Silent(BaseSession):
    """Answers every request with a message, as the server would, without a socket."""

    async def close(self) -> None: ...

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ARG002, ASYNC109
        return Message(message_id=1, date=WHEN, chat=Chat(id=1, type="private"), text="…")

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes]:
        yield b""


class Form(StatesGroup):
    q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11 = (State() for _ in range(TURNS))


ORDER = [Form.q0, Form.q1, Form.q2, Form.q3, Form.q4, Form.q5, Form.q6, Form.q7, Form.q8, Form.q9, Form.q10, Form.q11]


def _aiogram_dispatcher() -> Dispatcher:
    router = Router()

    @router.message(CommandStart())
    async def begin(message: Message, state: FSMContext) -> None:
        await state.set_state(ORDER[0])
        await message.answer("Question 1")

    def ask(index: int) -> None:
        @router.message(ORDER[index])
        async def take(message: Message, state: FSMContext) -> None:
            await state.update_data({str(index): message.text})
            following = ORDER[index + 1] if index + 1 < TURNS else None
            await state.set_state(following)
            await message.answer(f"Question {index + 2}")

    for index in range(TURNS):
        ask(index)
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher


async def aiogram_in_memory(chats: int = 16, forms: int = 8) -> float:
    """Turns a second over `chats` concurrent chats."""
    dispatcher, bot = _aiogram_dispatcher(), Bot("1:TEST", session=Silent())

    def update(number: int, chat: int, text: str) -> Update:
        who = User(id=chat, is_bot=False, first_name="Demo")
        message = Message(message_id=number, date=WHEN, chat=Chat(id=chat, type="private"), from_user=who, text=text)
        return Update(update_id=number, message=message)

    async def talk(chat: int) -> None:
        for number in range(forms * (TURNS + 1)):
            turn = number % (TURNS + 1)
            await dispatcher.feed_update(bot, update(number, chat, "/start" if turn == 0 else f"Answer {turn}"))

    begun = time.perf_counter()
    await asyncio.gather(*(talk(chat) for chat in range(1, chats + 1)))
    return chats * forms * (TURNS + 1) / (time.perf_counter() - begun)
