"""One customer, every channel: the same acts come to the same transcript, turn by turn, word by word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from forms.catalogue import Catalogue
from storage.database import Database
from storage.turns import TurnStore
from tests.bots.telegram.house import a_bot, a_ptb_bot, latest_code
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.web.conftest import KEYS, Made, Robot, a_client
from tests.conformance.channels import Channel, InTelegram, Meaning, OnTheApi
from tests.conformance.pages import OnPages
from tests.conformance.rasa import InRasa, Sender
from tests.conformance.scenes import SCENES, Scene
from tests.conftest import created
from tests.telegram_person import a_person
from tests.telegram_server import a_telegram_server

pytestmark = pytest.mark.slow

CHANNELS = (
    "telegram by polling",
    "telegram by webhook",
    "inside a bot on python-telegram-bot",
    "Rasa's REST channel",
    "pages without JavaScript",
)
"""Held against the chat API."""


@asynccontextmanager
async def a_channel(name: str, made: Made) -> AsyncIterator[Channel]:
    async with AsyncExitStack() as stack:
        if "bot" in name or "telegram" in name:
            telegram = await stack.enter_async_context(a_telegram_server())
            a_house = a_ptb_bot(made, telegram) if "bot" in name else a_bot(made, telegram, by_webhook=name.endswith("webhook"))
            house = await stack.enter_async_context(a_house)
            yield InTelegram(house, TelegramRobot(house, a_person(telegram)))
            return
        services = made.services()
        client = await stack.enter_async_context(a_client(services))
        read_code = partial(latest_code, services)
        if name == "Rasa's REST channel":
            yield InRasa(services, Sender(client))
        else:
            yield (OnTheApi if name == "the chat API" else OnPages)(Robot(client), read_code)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_the_transcript_is_the_same_on_every_channel(
    scene: Scene, server_url: str, template: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    async def told_on(name: str) -> list[Meaning]:
        with created(server_url, f"sospeso_test_{uuid4().hex}", template=template) as url:
            return await played(name, scene, url, catalogue, tmp_path / name)

    names = ("the chat API", *CHANNELS)
    told = dict(zip(names, await asyncio.gather(*map(told_on, names)), strict=True))
    assert len(told["the chat API"]) > 1
    for name in CHANNELS:
        assert told[name] == told["the chat API"], name


async def played(name: str, scene: Scene, url: str, catalogue: Catalogue, home: Path) -> list[Meaning]:
    database = Database(url)
    async with TurnStore(database, KEYS) as store, a_channel(name, Made(database, store, catalogue, home)) as channel:
        await channel.open()
        await scene(channel)
        transcript = await channel.transcript()
    await database.close()
    return transcript
