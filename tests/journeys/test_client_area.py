"""S0-10, S0-11, S0-30, S0-31 in a real browser: a customer sets a password, reads, corrects, withdraws and leaves; without JavaScript."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page
from sqlalchemy import update

from bots.web.app import create_app
from bots.web.client_area.visits import PLACES
from dialogs.services import Services
from rules.languages import LANGUAGES
from storage.tables.parties import Party
from tests.bots.web.client_area.conftest import PASSWORD
from tests.bots.web.client_area.conftest import Browser as Reader
from tests.bots.web.conftest import Made, a_client
from tests.browser.axe import contrast_violations, violations
from tests.browser.serving import serving
from tests.builders import Case, a_suspended_registration, ask_for_a_quote
from tests.dialogs.driver import EMAIL

pytestmark = [pytest.mark.slow, pytest.mark.browser]
BY_POST = "modules.privacy_marketing.act_post"
ADDRESSES = ["", *(f"/{place}" for place in PLACES[1:]), "/card?open", "/security/password", "/security/second", "/again?to=card"]
ENTRANCE = ("/sign-in", "/password")


@dataclass
class Area:
    services: Services
    case: Case
    url: str

    async def read_code(self) -> str:
        return await Reader(self.services, a_client(self.services), EMAIL, self.case.party).read_code()

    async def speak(self, language: str) -> None:
        async with self.services.database.transaction() as session:
            await session.execute(update(Party).where(Party.id == self.case.party).values(language=language))


@pytest_asyncio.fixture
async def area(made: Made) -> AsyncIterator[Area]:
    services = made.services(languages=LANGUAGES)
    case = await ask_for_a_quote(services, await a_suspended_registration(services, **{BY_POST: "accept"}))
    async with serving(create_app(services)) as url:
        yield Area(services, case, url)


async def test_a_customer_goes_through_their_area_and_no_page_breaks_a_rule(chromium: Browser, area: Area) -> None:
    context = await chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="it-IT")
    page = await context.new_page()
    await set_password(page, area)
    await correct_the_card(page, area)
    await withdraw(page, area)
    broken = await rules_broken(chromium, context, area)
    await page.goto(f"{area.url}/area")
    await press(page, "Esci")
    await page.goto(f"{area.url}/area/card")
    assert page.url.endswith("/area/sign-in")
    await page.goto(f"{area.url}/chat")
    assert page.url == f"{area.url}/"  # the chat that was entered from the area is closed with it
    await context.close()
    assert broken == {}


async def set_password(page: Page, area: Area) -> None:
    await page.goto(area.url)
    await page.get_by_role("link", name="Entra nella tua area").click()
    await page.get_by_role("link", name="Non ho ancora una password").click()
    await page.fill("#email", EMAIL)
    await press(page, "Mandami il codice")
    await page.fill("#code", await area.read_code())
    await page.fill("#new_password", PASSWORD)
    await press(page, "Salva ed entra")
    assert "Buongiorno, Demetra." in await page.inner_text("main")


async def correct_the_card(page: Page, area: Area) -> None:
    await page.goto(f"{area.url}/area/card")
    await page.locator('button[value="registration_person.residence.house_number"]').click()
    await page.fill("#value", "47")
    await press(page, "Continua")
    assert "La tua scheda è giusta così?" in await page.inner_text("main")
    await press(page, "Confermo")
    assert "Ora è in sospeso" in await page.inner_text("main")
    await page.locator("footer").get_by_role("link", name="La tua area").click()
    await page.goto(f"{area.url}/area/card")
    assert "47" in await page.inner_text("main")


async def withdraw(page: Page, area: Area) -> None:
    await page.goto(f"{area.url}/area/consents")
    await page.locator(f'button[value="{BY_POST}"]').click()
    assert "Vale da subito" in await page.inner_text("main")


async def press(page: Page, name: str) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name=name, exact=False).first.click()


async def rules_broken(chromium: Browser, signed_in: BrowserContext, area: Area) -> dict[str, list[str]]:
    """On every page, left to right on a phone and right to left on a desk; none scrolls sideways or breaks the policy."""
    broken: dict[str, list[str]] = {}
    for language, width in (("it", 390), ("fa", 1280)):
        await area.speak(language)
        context = await chromium.new_context(viewport={"width": width, "height": 844}, bypass_csp=True, reduced_motion="reduce")
        page = await context.new_page()
        for address in ENTRANCE:
            await page.goto(f"{area.url}/area{address}?lang={language}")
            broken[f"{language} {address}"] = await rules_broken_on(page, width)
        await page.goto(f"{area.url}/area/sign-in?lang={language}")
        await page.fill("#name", "nessuno")
        await page.fill("#password", PASSWORD)
        async with page.expect_navigation():
            await page.locator("main .sheet .button").click()
        assert await page.locator("main .problem").count() == 1
        broken[f"{language} refused"] = await rules_broken_on(page, width)
        await context.add_cookies([{**cookie, "url": area.url, "domain": None, "path": None} for cookie in await signed_in.cookies()])  # type: ignore[misc]
        for address in ADDRESSES:
            await page.goto(f"{area.url}/area{address}")
            broken[f"{language} {address}"] = await rules_broken_on(page, width)
        await context.close()
    await area.speak("it")
    return {address: found for address, found in broken.items() if found}


async def rules_broken_on(page: Page, width: int) -> list[str]:
    found = await violations(page)
    await page.emulate_media(color_scheme="dark")
    found += await contrast_violations(page)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 320, "height": 700})
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    await page.set_viewport_size({"width": width, "height": 844})
    return found
