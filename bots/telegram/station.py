"""The bot at work: it takes updates by webhook or by polling, and tells what is stored. Of several processes one polls and tells."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramUnauthorizedError
from aiogram.methods import Response, SendMessage
from aiogram.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from pydantic import ValidationError

from bots.messengers.wording import words
from bots.telegram.courier import Courier
from bots.telegram.door import PATH
from bots.telegram.intake import ALLOWED, Intake
from bots.telegram.pace import A_SECOND, Pace
from dialogs.services import Services
from storage.chats import Chats
from storage.jobs import is_outage

log = logging.getLogger(__name__)
POLL_S: Final = 25
AGAIN_S: Final = 3.0  # after Telegram or the database did not answer
LOOK_S: Final = 60.0
"""Between two looks for what is still to be told, should a word about it have been lost."""


class Station:
    """`async with station.at_work(): …`. One that does not receive is brought its updates by somebody's own bot."""

    def __init__(self, services: Services, *, again_s: float = AGAIN_S, a_second: int = A_SECOND, receives: bool = True) -> None:
        self._services = services
        self._receives = receives
        settings = services.settings
        assert settings.telegram_token is not None  # noqa: S101 - without a token there is no bot
        api = TelegramAPIServer.from_base(settings.telegram_api_url) if settings.telegram_api_url else PRODUCTION
        self._bot = Bot(settings.telegram_token.get_secret_value(), session=AiohttpSession(api=api))
        self._bot.session.middleware(Pace(a_second))
        self._chats = Chats(services.database, services.keys)
        self._courier = Courier(services, self._bot, self._chats)
        self._intake = Intake(services, self._bot, self._chats, self._courier, is_whole=receives)
        self._again_s = again_s
        self.username = ""

    async def take(self, update: object) -> None:
        """One update as Telegram posts it."""
        try:
            read = Update.model_validate(update, context={"bot": self._bot})
        except ValidationError as error:
            raise ValueError("no update") from error
        await self._take(read)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        working = asyncio.create_task(self._work())
        try:
            yield
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            await self._courier.close()
            await self._chats.close()
            await self._bot.session.close()

    async def _work(self) -> None:
        try:
            await self._until_done(self._introduce)
            await self._on_duty()
        except TelegramUnauthorizedError:
            log.error("Telegram does not know the token of SOSPESO_TELEGRAM_TOKEN: there is no bot until it is mended")  # noqa: TRY400

    async def _introduce(self) -> None:
        self._intake.me = await self._bot.get_me()
        self.username = self._intake.me.username or ""

    async def _on_duty(self) -> None:
        """Again and again, should the connection that holds the duty be lost."""
        while True:
            try:
                async with self._services.turn_store.alone(f"telegram {self._bot.id}") as lost:
                    await _first_of(lost.wait(), self._serve())
            except TelegramUnauthorizedError:
                raise
            except Exception as error:
                if not is_outage(error) and not isinstance(error, AiogramError):
                    log.exception("the bot stumbled")
                await asyncio.sleep(self._again_s)
            finally:
                self._courier.is_on_duty = False

    async def _serve(self) -> None:
        self._courier.is_on_duty = True
        await self._courier.catch_up()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            if self._receives:
                tasks.create_task(self._receive())

    async def _listen(self) -> None:
        async with self._services.turn_store.listen_to_all() as heard:
            while True:
                try:
                    async with asyncio.timeout(LOOK_S):
                        conversation = await heard.get()
                except TimeoutError:
                    conversation = None
                if conversation is None:
                    await self._courier.catch_up()
                else:
                    self._courier.poke(conversation)

    async def _receive(self) -> None:
        await self._until_done(self._set_up)
        if self._services.settings.telegram_webhook_secret is None:
            await self._poll()

    async def _set_up(self) -> None:
        settings = self._services.settings
        if settings.telegram_webhook_secret is None:
            await self._bot.delete_webhook()
        else:
            address = f"{(settings.public_url or '').rstrip('/')}{PATH}"
            await self._bot.set_webhook(address, allowed_updates=ALLOWED, secret_token=settings.telegram_webhook_secret.get_secret_value())
        for language in settings.languages:
            await self._bot.set_my_commands(_commands(language), language_code=language)
        await self._bot.set_my_commands(_commands(settings.languages[0]))

    async def _poll(self) -> None:
        """An update is confirmed by asking for the next ones: only once all of a batch are stored."""
        offset: int | None = None
        while True:
            updates = await self._until_done(lambda: self._fetch(offset))  # noqa: B023 - awaited at once
            await asyncio.gather(*(self._until_taken(update) for update in updates))
            offset = max((update.update_id + 1 for update in updates), default=offset or 0) or None

    async def _fetch(self, offset: int | None) -> Sequence[Update]:
        return await self._bot.get_updates(offset, timeout=POLL_S, allowed_updates=ALLOWED, request_timeout=POLL_S + 10)

    async def _until_taken(self, update: Update) -> None:
        await self._until_done(lambda: self._take(update))

    async def _take(self, update: Update) -> None:
        """One that we stumble over is logged and passed by: it must not hold up all others."""
        try:
            await self._intake.take(update)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("update %d was not taken", update.update_id)

    async def _until_done[R](self, work: Callable[[], Awaitable[R]]) -> R:
        """Waits outages of Telegram and of the database out."""
        while True:
            try:
                return await work()
            except TelegramUnauthorizedError:
                raise
            except Exception as error:
                if not is_outage(error) and not isinstance(error, AiogramError):
                    raise
                log.warning("Telegram or the database does not answer: %s", type(error).__name__)
                if isinstance(error, TelegramConflictError):
                    log.warning("somebody else polls with this token, or a webhook is set")
            await asyncio.sleep(self._again_s)


def warm_up() -> None:
    """aiogram makes its validators as they are first needed: a second in which all who talk would wait."""
    user = {"id": 1, "is_bot": False, "first_name": "x"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "from": user, "text": "x"}
    query = {"id": "1", "from": user, "chat_instance": "1", "data": "x", "message": message}
    for update in ({"message": message}, {"callback_query": query}):
        Update.model_validate({"update_id": 1, **update})
    Response[Message].model_validate({"ok": True, "result": message})
    Response[Message | bool].model_validate({"ok": True, "result": message})
    Response[bool].model_validate({"ok": True, "result": True})
    SendMessage(
        chat_id=1, text="x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="x")]])
    )


def _commands(language: str) -> list[BotCommand]:
    described = words(language)["commands"]
    assert isinstance(described, dict)  # noqa: S101 - as the words' file has it
    return [BotCommand(command=command, description=text) for command, text in described.items()]


async def _first_of(*works: Awaitable[object]) -> None:
    """The first to end ends the others; what it raised is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
