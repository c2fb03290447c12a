"""A registration in a real browser over the real program: without JavaScript, and inside a broker's own page."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bots.web.app import create_app
from tests.bots.web.conftest import Made, catalogue, made, read_code
from tests.browser.axe import violations
from tests.browser.person import Person
from tests.browser.serving import serving
from tests.dialogs.driver import COMPANY, PERSON, Script

pytestmark = [pytest.mark.slow, pytest.mark.browser]

__all__ = ["catalogue", "made", "read_code"]


@pytest.mark.parametrize(
    ("script", "asked"),
    [(PERSON, "registration_person.identity.tax_code"), (COMPANY, "registration_company.owners.owners.1.owner_share")],
    ids=["person", "company"],
)
async def test_a_registration_needs_no_javascript(
    chromium: Browser, made: Made, read_code: Callable[[], Awaitable[str]], script: Script, asked: str
) -> None:
    async with serving(create_app(made.services())) as url:
        context = await chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="it-IT")
        page = await context.new_page()
        await page.goto(url)
        async with page.expect_navigation():
            await page.locator('button[value="new"]').click()
        passed = await Person(page, script, read_code).walk("journey.goal")
        text = await page.inner_text("main")
        person = Person(page, script, read_code)
        await person.press('footer button[value="consents"]')
        await person.press('main button[value="modules.mandate.act"]')
        taken_back = await page.inner_text("main")
        await context.close()
    assert asked in passed
    assert "Hai revocato: Incarico all’agenzia" in taken_back
    assert "R-20" in text
    assert PERSON["journey.email"] in text


async def test_the_real_pages_break_no_rule_either(chromium: Browser, made: Made, read_code: Callable[[], Awaitable[str]]) -> None:
    stops = [
        "journey.email",
        "modules.electronic_collection.act",
        "registration_person.identity.birth_date",
        "registration_person.identity.confirm",
    ]
    async with serving(create_app(made.services())) as url:
        context = await chromium.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True, locale="it-IT")
        page = await context.new_page()
        await page.goto(url)
        async with page.expect_navigation():
            await page.locator('button[value="new"]').click()
        person = Person(page, PERSON, read_code)
        found: dict[str, list[str]] = {}
        for stop in stops:
            await person.walk(stop)
            found[stop] = await violations(page)
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), stop
        await context.close()
    assert found == {stop: [] for stop in stops}


async def test_one_script_tag_puts_the_chat_on_a_brokers_page(chromium: Browser, made: Made) -> None:
    async def brokers_page(_request: object) -> HTMLResponse:
        return HTMLResponse(
            f'<!doctype html><title>Broker</title><h1>Demo</h1><script src="{chat}/embed.js" data-language="en" data-title="Chat"></script>'
        )

    broker = Starlette(routes=[Route("/", brokers_page)])
    async with serving(broker) as broker_url:
        origin = broker_url.replace("127.0.0.1", "localhost")  # another site than the chat's
        async with serving(create_app(made.services(embed_origins=(origin,)))) as chat:
            context = await chromium.new_context()
            page = await context.new_page()
            await page.goto(origin)
            frame = page.frame_locator('iframe[title="Chat"]')
            await frame.locator('button[value="client"]').click()
            await frame.locator('main input[name="question"]').first.wait_for(state="attached")
            assert await frame.locator('main input[name="question"]').first.get_attribute("value") == "journey.goal"
            cookies = await context.cookies(chat)
            await context.close()
    assert [(cookie["name"], cookie["sameSite"], cookie["secure"]) for cookie in cookies] == [("__Host-chat", "None", True)]


async def test_a_page_that_may_not_embed_the_chat_shows_nothing_of_it(chromium: Browser, made: Made) -> None:
    async def brokers_page(_request: object) -> HTMLResponse:
        return HTMLResponse(f'<!doctype html><title>Other</title><script src="{chat}/embed.js"></script>')

    app = create_app(made.services(embed_origins=("https://broker.example",)))
    async with serving(Starlette(routes=[Route("/", brokers_page)])) as other_url, serving(app) as chat:
        page = await chromium.new_page()
        await page.goto(other_url.replace("127.0.0.1", "localhost"))
        await page.wait_for_load_state("networkidle")
        buttons = await page.frame_locator("iframe").locator("button").count()
        await page.close()
    assert buttons == 0
