"""The messengers in a process of their own, beside the web's: started as a broker starts them."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import warm
from tests.bots.telegram.conftest import telegram
from tests.telegram_person import a_person
from tests.telegram_server import TOKEN, TelegramServer

pytestmark = pytest.mark.slow

__all__ = ["telegram"]

HOOK, BEARER = "demo-webhook-secret", "demo-rasa-secret"


@dataclass
class Served:
    url: str
    program: warm.Started
    errors: Path


@pytest.fixture
def own(database_url: str, tmp_path: Path, telegram: TelegramServer) -> dict[str, str]:
    """The environment of every process of the house."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("SOSPESO_")}
    return others | {
        "SOSPESO_HOME": str(tmp_path / "home"),
        "SOSPESO_DATABASE_URL": database_url,
        "SOSPESO_SECRET_KEY": "s" * 40,
        "SOSPESO_MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
        "SOSPESO_TELEGRAM_TOKEN": TOKEN,
        "SOSPESO_TELEGRAM_API_URL": telegram.url,
        "SOSPESO_RASA_SECRET": BEARER,
    }


@asynccontextmanager
async def serving(role: str, environment: dict[str, str], folder: Path) -> AsyncIterator[Served]:
    errors = folder / f"{role}.log"
    with errors.open("w") as file:
        program = warm.start(["serve", "--role", role, "--port", "0"], environment, file)
    with program.stdout:
        try:
            line = await asyncio.to_thread(program.stdout.readline)
            assert line.startswith("ready "), errors.read_text()
            yield Served(line.split()[1].rstrip("/"), program, errors)
        finally:
            program.kill()
            await asyncio.to_thread(program.wait)


async def test_bots_has_the_messengers_and_no_page(own: dict[str, str], tmp_path: Path, telegram: TelegramServer) -> None:
    async with serving("bots", own, tmp_path) as served, httpx.AsyncClient(base_url=served.url, trust_env=False, timeout=60) as http:
        assert (await http.get("/healthz")).status_code == 200
        for path in ("/", "/chat", "/console/", "/area", "/api/chat/conversations", "/telegram/webhook"):
            assert (await http.get(path)).status_code == 404, path
        said = {"sender": "demo-1", "message": "ciao"}
        assert (await http.post("/webhooks/rest/webhook", json=said)).status_code == 401
        answer = await http.post("/webhooks/rest/webhook", json=said, headers={"authorization": f"Bearer {BEARER}"})
        assert answer.json()[0]["recipient_id"] == "demo-1"
        person = a_person(telegram)
        await person.say("/start")
        await person.until_hears("lingua")


async def test_bots_takes_what_telegram_posts(own: dict[str, str], tmp_path: Path, telegram: TelegramServer) -> None:
    async with serving("bots", own | {"SOSPESO_TELEGRAM_WEBHOOK_SECRET": HOOK}, tmp_path) as served:
        await telegram.until(lambda: telegram.webhook.url)
        assert telegram.webhook.url == f"{served.url}/telegram/webhook"
        person = a_person(telegram)
        await person.say("/start")
        await person.until_hears("lingua")
        assert {status for _, status in telegram.delivered} == {200}


async def test_of_bots_and_web_one_polls_and_the_other_takes_over(own: dict[str, str], tmp_path: Path, telegram: TelegramServer) -> None:
    async with serving("bots", own, tmp_path) as bots:
        person = a_person(telegram)
        await person.say("/start")
        await person.until_hears("lingua")
        async with serving("web", own | {"SOSPESO_PUBLIC_URL": "http://127.0.0.1"}, tmp_path) as web:
            async with httpx.AsyncClient(base_url=web.url, trust_env=False, timeout=60) as http:
                assert (await http.get("/")).status_code == 200
            for _ in range(2):
                await person.say("Italiano")
                await person.hears()
            bots.program.kill()
            await person.say("/menu")
            await person.hears()
        for served in (bots, web):
            assert "somebody else polls" not in served.errors.read_text()


async def test_without_a_messenger_or_the_webs_address_it_says_so(own: dict[str, str], tmp_path: Path) -> None:
    silent = {name: value for name, value in own.items() if "TELEGRAM" not in name and "RASA" not in name}
    async with serving("bots", silent, tmp_path) as served:
        told = served.errors.read_text()
    assert "SOSPESO_PUBLIC_URL is not set" in told
    assert "SOSPESO_TELEGRAM_TOKEN" in told
