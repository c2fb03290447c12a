"""The intake inside somebody's own bot, by the very lines of docs/embedding.md."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import Message
from telegram.ext import Application, CommandHandler

from sospeso.embedding import open_intake
from storage.settings import NotConfigured
from tests.telegram_person import Person, a_group, a_person
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[3] / "docs/embedding.md").read_text(encoding="utf-8")
OURS, THEIRS = "lingua", "Siamo aperti"

type Serving = Callable[[TelegramServer], Any]


def lines(heading: str) -> Callable[..., Any]:
    """`run` of the page's part, exactly as it stands there."""
    block = re.search(rf"^## {heading}$.*?^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    exec(block[1], names)
    run: Callable[..., Any] = names["run"]
    return run


@pytest.fixture
def settings(database_url: str, telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "HOME": str(tmp_path / "home"), "DATABASE_URL": database_url, "SECRET_KEY": "s" * 40, "MASTER_KEY": b64encode(b"m" * 32).decode(),
        "PUBLIC_URL": "https://demo.example.org", "TELEGRAM_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url,
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"SOSPESO_{name}", value)


@asynccontextmanager
async def by_aiogram(telegram: TelegramServer) -> AsyncIterator[None]:
    bot = Bot(telegram.token, session=AiohttpSession(api=TelegramAPIServer.from_base(telegram.url)))
    dispatcher, theirs = Dispatcher(), Router()

    @theirs.message(Command("hours"))
    async def hours(message: Message) -> None:
        await message.answer(THEIRS)

    dispatcher.include_router(theirs)
    running = asyncio.create_task(lines("aiogram")(bot, dispatcher))
    yield
    await dispatcher.stop_polling()
    await running


@asynccontextmanager
async def by_ptb(telegram: TelegramServer) -> AsyncIterator[None]:
    application = Application.builder().token(telegram.token).base_url(f"{telegram.url}/bot").build()

    async def hours(update: Any, _context: Any) -> None:
        await update.message.reply_text(THEIRS)

    application.add_handler(CommandHandler("hours", hours))
    until = asyncio.Event()
    running = asyncio.create_task(lines("python-telegram-bot")(application, until))
    yield
    until.set()
    await running


@pytest.mark.parametrize("serving", [by_aiogram, by_ptb])
async def test_the_conversation_goes_on_inside_a_bot_of_ones_own(serving: Serving, telegram: TelegramServer, settings: None) -> None:
    async with serving(telegram):
        person: Person = a_person(telegram)
        await person.say("/start")
        await person.until_hears(OURS)
        await person.tap("Italiano")
        await person.until_hears("Che cosa vuoi fare")
        await person.say("/hours")
        await person.until_hears(THEIRS)
    assert telegram.disobeyed == 0


@pytest.mark.parametrize("serving", [by_aiogram, by_ptb])
async def test_in_the_groups_of_a_bot_of_ones_own_we_keep_silent(serving: Serving, telegram: TelegramServer, settings: None) -> None:
    group, person = a_group(telegram), a_person(telegram)
    async with serving(telegram):
        await group.join()
        await group.say("/hours")
        await group.until_hears(THEIRS)
        await group.say("Chi viene a pranzo?")
        await group.tap_data("theirs", on=group.last)
        await person.say("/start")
        await person.until_hears(OURS)
    assert [sent.text for sent in group.heard] == [THEIRS]
    assert (telegram.api.answers, group.room.has_left) == ([], False)


async def test_without_a_token_it_is_said_what_is_missing(settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOSPESO_TELEGRAM_TOKEN")
    with pytest.raises(NotConfigured, match="SOSPESO_TELEGRAM_TOKEN"):
        async with open_intake():
            pass
