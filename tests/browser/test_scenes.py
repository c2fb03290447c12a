"""Every scene of the web chat, in a real browser: accessible, narrow enough, silent on the console, readable without scripts."""

import pytest
from playwright.async_api import Browser, Page

from tests.browser.axe import contrast_violations, violations
from tests.browser.scenes import every_scene

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SCENES = list(every_scene("it"))
ADDRESSES = ["/", *(f"/it/{scene}" for scene in SCENES), "/en/ask", "/en/sent"]  # English is the same markup
ADDRESSES += [
    "/?lang=fa",
    *(f"/fa/{scene}" for scene in ("ask", "refused", "choice", "consent", "price", "review", "sent")),
    "/zh/review",
    "/ru/ask",
]


async def test_no_scene_breaks_an_accessibility_rule(chromium: Browser, gallery_url: str) -> None:
    # without motion, so that no colour is still on its way to the other scheme's
    context = await chromium.new_context(bypass_csp=True, reduced_motion="reduce")
    page = await context.new_page()
    broken = {}
    for address in ADDRESSES:
        await page.emulate_media(color_scheme="light")
        await page.goto(gallery_url + address)
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 844})
            await page.emulate_media(color_scheme="light")
            found = await violations(page)
            await page.emulate_media(color_scheme="dark")
            if found := [*found, *await contrast_violations(page)]:
                broken[address, width] = found
    await context.close()
    assert broken == {}


async def test_no_scene_scrolls_sideways_at_320_pixels_nor_breaks_the_policy(chromium: Browser, gallery_url: str) -> None:
    context = await chromium.new_context(viewport={"width": 320, "height": 700})
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for address in ADDRESSES:
        await page.goto(gallery_url + address)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{address}: scrolls sideways")
        wrong.extend(f"{address}: {small}" for small in await _small_targets(page))
    await context.close()
    assert wrong == []


async def _small_targets(page: Page) -> list[str]:
    return await page.evaluate(
        """[...document.querySelectorAll('main button, main summary, main input:not([type=hidden]), .head button, .head a')]
        .filter(e => { const box = e.getBoundingClientRect(); return box.width && (box.height < 24 || box.width < 24); })
        .map(e => e.outerHTML.slice(0, 80))"""
    )


@pytest.mark.parametrize("scene", ["it/ask", "it/choice", "fa/ask", "fa/choice"])
async def test_a_turn_arrives_where_its_question_is_and_a_page_with_nothing_above_it_stands_still(
    chromium: Browser, gallery_url: str, scene: str
) -> None:
    context = await chromium.new_context(viewport={"width": 1280, "height": 640})  # low enough for every page to have somewhere to go
    page = await context.new_page()
    await page.goto(f"{gallery_url}/{scene}#now")
    assert await page.evaluate("document.documentElement.scrollHeight > innerHeight")
    assert await page.evaluate("scrollY") == 0
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{gallery_url}/it/closed")
    await page.goto(f"{gallery_url}/{scene}#now")
    assert await page.evaluate("document.getElementById('now').getBoundingClientRect().top") < 81
    await context.close()


async def test_a_refused_answer_is_announced_first_and_stays_in_the_field(chromium: Browser, gallery_url: str) -> None:
    page = await chromium.new_page()
    await page.goto(f"{gallery_url}/it/refused")
    assert (await page.title()).startswith("Errore:")
    assert await page.evaluate("document.activeElement.className") == "problem stack-s"
    assert await page.input_value("#value") == "DMECLN80C55F839X"
    assert await page.get_attribute("#value", "aria-invalid") == "true"
    await page.close()


async def test_nothing_moves_for_a_person_who_asked_for_less_motion(chromium: Browser, gallery_url: str) -> None:
    context = await chromium.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{gallery_url}/it/sent")
    assert await page.evaluate("document.getAnimations().length") == 0
    await context.close()


@pytest.mark.parametrize("scene", ["consent", "offer"])
async def test_both_answers_to_an_act_weigh_the_same(chromium: Browser, gallery_url: str, scene: str) -> None:
    page = await chromium.new_page(viewport={"width": 390, "height": 844})
    await page.goto(f"{gallery_url}/it/{scene}")
    boxes = await page.eval_on_selector_all(
        ".pair button",
        "all => all.map(e => { const s = getComputedStyle(e); return [e.getBoundingClientRect().height, s.color, s.backgroundColor, s.fontWeight]; })",
    )
    assert len(boxes) == 2
    assert boxes[0] == boxes[1]
    await page.close()


async def test_talk_is_open_just_after_it_and_folds_once_the_conversation_goes_on(chromium: Browser, gallery_url: str) -> None:
    page = await chromium.new_page()
    await page.goto(f"{gallery_url}/it/talk")
    assert await page.locator(".thread .customer").is_visible()
    assert await page.locator(".thread .house").count() == 0  # it stands over the question
    await page.goto(f"{gallery_url}/it/talked")
    assert not await page.locator(".thread .customer").is_visible()
    await page.locator("summary", has_text="Quello che ci siamo scritti").click()
    assert await page.locator(".thread .house").is_visible()
    await page.close()


async def test_a_page_from_the_right_is_the_other_one_in_the_mirror(chromium: Browser, gallery_url: str) -> None:
    page = await chromium.new_page(viewport={"width": 1280, "height": 844})
    sides = {}
    for language in ("it", "fa"):
        await page.goto(f"{gallery_url}/{language}/ask")
        card, asked = [await page.locator(part).bounding_box() for part in (".card", ".sheet")]
        assert card
        assert asked
        sides[language] = card["x"] < asked["x"]
        assert await page.evaluate("document.documentElement.dir") == ("rtl" if language == "fa" else "ltr")
    assert sides == {"it": True, "fa": False}
    await page.close()


async def test_languages_stand_by_their_own_names_and_open_without_a_script(chromium: Browser, gallery_url: str) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{gallery_url}/?lang=fa")
    assert not await page.locator(".tongues a").first.is_visible()
    await page.locator(".tongues summary").click()
    names = {await link.get_attribute("lang"): await link.inner_text() for link in await page.locator(".tongues a").all()}
    assert names == {"it": "Italiano", "en": "English", "es": "Español", "ru": "Русский", "zh": "中文"}
    await context.close()
