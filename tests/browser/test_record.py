"""The audit trail in a real browser: read, filtered and followed to a submission; an administrator is shown nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from console import actions, reading
from console.acting import allowed
from rules.access import Action, Role
from rules.refusals import Refused
from storage.audit import Audited, audit
from tests.bots.house import AT, a_house
from tests.browser.axe import violations
from tests.browser.test_console import THE_LIBRARYS, told
from tests.browser.test_exports import AGENT, AUDITOR, MANAGER, enter
from tests.browser.test_prepare import choose
from tests.console.house import Clock, Request, a_colleague, a_document, a_request, at_its_clock
from tests.console.serving import Served, serving
from tests.forms.content import shipped

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]
ADMIN = "admin@example.org"


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        house = at_its_clock(services, Clock(AT))
        await a_colleague(house, Role.MANAGER, "Demo Responsabile", MANAGER)
        await a_colleague(house, Role.AUDITOR, "Demo Revisione", AUDITOR)
        await a_colleague(house, Role.ADMIN, "Demo Sistemi", ADMIN)
        async with serving(house) as running:
            yield running


@pytest_asyncio.fixture
async def request_(served: Served) -> Request:
    """A submission that a colleague worked on, and what else happens in a house."""
    house = served.services
    request, agent = await a_request(house), await a_colleague(house, email=AGENT)
    document = await a_document(house, request.party)
    await reading.open_submission(house, agent, request.card, "it")
    await reading.open_submission(house, agent, request.card, "it", reason="customer")
    await reading.read_document(house, agent, document, "issue")
    await actions.claim(house, agent, request.card)
    await actions.approve(house, agent, request.card)
    with pytest.raises(Refused):
        async with allowed(house, agent, Action.EXPORT, request.quote):
            raise AssertionError("it must not begin")
    async with house.database.transaction() as session:
        purpose = {"subject": "clients", "format": "csv", "rows": 12, "aim": "service", "purpose": "Giro di telefonate per i rinnovi"}
        await audit(session, Audited("fetch_export", AT, "operator", detail=purpose))
        await audit(session, Audited("account.refused", AT, "customer", party=request.party, detail={"why": "second wrong"}))
        await audit(session, Audited("offer.expired", AT, "clock", party=request.party))
        await audit(session, Audited("demo.unheard_of", AT, "clock"))
    return request


async def test_r9_a_manager_reads_who_looked_at_what_and_opens_it(chromium: Browser, served: Served, request_: Request) -> None:
    page = await enter(chromium, served, MANAGER)
    await page.get_by_text("Registro", exact=True).first.click()
    revealed = page.get_by_role("row").filter(has_text="ha visto per intero codice fiscale")
    await expect(revealed).to_contain_text("motivo: Lo chiede il cliente")
    await expect(page.get_by_role("row").filter(has_text="ha chiesto un’esportazione")).to_contain_text("Tentativo negato")
    await expect(page.get_by_role("row").filter(has_text="demo.unheard_of")).to_have_count(1)
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []

    await page.get_by_label("Numero del cliente").fill("R-2026-999999")
    await page.keyboard.press("Enter")
    await told(page, "Non trovo nessun cliente con questo numero")
    await page.get_by_label("Numero del cliente").fill("R-2026-000001")
    await choose(page, "Che cosa", "Dati di clienti guardati")
    await press(page, "Filtra")
    await expect(page.get_by_role("row").filter(has_text="ha preso in carico")).to_have_count(0)
    await expect(page.get_by_role("row")).to_have_count(4)
    await page.set_viewport_size({"width": 390, "height": 844})
    await fits(page)
    await page.set_viewport_size({"width": 1280, "height": 900})

    await revealed.get_by_role("link", name="Esempio Demetra").click()
    await expect(page.get_by_role("heading", name="Decisione")).to_be_visible()
    assert page.url.endswith(f"?submission={request_.card}")


async def test_pages_are_turned_there_and_back(chromium: Browser, served: Served) -> None:
    async with served.services.database.transaction() as session:
        for number in range(60):
            await audit(session, Audited("sync.sent", AT, "clock", detail={"number": number}))
    page = await enter(chromium, served, ADMIN)
    await choose(page, "Chi", "Il programma")
    await press(page, "Filtra")
    # at once: what was filtered is turned; by its event, for the button moves as the answer comes, under a pointer that is down already
    await page.get_by_role("button", name="Successive").dispatch_event("click")
    await expect(page.get_by_role("row")).to_have_count(1 + 10)
    await expect(page.get_by_role("button", name="Successive")).to_have_count(0)
    await press(page, "Precedenti")
    await expect(page.get_by_text("n. 59", exact=True)).to_be_visible()
    await expect(page.get_by_role("row")).to_have_count(1 + 50)
    await expect(page.get_by_role("button", name="Precedenti")).to_have_count(0)


async def test_who_makes_accounts_is_shown_the_record_without_a_customer(chromium: Browser, served: Served, request_: Request) -> None:
    page = await enter(chromium, served, ADMIN)
    await expect(page.get_by_role("heading", name="Registro")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="ha aperto una pratica")).to_contain_text("un cliente")
    for unseen in ("In sospeso", "Messaggi", "Esempio Demetra", "Giro di telefonate"):
        await expect(page.get_by_text(unseen)).to_have_count(0)
    await expect(page.get_by_label("Numero del cliente")).to_have_count(0)
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []


async def test_on_a_phone_the_record_fits_its_frame(chromium: Browser, served: Served, request_: Request) -> None:
    page = await enter(chromium, served, AUDITOR, locale="fa-IR", width=390)
    await page.locator("table").first.wait_for()
    await page.locator("button.MuiIconButton-root").first.click()
    await page.get_by_text("ثبت رویدادها", exact=True).first.click()
    await expect(page.get_by_role("heading", name="ثبت رویدادها")).to_be_visible()
    await page.get_by_role("row").nth(3).wait_for()
    await fits(page)
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()
