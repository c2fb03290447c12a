"""S0-19, S0-20 and GDPR 7(3) in a real browser: a text that changed is asked again with what changed in it, and taken back by one press."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page

from bots.web.app import create_app
from tests.bots.web.conftest import Made
from tests.browser.axe import contrast_violations, violations
from tests.browser.person import Person
from tests.browser.serving import serving
from tests.builders import a_suspended_registration
from tests.dialogs.driver import EMAIL, HOME, PERSON
from tests.dialogs.test_renewing import NEW, OLD, published_anew

pytestmark = [pytest.mark.slow, pytest.mark.browser]
BY_MAIL, BY_POST = "modules.privacy_marketing.act_email", "modules.privacy_marketing.act_post"
CHANGED = {"privacy_marketing": ("material",), "mandate": ("editorial",)}


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)], ids=["phone", "desktop"])
async def test_a_customer_who_comes_back_sees_what_changed_answers_and_takes_it_back(
    chromium: Browser, made: Made, read_code: Callable[[], Awaitable[str]], width: int, height: int
) -> None:
    await a_suspended_registration(made.services(), **{BY_MAIL: "accept"})
    changed = replace(made, catalogue=published_anew(made.catalogue, CHANGED, OLD, NEW))
    async with serving(create_app(changed.services())) as url:
        context = await chromium.new_context(viewport={"width": width, "height": height}, bypass_csp=True, locale="it-IT")
        page = await context.new_page()
        await page.goto(url)
        person = Person(page, {**PERSON, **HOME, "journey.email": EMAIL, "journey.goal": "quote_home"}, read_code)
        await person.press('button[value="client"]')
        asked = await person.walk(BY_MAIL)
        assert not [path for path in asked if path.startswith("modules.")], "first of all what changed, and nothing else"
        assert await page.locator("main del").all_inner_texts() == ["24"]
        assert await page.locator("main ins").all_inner_texts() == ["12"]
        assert await rules_broken(page) == []
        await person.give("accept")
        then = await person.walk("quote_home.card_confirm")
        assert {path.split(".")[1] for path in then if path.startswith("modules.")} == {"privacy_marketing"}, "other words ask nothing"
        await person.press('footer button[value="consents"]')
        await person.press(f'main button[name="value"][value="{BY_MAIL}"]')
        assert "Hai revocato: Offerte per e-mail" in await page.inner_text("main")
        await person.press('footer button[value="consents"]')
        [mailed] = await page.locator(f'main button[name="value"][value="{BY_MAIL}"]').all_inner_texts()
        assert mailed.startswith("Leggi e decidi"), "nothing is left to take back: it may be given again"
        await context.close()


async def rules_broken(page: Page) -> list[str]:
    found = await violations(page)
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    await page.emulate_media(color_scheme="dark")
    return [*found, *await contrast_violations(page)]
