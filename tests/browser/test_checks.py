"""A card that nobody has confirmed for a year, in a real browser: the customer is asked, says so with one press, and a colleague sees both."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bots.card_checks import ask_who_is_due
from bots.web.app import create_app
from rules.access import Role
from storage.checks import keep_confirmed
from tests.bots.house import AT, a_customer, a_house, a_registration
from tests.bots.test_card_checks import an_authorisation
from tests.browser.axe import violations
from tests.browser.serving import serving as serving_web
from tests.browser.test_console import THE_LIBRARYS
from tests.browser.test_erasures import press, sign_in
from tests.browser.test_exports import MANAGER, enter
from tests.browser.test_record import fits
from tests.console.house import Clock, a_colleague, at_its_clock
from tests.console.serving import Served, serving
from tests.forms.content import shipped

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        house = at_its_clock(services, Clock(AT.replace(hour=11)))
        await a_colleague(house, Role.MANAGER, "Demo Responsabile", MANAGER)
        party = await a_customer(house, an_authorisation(), *a_registration())
        async with house.database.transaction() as session:
            await keep_confirmed(session, party, AT - timedelta(days=366))
        async with serving(house) as running:
            yield running


async def test_s4_12_s4_26_who_is_asked_says_so_with_one_press_and_a_colleague_sees_it(chromium: Browser, served: Served) -> None:
    assert await ask_who_is_due(replace(served.services)) == 1
    manager = await enter(chromium, served, MANAGER)
    await manager.get_by_text("Schede da rivedere", exact=True).first.click()
    await expect(manager.get_by_role("row", name="Esempio Demetra")).to_contain_text("per e-mail, 22 novembre 2026")
    assert [each for each in await violations(manager) if each.partition(":")[0] not in THE_LIBRARYS] == []
    await manager.set_viewport_size({"width": 390, "height": 844})
    await fits(manager)
    await manager.set_viewport_size({"width": 1280, "height": 900})

    async with serving_web(create_app(served.services)) as area:
        customer = await chromium.new_page(locale="it-IT", viewport={"width": 390, "height": 844})
        await sign_in(customer, area, served)
        await expect(customer.get_by_role("heading", name="Questi dati sono ancora giusti?")).to_be_visible()
        assert await violations(customer) == []
        await press(customer, "Sì, sono giusti")
        await expect(customer.get_by_role("heading", name="Questi dati sono ancora giusti?")).to_have_count(0)

    await manager.get_by_text("Messaggi", exact=True).first.click()
    await manager.get_by_text("Schede da rivedere", exact=True).first.click()
    await expect(manager.get_by_text("Nessuna scheda da rivedere")).to_be_visible()


async def test_on_a_phone_the_list_fits_its_frame(chromium: Browser, served: Served) -> None:
    page = await enter(chromium, served, MANAGER, locale="fa-IR", width=390)
    await page.locator("table").first.or_(page.get_by_role("heading", level=1)).first.wait_for()
    await page.locator("button.MuiIconButton-root").first.click()
    await page.get_by_text("بازبینی پرونده‌ها", exact=True).first.click()
    await expect(page.get_by_role("row")).to_have_count(2)
    await fits(page)
