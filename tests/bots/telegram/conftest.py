"""A Bot API server and, over it, aiogram's own client."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.telegram_server import TelegramServer, a_telegram_server


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with a_telegram_server() as server:
        yield server


@pytest_asyncio.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with Bot(telegram.token, session=session) as made:
        yield made
