"""A house for each channel, in which customers come one after the other."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import httpx
from playwright.async_api import async_playwright

from bots.rasa.project import action_files
from bots.web.app import create_app
from tests.bots.rasa.sdk import an_executor
from tests.bots.telegram.house import a_bot, a_ptb_bot
from tests.bots.web.conftest import Made, Robot, a_client
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.serving import serving
from tests.conformance.browser import InABrowser
from tests.conformance.channels import Channel, OnTheApi
from tests.conformance.pages import OnPages
from tests.conformance.rasa import InRasa, Sender, SenderToRasa
from tests.conformance.telegram import InTelegram
from tests.telegram_server import a_telegram_server

type Come = Callable[[str], Channel]
"""A customer of that address, on this channel."""


@asynccontextmanager
async def the_chat_api(made: Made) -> AsyncIterator[Come]:
    services = made.services()
    async with a_client(services) as client:
        yield lambda email: OnTheApi(services, email, Robot(_anew(client)))


@asynccontextmanager
async def telegram(made: Made, *, by_webhook: bool = False) -> AsyncIterator[Come]:
    async with (
        a_telegram_server() as server,
        a_bot(made, server, by_webhook=by_webhook) as house,
        browsers(house.url) as browser,
    ):
        yield lambda email: InTelegram(house, email, browser(), goes_by_web=by_webhook)


@asynccontextmanager
async def a_bot_on_ptb(made: Made) -> AsyncIterator[Come]:
    async with a_telegram_server() as server, a_ptb_bot(made, server) as house, browsers(house.url) as browser:
        yield lambda email: InTelegram(house, email, browser(), goes_by_web=True)


@asynccontextmanager
async def rasas_rest_channel(made: Made) -> AsyncIterator[Come]:
    services = made.services()
    async with a_client(services) as client:
        yield lambda email: InRasa(services, email, Sender(_anew(client), email))


@asynccontextmanager
async def a_rasas_action(made: Made) -> AsyncIterator[Come]:
    services = made.services()
    for name, content in action_files(("it", "en")).items():
        (made.home / name).write_text(content, encoding="utf-8")
    async with (
        serving(create_app(services)) as url,
        an_executor(made.home, {"SOSPESO_PUBLIC_URL": url}) as executor,
        browsers(url) as browser,
    ):
        yield lambda email: InRasa(services, email, SenderToRasa(browser(), email, executor=executor))


@asynccontextmanager
async def pages(made: Made) -> AsyncIterator[Come]:
    async with a_telegram_server() as server, a_bot(made, server) as house, browsers(house.url) as browser:
        yield lambda email: OnPages(house, email, browser())


@asynccontextmanager
async def pages_with_javascript(made: Made) -> AsyncIterator[Come]:
    async with (
        a_telegram_server() as server,
        a_bot(made, server) as house,
        browsers(house.url) as browser,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS) as chromium,
        await chromium.new_context(locale="it-IT") as context,
    ):
        tab = await context.new_page()
        yield lambda email: InABrowser(house, email, Robot(browser()), tab)


@asynccontextmanager
async def browsers(url: str) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield partial(_anew, client)


def _anew(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Another customer's: nothing is left of the one before."""
    client.cookies.clear()
    return client
