"""The door by itself, before aiogram is there and where it never comes."""

import asyncio
import subprocess
import sys

import httpx
import pytest
from starlette.applications import Starlette

from bots.telegram.door import PATH, Door
from storage.settings import Settings

pytestmark = pytest.mark.slow

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": "demo-secret"}
LAZY = """
import sys
import bots.telegram.door, bots.web.app, sospeso.server
assert not {"aiogram", "aiohttp"} & set(sys.modules), "imported without a bot"
"""


def test_without_a_bot_aiogram_is_not_imported() -> None:
    """Its import takes seconds and 150 MB."""
    subprocess.run([sys.executable, "-c", LAZY], check=True)


def a_door() -> tuple[Door, httpx.AsyncClient]:
    door = Door(Settings(_env_file=None, telegram_token="4242:demo", telegram_webhook_secret="demo-secret"))
    transport = httpx.ASGITransport(Starlette(routes=door.routes()))
    return door, httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def test_an_update_that_comes_before_the_bot_waits_for_it() -> None:
    taken: list[object] = []

    class Station:
        username = "demo_bot"

        async def take(self, update: object) -> None:
            taken.append(update)

    door, client = a_door()
    async with client:
        posting = asyncio.create_task(client.post(PATH, json={"update_id": 1}, headers=HEADERS))
        await asyncio.sleep(0)
        assert door.username is None
        door.open(Station())
        assert (await posting).status_code == 200
    assert (taken, door.username) == ([{"update_id": 1}], "demo_bot")


async def test_where_the_bot_did_not_start_telegram_is_told_to_come_again() -> None:
    door, client = a_door()
    async with client:
        door.fail(ImportError("aiogram"))
        assert (await client.post(PATH, json={"update_id": 1}, headers=HEADERS)).status_code == 503
        assert door.username is None
