"""A Bot API server and, over it, aiogram's own client."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.bots.telegram.house import House, a_bot
from tests.bots.web.conftest import Made, catalogue, made
from tests.telegram_person import Person, a_person
from tests.telegram_server import TelegramServer, a_telegram_server

__all__ = ["catalogue", "made"]


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with a_telegram_server() as server:
        yield server


@pytest_asyncio.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with Bot(telegram.token, session=session) as made:
        yield made


@pytest_asyncio.fixture
async def house(made: Made, telegram: TelegramServer) -> AsyncIterator[House]:
    async with a_bot(made, telegram) as opened:
        yield opened


@pytest_asyncio.fixture
async def person(house: House, telegram: TelegramServer) -> Person:
    """Somebody whose conversation has just begun."""
    who = a_person(telegram)
    await who.say("/start")
    await who.until_hears("lingua")
    return who
