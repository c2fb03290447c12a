"""The peer: the same 12-turn form on python-telegram-bot's ConversationHandler in memory. Volatile; no network."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes, ConversationHandler, MessageHandler, filters
from telegram.request import BaseRequest

TURNS = 12
ANSWER = b'{"ok":true,"result":{"message_id":1,"date":1795305600,"chat":{"id":1,"type":"private"},"text":"..."}}'
ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Demo","username":"demo_bot"}}'


class SilentRequest(BaseRequest):
    """Answers every request as the server would, without a socket."""

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        return 200, ME if url.endswith("getMe") else ANSWER


async def _begin(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    assert update.message
    await update.message.reply_text("Question 1")
    return 0


def _taker(index: int) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, int]]:
    async def take(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message
        assert context.user_data is not None
        context.user_data[str(index)] = update.message.text
        await update.message.reply_text(f"Question {index + 2}")
        return index + 1 if index + 1 < TURNS else ConversationHandler.END

    return take


def _update(application: Any, number: int, chat: int, text: str) -> Update:
    entities = [{"type": "bot_command", "offset": 0, "length": 6}] if text == "/start" else []
    who = {"id": chat, "is_bot": False, "first_name": "Demo"}
    message = {"message_id": number, "date": 1795305600, "chat": {"id": chat, "type": "private"}, "from": who, "text": text}
    read = Update.de_json({"update_id": number, "message": {**message, "entities": entities}}, application.bot)
    assert read
    return read


async def ptb_in_memory(chats: int = 16, forms: int = 8) -> float:
    """Turns a second over `chats` concurrent chats."""
    application = Application.builder().token("1:TEST").request(SilentRequest()).get_updates_request(SilentRequest()).updater(None).build()
    states: Any = {
        index: [MessageHandler(filters.TEXT & ~filters.COMMAND, _taker(index))] for index in range(TURNS)
    }  # PTB's types are invariant
    application.add_handler(ConversationHandler([CommandHandler("start", _begin)], states, []))
    await application.initialize()

    async def talk(chat: int) -> None:
        for number in range(forms * (TURNS + 1)):
            turn = number % (TURNS + 1)
            await application.process_update(_update(application, number, chat, "/start" if turn == 0 else f"Answer {turn}"))

    begun = time.perf_counter()
    await asyncio.gather(*(talk(chat) for chat in range(1, chats + 1)))
    rate = chats * forms * (TURNS + 1) / (time.perf_counter() - begun)
    await application.shutdown()
    return rate
