"""An erasure in a real browser: the customer asks in their area, one colleague orders it, another agrees; the certificate is all that is left."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from bots.erasing import House, erase
from bots.records import press_of
from bots.web.app import create_app
from rules.access import Role
from storage.ledger.keys import Signer
from storage.tables.erasures import Erasure
from tests.bots.house import AT, EMAIL, a_customer, a_house, a_registration, the_party
from tests.bots.web.client_area.conftest import PASSWORD
from tests.bots.web.client_area.conftest import Browser as Reader
from tests.bots.web.conftest import a_client
from tests.browser.axe import violations
from tests.browser.serving import serving as serving_web
from tests.browser.test_console import THE_LIBRARYS, told
from tests.browser.test_exports import AUDITOR, MANAGER, enter
from tests.console.house import Clock, a_colleague, at_its_clock
from tests.console.serving import Served, serving
from tests.forms.content import shipped
from tests.forms.papers.reading import all_text, squeezed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]
REASON = "Chiesta nell’area clienti"


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        house = at_its_clock(services, Clock(AT))
        await a_colleague(house, Role.MANAGER, "Demo Responsabile", MANAGER)
        await a_colleague(house, Role.AUDITOR, "Demo Revisione", AUDITOR)
        await a_customer(house, *a_registration())
        async with serving(house) as running:
            yield running


async def test_who_asks_for_their_erasure_is_forgotten_once_two_colleagues_agree(chromium: Browser, served: Served) -> None:
    async with serving_web(create_app(served.services)) as area:
        customer = await chromium.new_page(locale="it-IT", viewport={"width": 390, "height": 844})
        await sign_in(customer, area, served)
        await customer.goto(f"{area}/area/data")
        await press(customer, "Chiedo la cancellazione dei miei dati")
        await expect(customer.get_by_role("status")).to_contain_text("Hai chiesto la cancellazione: 22 novembre 2026")

        manager = await enter(chromium, served, MANAGER)
        await manager.get_by_text("Cancellazioni", exact=True).first.click()
        await expect(manager.get_by_text("Richiesta dal cliente")).to_be_visible()
        await manager.get_by_role("button", name="Riporta il numero qui sopra").click()
        await manager.get_by_label("Motivo, senza nomi").fill(REASON)
        await manager.get_by_role("button", name="Chiedi la cancellazione").click()
        await told(manager, "un’altra persona")
        await expect(manager.get_by_role("button", name="Acconsento")).to_have_count(0)  # to one's own order
        assert [each for each in await violations(manager) if each.partition(":")[0] not in THE_LIBRARYS] == []

        auditor = await enter(chromium, served, AUDITOR)
        await auditor.get_by_text("Cancellazioni", exact=True).first.click()
        await expect(auditor.get_by_text(f"«{REASON}»")).to_be_visible()
        await expect(auditor.get_by_text(EMAIL)).to_have_count(2)  # in the list and beside the agreement
        await auditor.get_by_role("button", name="Acconsento: cancella per sempre").click()
        await told(auditor, "Consenso registrato")
        await the_job_is_done(served)

        await auditor.get_by_text("Messaggi", exact=True).first.click()
        await expect(auditor.get_by_role("heading", name="E-mail non arrivate")).to_be_visible()
        await auditor.get_by_text("Cancellazioni", exact=True).first.click()
        await expect(auditor.get_by_text("Esempio")).to_have_count(0)
        async with auditor.expect_download() as downloading:
            await auditor.get_by_role("link", name="Scarica il certificato").click()
        certificate = await downloading.value
        assert certificate.suggested_filename == "E-2026-000001.pdf"
        assert squeezed("Certificato di cancellazione") in all_text(Path(await certificate.path()).read_bytes())

        await customer.goto(f"{area}/area/card")
        assert customer.url.endswith("/area/sign-in")
        await customer.fill("#name", EMAIL)
        await customer.fill("#password", PASSWORD)
        await press(customer, "Entra")
        await expect(customer.get_by_role("alert")).to_contain_text("non sono giusti")


async def sign_in(page: Page, area: str, served: Served) -> None:
    await page.goto(f"{area}/area/password")
    await page.fill("#email", EMAIL)
    await press(page, "Mandami il codice")
    reader = Reader(served.services, a_client(served.services), EMAIL, await the_party(served.services))
    await page.fill("#code", await reader.read_code())
    await page.fill("#new_password", PASSWORD)
    await press(page, "Salva ed entra")


async def press(page: Page, name: str) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name=name).first.click()


async def the_job_is_done(served: Served) -> None:
    """What was agreed to waits for a process that does jobs: here it is done at once."""
    services = served.services
    async with services.database.transaction() as session:
        erasure = (await session.scalars(select(Erasure.id).where(Erasure.agreed_at.is_not(None)))).one()
    await erase(House(services, press_of(services), Signer(services.settings.ledger_folder)), erasure)
