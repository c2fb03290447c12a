"""`make screenshots`: tells the whole story with a camera and keeps what the README shows in docs/screenshots/.

`python -m tests.screenshots fa zh` tells it in these languages only."""

import asyncio
import os
import sys
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from playwright.async_api import Page, async_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.program import Program, a_home
from tests.rounds import Round, with_a_target
from tests.story import LOCALES, Camera, Story, keep_papers

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
PAPER_SCALE = 1.3  # of 72 dots an inch
IN_SHORT = {"question", "review", "price", "console-registration_person", "area", "console-imports", "renewed"}
"""What is kept of a story that is told in a third and fourth language."""
KINDS = {"R": "receipt", "O": "offer", "P": "policy"}
"""Of a paper by the letter that its number begins with: its name is in its customer's language."""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include>{folders}<cachedir>{cache}</cachedir></fontconfig>"""


async def main(languages: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as fonts:
        for language in languages or LOCALES:
            await _tell(language, _with_the_papers_fonts(Path(fonts)))


async def _tell(language: str, fonts: Path) -> None:
    # date and file inputs speak the browser's own language, which its environment decides where it has the words for it
    speaking = {**os.environ, "LANGUAGE": LOCALES[language].replace("-", "_"), "FONTCONFIG_FILE": str(fonts)}
    phone = language in {"en", "fa"}
    with a_home() as home, Program(with_a_target(home), languages=",".join(LOCALES)) as program, TemporaryDirectory() as papers:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(whole=True), args=FLAGS, env=speaking)
            story = Story(program, browser, language, shoot=_camera(language, is_phone=phone), phone=phone)
            await story.tell()
            if language in {"it", "fa"}:
                await Round(program, browser, language, _camera(language, is_phone=phone), phone=phone).make()
            await browser.close()
        _show_papers(keep_papers(story.mails, Path(papers)), language)


def _with_the_papers_fonts(folder: Path) -> Path:
    """A machine with few fonts of its own shows Persian and Chinese pages in those that our papers are printed with."""
    packages = ("fontpkg_ibm_plex_sans_arabic", "justmytype_intl_cjk")
    folders = "".join(f"<dir>{files(package)}</dir>" for package in packages)
    config = folder / "fonts.conf"
    config.write_text(FONTS.format(folders=folders, cache=folder), encoding="utf-8")
    return config


def _camera(language: str, *, is_phone: bool) -> Camera:
    size = "phone" if is_phone else "desktop"

    async def shoot(page: Page, name: str) -> None:
        if language not in {"it", "en"} and name not in IN_SHORT:
            return
        for scheme in ("light", "dark"):
            if scheme == "dark" and name not in {"question", "console-queue"}:
                continue
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            suffix = "" if scheme == "light" else "-dark"
            place = "console" if name.startswith("console") else size
            name = name.removeprefix("console-")
            is_whole = place != "console" and name not in {"area-card", "renewed"}
            await page.screenshot(path=FOLDER / f"{place}-{name}-{language}{suffix}.png", full_page=is_whole)
        await page.emulate_media(color_scheme="light")

    return shoot


def _show_papers(papers: list[Path], language: str) -> None:
    """The first page of each kind of paper."""
    for path in papers:
        kind = KINDS[path.stem.partition("-")[2][0]]
        with pypdfium2.PdfDocument(path) as document:
            document[0].render(scale=PAPER_SCALE).to_pil().save(FOLDER / f"paper-{kind}-{language}.png", optimize=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
