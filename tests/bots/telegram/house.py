"""A bot at work over real parts: database, turns, and the test Bot API server."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from telegram.ext import Application

from bots.telegram.door import Door
from bots.telegram.mounting import Mounted
from bots.telegram.station import Station
from bots.web.app import create_app
from dialogs.services import Services
from storage.chats import Chats, Known, index_of
from storage.mails import read_mail
from storage.tables.messages import OutgoingMail
from tests.bots.web.conftest import Made
from tests.browser.serving import serving
from tests.telegram_api import BOT
from tests.telegram_person import Person
from tests.telegram_server import PATIENCE_S, TelegramServer

SECRET = "demo-webhook-secret"
A_SECOND = 1_000  # requests of a bot: how it keeps to Telegram's pace, test_pace.py shows


@dataclass
class House:
    services: Services
    telegram: TelegramServer
    url: str
    chats: Chats
    handled: Callable[[], Awaitable[None]] | None = None
    """Of a bot that confirms an update before it handles it: returns when all are handled."""

    async def until_taken(self) -> None:
        await self.telegram.until_taken()
        if self.handled is not None:
            await self.handled()

    async def chat(self, person: Person) -> Known:
        found = await self.chats.find(index_of(self.services.keys, f"telegram:{BOT.id}", person.chat))
        assert found is not None
        return found

    async def settled(self, person: Person) -> Known:
        """The chat, once everything stored in its conversation has been told."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                chat = await self.chat(person)
                loaded = await self.services.turn_store.load(chat.conversation, fresh=True)
                assert loaded is not None
                if chat.told == loaded.version and not self.telegram.queue:
                    return chat
                await asyncio.sleep(0.01)

    async def turns(self, person: Person) -> list[dict[str, Any]]:
        return await turns_of(self.services, (await self.chat(person)).conversation)

    async def code(self) -> str:
        return await latest_code(self.services)


async def turns_of(services: Services, conversation: str, after: int = 0) -> list[dict[str, Any]]:
    return [json.loads(turn.replies) for turn in await services.turn_store.read_turns(conversation, after)]


async def latest_code(services: Services) -> str:
    """The one-time code mailed last."""
    async with services.database.transaction() as session:
        latest = await session.scalar(select(OutgoingMail.id).where(OutgoingMail.kind == "code").order_by(OutgoingMail.id.desc()).limit(1))
        assert latest is not None
        mail = await read_mail(session, services.keys, latest)
    assert mail is not None
    return str(mail.facts["code"])


@asynccontextmanager
async def a_bot(
    made: Made, telegram: TelegramServer, *, by_webhook: bool = False, public_url: str | None = None, **settings: Any
) -> AsyncIterator[House]:
    """The web and its bot on a port of their own."""
    given = {"telegram_token": telegram.token, "telegram_api_url": telegram.url, **settings}
    if by_webhook:
        given["telegram_webhook_secret"] = SECRET
    services = made.services(**given)
    door = Door(services.settings)
    app = create_app(services, door.routes(), lambda: door.username)
    async with serving(app) as url:
        services = replace(services, settings=services.settings.model_copy(update={"public_url": public_url or url}))
        station = Station(services, again_s=0.05, a_second=A_SECOND)
        door.open(station)
        async with station.at_work(), Chats(services.database, services.keys) as chats:
            yield House(services, telegram, url, chats)


@asynccontextmanager
async def a_ptb_bot(made: Made, telegram: TelegramServer) -> AsyncIterator[House]:
    """The same behind somebody's own bot on python-telegram-bot, which fetches the updates; the web runs beside it."""
    services = made.services(telegram_token=telegram.token, telegram_api_url=telegram.url)
    async with serving(create_app(services)) as url:
        services = replace(services, settings=services.settings.model_copy(update={"public_url": url}))
        station = Station(services, again_s=0.05, a_second=A_SECOND, receives=False)
        application = Application.builder().token(telegram.token).base_url(f"{telegram.url}/bot").build()
        async with station.at_work(), application, Chats(services.database, services.keys) as chats:
            application.add_handlers(Mounted(station).handlers())
            await application.start()
            await application.updater.start_polling()
            yield House(services, telegram, url, chats, application.update_queue.join)
            await application.updater.stop()
            await application.stop()
