"""`make screenshots`: tells the whole story with a camera and keeps what the README shows in docs/screenshots/."""

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from playwright.async_api import Page, async_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.program import Program, a_home
from tests.story import LOCALES, Story, keep_papers

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
PAPER_SCALE = 1.3  # of 72 dots an inch


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        for language, phone in (("it", False), ("en", True)):
            # date and file inputs speak the browser's own language, which its environment decides where it has the words for it
            speaking = {**os.environ, "LANGUAGE": LOCALES[language].replace("-", "_")}
            browser = await playwright.chromium.launch(executable_path=find_chromium(whole=True), args=FLAGS, env=speaking)
            with a_home() as home, Program(home) as program, TemporaryDirectory() as papers:
                story = Story(program, browser, language, shoot=_camera(language, is_phone=phone), phone=phone)
                await story.tell()
                _show_papers(keep_papers(story.mails, Path(papers)), language)
            await browser.close()


def _camera(language: str, *, is_phone: bool) -> object:
    size = "phone" if is_phone else "desktop"

    async def shoot(page: Page, name: str) -> None:
        for scheme in ("light", "dark"):
            if scheme == "dark" and name not in {"question", "console-queue"}:
                continue
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            suffix = "" if scheme == "light" else "-dark"
            place = "console" if name.startswith("console") else size
            name = name.removeprefix("console-")
            await page.screenshot(path=FOLDER / f"{place}-{name}-{language}{suffix}.png", full_page=place != "console")
        await page.emulate_media(color_scheme="light")

    return shoot


def _show_papers(papers: list[Path], language: str) -> None:
    """The first page of each kind of paper."""
    for path in papers:
        kind = path.stem.partition("-")[0]
        with pypdfium2.PdfDocument(path) as document:
            document[0].render(scale=PAPER_SCALE).to_pil().save(FOLDER / f"paper-{kind}-{language}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
