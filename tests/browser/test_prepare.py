"""A card is prepared in a real browser: what cannot be read is told beside its field and nothing is lost; what waits is listed and withdrawn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.bots.house import AT, a_house
from tests.browser.axe import violations
from tests.browser.test_console import THE_LIBRARYS, told
from tests.browser.test_exports import enter
from tests.console.house import Clock, a_colleague, at_its_clock
from tests.console.serving import Served, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]
AGENT, CUSTOMER = "agent@example.org", "cliente.demo@example.org"


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home") as services:
        house = at_its_clock(services, Clock(AT))
        await a_colleague(house, name="Demo Agente", email=AGENT)
        async with serving(house) as running:
            yield running


async def choose(page: Page, field: str, option: str) -> None:
    await page.get_by_label(field, exact=True).click()
    await page.locator(".MuiMenuItem-root").get_by_text(option, exact=True).click()


async def test_a_card_is_prepared_corrected_listed_and_withdrawn(chromium: Browser, served: Served) -> None:
    page = await enter(chromium, served, AGENT)
    await page.get_by_text("Prepara una scheda", exact=True).first.click()
    await expect(page.get_by_text("Niente in attesa.")).to_be_visible()
    await page.get_by_label("E-mail del cliente").fill(CUSTOMER)
    await page.get_by_label("Cognome", exact=True).fill("Esempio")
    await page.get_by_label("Data di nascita").fill("ieri l’altro forse")
    send = page.get_by_role("button", name="Prepara e scrivi al cliente")
    await send.click()
    await told(page, "come te l’ha chiesto")
    await choose(page, "Come l’ha chiesto il cliente", "Per telefono")
    await send.click()
    await told(page, "Non è stato tenuto niente")
    await expect(page.get_by_label("Data di nascita")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Cognome", exact=True)).to_have_value("Esempio")
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []
    await page.get_by_label("Data di nascita").fill("12 marzo 1980")
    await send.click()
    await told(page, "Finché non conferma niente vale")
    await expect(page.get_by_text(CUSTOMER).first).to_be_visible()
    await expect(page.get_by_text("2 risposte")).to_be_visible()
    await expect(page.get_by_label("Cognome", exact=True)).to_have_value("")
    await choose(page, "Scheda di", "Un’impresa o un ente")
    await expect(page.get_by_label("Partita IVA").first).to_be_visible()
    await page.get_by_role("button", name="Ritira").click()
    await told(page, "Ritirata e distrutta")
    await expect(page.get_by_text("Niente in attesa.")).to_be_visible()
