"""The console in a real browser: a colleague works a customer's requests from suspended to issued, and is shown out when the session ends."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from storage.offers import offer_of
from storage.staff import disable_colleague
from tests.bots.house import AT, a_customer, a_house, an_acceptance
from tests.browser.axe import violations
from tests.console.house import Clock, Request, a_colleague, a_document, a_request, at_its_clock, state_of
from tests.console.serving import Served, serving
from tests.forms.content import shipped
from tests.storage.builders import PASSWORD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]
EMAIL = "agent@example.org"
type Scheme = Literal["light", "dark"]
THE_LIBRARYS = {"aria-progressbar-name", "empty-heading", "heading-order", "landmark-unique"}
"""What panel-material-ui's own page frame (bar, drawer, busy line) breaks."""
WAIT_MS = 60_000  # a first page takes seconds on a busy machine


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        house = at_its_clock(services, Clock(AT))
        await a_colleague(house, email=EMAIL)
        async with serving(house) as running:
            yield running


@pytest_asyncio.fixture
async def request_(served: Served) -> Request:
    return await a_request(served.services)


async def enter(page: Page, served: Served, address: str = "/console/") -> None:
    page.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    await page.goto(served.url + address)
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Entra").click()


async def told(page: Page, text: str) -> None:
    await expect(page.get_by_role("status").or_(page.get_by_role("alert")).filter(has_text=text)).to_be_in_viewport()


