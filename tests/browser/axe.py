"""axe-core on an open page; the page's policy must be bypassed by its context, because axe is injected."""

from pathlib import Path

import axe_playwright_python
from playwright.async_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[str]:
    if not await page.evaluate("'axe' in window"):  # to hand it over costs half of what it does
        await page.evaluate(AXE)
    return await _run(page, {"runOnly": RULES})


async def contrast_violations(page: Page) -> list[str]:
    """All that another colour scheme can change; axe is in the page already."""
    return await _run(page, {"runOnly": {"type": "rule", "values": ["color-contrast"]}})


async def _run(page: Page, options: dict[str, object]) -> list[str]:
    # what holds is some hundred rules: to hand them over took a sixth of the time
    run = "async options => (await axe.run(document, options)).violations"
    found = await page.evaluate(run, options | {"resultTypes": ["violations"]})
    return [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]]
