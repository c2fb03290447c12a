"""A list leaves the house in a real browser: ordered with its purpose, agreed to by a second person, downloaded."""

import csv
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from rules.access import Role
from tests.bots.house import AT, a_house
from tests.browser.axe import violations
from tests.browser.test_console import THE_LIBRARYS, WAIT_MS, told
from tests.console.house import Clock, a_colleague, a_request, at_its_clock
from tests.console.serving import Served, serving
from tests.storage.builders import PASSWORD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]
MANAGER, AUDITOR, AGENT = "manager@example.org", "auditor@example.org", "agent@example.org"
PURPOSE = "Giro di telefonate per i rinnovi"


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home", export_alone=0) as services:
        house = at_its_clock(services, Clock(AT))
        await a_colleague(house, Role.MANAGER, "Demo Responsabile", MANAGER)
        await a_colleague(house, Role.AUDITOR, "Demo Revisione", AUDITOR)
        await a_colleague(house, Role.AGENT, "Demo Agente", AGENT)
        await a_request(house)
        async with serving(house) as running:
            yield running


async def enter(chromium: Browser, served: Served, email: str, *, locale: str = "it-IT", width: int = 1280) -> Page:
    phone = "Mozilla/5.0 (Linux; Android 16) Mobile" if width < 600 else None
    context = await chromium.new_context(locale=locale, viewport={"width": width, "height": 900}, user_agent=phone, bypass_csp=True)
    page = await context.new_page()
    page.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    await page.goto(served.url + "/console/")
    await page.locator("input[type=email]").fill(email)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.locator("main button").click()
    return page


async def test_a_list_is_ordered_agreed_to_and_downloaded(chromium: Browser, served: Served) -> None:
    page = await enter(chromium, served, MANAGER)
    await page.get_by_text("Esportazioni", exact=True).first.click()
    await expect(page.get_by_text("Nessuna esportazione")).to_be_visible()
    await page.get_by_role("button", name="Prepara", exact=True).click()
    await told(page, "a che cosa serve")
    await page.get_by_label("A che cosa serve").fill(PURPOSE)
    await page.get_by_role("button", name="Prepara", exact=True).click()
    await told(page, "un’altra persona deve acconsentire")
    await expect(page.get_by_text("Aspetta il consenso")).to_be_visible()
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []

    second = await enter(chromium, served, AUDITOR)
    await second.get_by_text("Esportazioni", exact=True).first.click()
    await second.get_by_role("button", name="Acconsento").click()
    await told(second, "Consenso registrato")

    await page.get_by_text("Messaggi", exact=True).first.click()
    await expect(page.get_by_role("heading", name="E-mail non arrivate")).to_be_visible()
    await page.get_by_text("Esportazioni", exact=True).first.click()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Scarica il file").click()
    download = await downloading.value
    assert download.suggested_filename.startswith("clients-20261122-")
    (row,) = csv.DictReader(StringIO(Path(await download.path()).read_bytes().decode(), newline=""))
    assert (row["family_name"], row["exported_by"], row["export_purpose"]) == ("Esempio", "Demo Responsabile", PURPOSE)

    await second.get_by_text("Messaggi", exact=True).first.click()
    await second.get_by_text("Esportazioni", exact=True).first.click()
    await expect(second.get_by_text("Una lista scaricata non risulta ancora distrutta.")).to_be_visible()
    await expect(second.get_by_role("button", name="L’ho distrutta")).to_have_count(0)
    await page.get_by_text("Messaggi", exact=True).first.click()
    await expect(page.get_by_role("heading", name="E-mail non arrivate")).to_be_visible()
    await page.get_by_text("Esportazioni", exact=True).first.click()
    await page.get_by_role("button", name="L’ho distrutta").click()
    await told(page, "Segnato: la lista è distrutta")
    await expect(page.get_by_text("Distrutta: detto il")).to_be_visible()
    await expect(page.get_by_text("non risulta ancora distrutta")).to_have_count(0)

    agent = await enter(chromium, served, AGENT)
    await expect(agent.get_by_text("Demo Agente")).to_be_visible()
    await expect(agent.get_by_text("Esportazioni", exact=True)).to_have_count(0)
