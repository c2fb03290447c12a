"""A customer and a colleague in two real browsers, over the web chat and the console: asked for, taken over, written, given back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bots.web.app import create_app
from tests.bots.house import AT, a_house
from tests.browser.axe import violations
from tests.browser.serving import serving as serving_web
from tests.browser.test_console import EMAIL, THE_LIBRARYS, WAIT_MS, enter, told
from tests.console.house import Clock, a_colleague, at_its_clock
from tests.console.serving import Served, serving
from tests.forms.content import shipped

ASKED = "voglio parlare con una persona"
PLANTED = "Salve <img src=x onerror=document.title='planted'><style>*{color:red}</style>"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        house = at_its_clock(services, Clock(AT))
        await a_colleague(house, name="Demo Due", email=EMAIL)
        async with serving(house) as running:
            yield running


async def ask_for_a_person(page: Page, url: str) -> None:
    """Who registers asks for a person at the question about their e-mail address."""
    await page.goto(url)
    await page.locator('button[value="new"]').click()
    await page.locator('main button[name="value"], main input[value="person"]').first.wait_for()
    await page.fill("#text", ASKED)
    await page.locator(".talk .button").click()
    await expect(page.locator("main")).to_contain_text("Nessuno aspetta prima di te.")


async def open_the_conversation(desk: Page, served: Served, last: str = ASKED) -> None:
    await enter(desk, served)
    await desk.get_by_role("heading", name="In sospeso").wait_for()
    await desk.get_by_role("button", name="Messaggi").or_(desk.get_by_text("Messaggi", exact=True)).first.click()
    await desk.get_by_text(last).wait_for()
    assert await desk.title() != "planted"
    assert await desk.locator('img[src="x"]').count() == 0
    await desk.get_by_role("button", name="Apri").click()
    await desk.get_by_role("button", name="Prendi la conversazione").click()
    await told(desk, "La conversazione è tua")


async def test_r9_a_transcript_is_covered_until_it_is_said_why_and_stays_as_it_is_seen(chromium: Browser, served: Served) -> None:
    """And neither the customer's page nor the colleague's breaks an accessibility rule of its own."""
    expect.set_options(timeout=WAIT_MS)
    async with serving_web(create_app(served.services)) as url:
        context = await chromium.new_context(viewport={"width": 390, "height": 844}, locale="it-IT", bypass_csp=True)
        staff = await chromium.new_context(viewport={"width": 1280, "height": 900}, locale="it-IT", bypass_csp=True)
        customer, desk = await context.new_page(), await staff.new_page()
        await ask_for_a_person(customer, url)
        await say(customer, url, PLANTED)
        await open_the_conversation(desk, served, last=PLANTED)
        await customer.goto(f"{url}/chat")
        assert await violations(customer) == []
        assert not await customer.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert [each for each in await violations(desk) if each.partition(":")[0] not in THE_LIBRARYS] == []
        await say(customer, url, "Il mio codice è SMPDTR80C52F839N, nata nel 1980")
        await expect(desk.locator(".talk").last).to_contain_text("Il mio codice è \u2066···· 839N\u2069, nata nel 1980")  # by itself
        await desk.get_by_label("Scrivi al cliente").fill("Un momento")
        await desk.get_by_role("button", name="Mostra per intero").click()
        await told(desk, "Scegli perché ti servono")
        assert "SMPDTR80C52F839N" not in await desk.content()
        await desk.get_by_label("Perché ti servono").click()
        await desk.get_by_text("Lo chiede il cliente", exact=True).click()
        await desk.get_by_role("button", name="Mostra per intero").click()
        await expect(desk.get_by_text("SMPDTR80C52F839N, nata nel 1980")).to_be_visible()
        await expect(desk.get_by_role("button", name="Mostra per intero")).not_to_be_visible()
        assert await desk.get_by_label("Scrivi al cliente").input_value() == "Un momento"
        await say(customer, url, "e l’IBAN IT60X0542811101000000123456")
        await expect(desk.get_by_text("e l’IBAN IT60X0542811101000000123456")).to_be_visible()  # as what was shown before
        await desk.reload()  # the address names the conversation, which the menu has under its messages
        await expect(desk.locator(".Mui-selected")).to_have_text("Messaggi")
        await desk.get_by_role("button", name="In sospeso").click()
        await desk.get_by_role("heading", name="In sospeso").wait_for()
        await context.close()
        await staff.close()


async def say(customer: Page, url: str, text: str) -> None:
    await customer.goto(f"{url}/chat")
    await customer.fill("#text", text)
    await customer.get_by_role("button", name="Invia").click()


@pytest.mark.parametrize("has_javascript", [True, False])
async def test_from_the_question_for_a_person_back_to_the_question(chromium: Browser, served: Served, *, has_javascript: bool) -> None:
    expect.set_options(timeout=WAIT_MS)
    async with serving_web(create_app(served.services)) as url:
        context = await chromium.new_context(java_script_enabled=has_javascript, viewport={"width": 390, "height": 844}, locale="it-IT")
        customer, desk = await context.new_page(), await chromium.new_page(locale="it-IT", viewport={"width": 1280, "height": 900})
        await ask_for_a_person(customer, url)
        await open_the_conversation(desk, served)

        if has_javascript:
            await customer.get_by_role("link", name="Leggila").click()
        else:
            await customer.goto(f"{url}/chat")
        await expect(customer.get_by_role("heading", name="Stai parlando con Demo Due")).to_be_visible()
        await customer.fill("#text", "Quanto dura la polizza?")
        await customer.get_by_role("button", name="Invia").click()
        await expect(customer.locator("main")).to_contain_text("Demo Due riceve quello che scrivi")
        await expect(desk.get_by_text("Quanto dura la polizza?")).to_be_visible()  # by itself

        if has_javascript:
            await customer.fill("#text", "E poi")
        await desk.get_by_label("Scrivi al cliente").fill("Un anno, e si rinnova solo se vuoi.")
        await desk.get_by_role("button", name="Invia").click()
        await expect(desk.locator(".talk .colleague")).to_contain_text("Un anno")
        if not has_javascript:
            await customer.goto(f"{url}/chat")
        await expect(customer.locator(".thread .colleague").last).to_contain_text("Un anno, e si rinnova solo se vuoi.")
        await expect(customer.locator(".thread .colleague b").last).to_have_text("Demo Due")
        if has_javascript:
            assert await customer.input_value("#text") == "E poi"

        await desk.get_by_role("button", name="Restituisci allo sportello").click()
        await told(desk, "Restituita")
        await customer.goto(f"{url}/chat")
        await expect(customer.get_by_role("heading", level=1)).to_contain_text("Ti registri per te")
        await context.close()
        await desk.close()