async def test_a_request_is_worked_from_suspended_to_issued(chromium: Browser, served: Served, request_: Request) -> None:
    context = await chromium.new_context(locale="it-IT", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
    await enter(page, served)
    await expect(page.get_by_text("Messaggi", exact=True).first).to_be_visible()
    await expect(page.get_by_text("Registro", exact=True)).to_have_count(0)  # an agent is not offered the audit trail

    await page.get_by_role("row").filter(has_text="Registrazione").get_by_role("link").click()
    await page.get_by_role("button", name="Prendi in carico").click()
    await told(page, "Presa in carico")
    await page.get_by_role("button", name="Chiedi di nuovo").click()
    await told(page, "Scrivi il motivo")
    await page.get_by_role("button", name="Accetta", exact=True).click()
    await told(page, "Accettata")

    await page.locator("nav").get_by_text("In sospeso", exact=True).click()  # marked already: opened anew
    await page.get_by_role("row").filter(has_text="Preventivo casa").get_by_role("link").click()
    await page.get_by_role("button", name="Prendi in carico").click()
    await told(page, "Presa in carico")
    await page.get_by_role("button", name="Accetta", exact=True).click()
    await told(page, "Accettata")
    await page.get_by_label("Premio annuo (EUR)").fill("480,00")
    await page.get_by_role("button", name="Fai l’offerta").click()
    await told(page, "Scrivi il motivo")
    await page.get_by_label("Motivo, se diverso").fill("Tetto da rifare")
    await page.get_by_role("button", name="Fai l’offerta").dblclick()
    await told(page, "Stai per offrire 480,00")
    await page.get_by_role("button", name="Invia l’offerta").click()
    await told(page, "Offerta inviata")

    async with served.services.database.transaction() as session:
        offer = await offer_of(session, request_.quote)
    assert offer is not None
    assert offer.premium_cents == 48_000
    await a_customer(served.services, an_acceptance(offer.id))
    await page.reload()  # the address names the submission
    await page.get_by_role("button", name="Emetti la polizza").click()
    await told(page, "P-2026-000001")
    assert await state_of(served.services, request_.quote) == "issued"
    assert wrong == []
    await context.close()


async def test_a_session_from_the_address_a_colleague_sent_to_its_end(chromium: Browser, served: Served, request_: Request) -> None:
    page = await chromium.new_page(locale="it-IT", viewport={"width": 1280, "height": 900})
    await enter(page, served, f"/console/?submission={request_.card}")
    await expect(page.get_by_role("heading", name="Esempio Demetra")).to_be_visible()
    assert page.url.endswith(f"?submission={request_.card}")
    await expect(page).to_have_title("Registrazione · Agenzia Demo")  # what it is, and not whose: tabs and history keep it
    await expect(page.get_by_role("link", name="Scrivania")).to_have_attribute("href", "/console/")
    await expect(page.get_by_role("heading", level=5)).to_have_count(0)  # the library's spacers
    await a_row_chosen_to_be_asked_again_is_marked_and_keeps_the_focus(page)
    await who_goes_back_sees_what_the_address_names(page, request_)
    for asked in ("../../", "x", "00000000-0000-7000-8000-000000000000"):
        await an_address_that_names_nothing_shows_nothing(page, served, asked)
    await a_leavers_open_page_gives_way_to_the_sign_in_page(page, served, request_)
    await page.close()


async def fields_of_a_row_are_as_high(page: Page) -> None:
    heights = await page.locator("main .MuiInputBase-root").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert len(heights) == 3
    assert max(heights) - min(heights) < 1, heights


async def a_row_chosen_to_be_asked_again_is_marked_and_keeps_the_focus(page: Page) -> None:
    await page.get_by_role("button", name="Prendi in carico").click()
    row = page.get_by_role("row").filter(has_text="Numero del documento")
    await row.get_by_role("button", name="Rimanda").press("Enter")
    await expect(row).to_contain_text("Da rimandare")
    leave = row.get_by_role("button", name="Non rimandare Numero del documento, Da rimandare")
    await expect(leave).to_be_focused()
    await expect(page.get_by_text("Da rimandare", exact=True)).to_have_count(1)
    await leave.press("Enter")
    await expect(row).not_to_contain_text("Da rimandare")


async def who_goes_back_sees_what_the_address_names(page: Page, request_: Request) -> None:
    await page.locator("nav").get_by_text("Messaggi", exact=True).click()
    await expect(page.get_by_role("heading", name="Messaggi", exact=True)).to_be_visible()
    await expect(page).to_have_title("Messaggi · Agenzia Demo")
    await expect(page).to_have_url(re.compile("/console/$"))
    await page.go_back()
    await expect(page.get_by_role("heading", name="Esempio Demetra")).to_be_visible()
    await expect(page).to_have_url(re.compile(f"submission={request_.card}$"))
    await page.go_forward()
    await expect(page.get_by_role("heading", name="Messaggi", exact=True)).to_be_visible()
    await expect(page).to_have_url(re.compile("/console/$"))
    await page.go_back()
    await expect(page.get_by_role("heading", name="Esempio Demetra")).to_be_visible()


async def an_address_that_names_nothing_shows_nothing(page: Page, served: Served, asked: str) -> None:
    await page.goto(f"{served.url}/console/?submission={asked}")
    if asked.startswith("0"):
        await told(page, "Questa azione non ti è permessa")
    else:
        await expect(page.get_by_role("heading", name="In sospeso")).to_be_visible()
        await fields_of_a_row_are_as_high(page)
    await expect(page.get_by_role("heading", name="Identità")).to_have_count(0)


async def a_leavers_open_page_gives_way_to_the_sign_in_page(page: Page, served: Served, request_: Request) -> None:
    await page.goto(f"{served.url}/console/?submission={request_.card}")
    await page.get_by_role("heading", name="Esempio Demetra").wait_for()
    async with served.services.database.transaction() as session:
        assert await disable_colleague(session, EMAIL, served.services.clock())
    await page.wait_for_url(f"**/console/sign-in?ended&submission={request_.card}")
    await expect(page.get_by_role("status")).to_contain_text("La sessione è finita")


async def test_the_pages_break_no_accessibility_rule_of_their_own(chromium: Browser, served: Served, request_: Request) -> None:
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            await the_sign_in_page_breaks_no_accessibility_rule(chromium, served, width, scheme)
    context = await chromium.new_context(locale="it-IT", viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page = await context.new_page()
    await enter(page, served)
    link = page.get_by_role("link", name="Esempio Demetra").first
    await link.wait_for()
    found = await violations(page)
    await link.click()
    await page.get_by_role("heading", name="Decisione").wait_for()
    found += await violations(page)
    await page.get_by_role("link", name="Tutto il percorso").click()
    await page.get_by_role("heading", name="Esempio Demetra").wait_for()
    await expect(page.get_by_role("row").filter(has_text="Offerte per e-mail")).to_contain_text("R-2026-000001")
    found += await violations(page)
    await page.get_by_label("Dal giorno").fill("1 dicembre 2026")
    await page.get_by_role("button", name="Mostra").click()
    await expect(page.get_by_text("In questo periodo non ci sono atti.")).to_be_visible()
    assert await page.get_by_role("link", name="CSV").get_attribute("href") == (
        f"/console/paths/{request_.party}.csv?language=it&since=2026-12-01"
    )
    await context.close()
    assert [each for each in found if each.partition(":")[0] not in THE_LIBRARYS] == []


async def the_sign_in_page_breaks_no_accessibility_rule(chromium: Browser, served: Served, width: int, scheme: Scheme) -> None:
    context = await chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True)
    page = await context.new_page()
    await page.goto(f"{served.url}/console/sign-in?ended")
    assert await violations(page) == []
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await context.close()


async def test_r9_identifiers_are_seen_whole_only_once_it_is_said_why(chromium: Browser, served: Served, request_: Request) -> None:
    page = await (await chromium.new_context(locale="it-IT", viewport={"width": 1280, "height": 900}, bypass_csp=True)).new_page()
    await enter(page, served, f"/console/?submission={request_.card}")
    await expect(page.get_by_text("···· 839N")).to_be_visible()
    assert "SMPDTR80C52F839N" not in await page.content()
    await page.get_by_role("button", name="Mostra per intero").click()
    await told(page, "Scegli perché ti servono")
    await page.get_by_label("Perché ti servono").click()
    await page.get_by_text("Controllo della scheda", exact=True).click()
    await page.get_by_role("button", name="Mostra per intero").click()
    await expect(page.get_by_text("SMPDTR80C52F839N")).to_be_visible()
    document = await a_document(served.services, request_.party)
    await page.reload()
    await page.get_by_text("Carta di Demetra.pdf", exact=True).click()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Legge, autorità o reclamo").click()
    assert (await downloading.value).suggested_filename == str(document)
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []
