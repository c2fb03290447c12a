"""The pages that a story does not pass, over the same program: a customer's area, and what a manager prepares, reads in and releases."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from playwright.async_api import Browser, Page, expect

from console.wording import load_words
from forms.files import SHIPPED
from tests.browser.person import Person
from tests.dialogs.driver import PERSON
from tests.program import Program, code_of
from tests.story import LOCALES, PATIENCE_MS, Camera

PASSWORD = "la gatta dorme sul davanzale"
CLIENTS = """email;family_name;given_name;mobile;postcode
ada.demo@example.org;Demo;Ada;333 7654321;10121
bruno.demo@example.org;Demo;Bruno;333 1112223;80121
carla.demo@example.org;Demo;Carla;;185
"""
TARGET = {
    "kind": "drop",
    "list": "clients",
    "purpose": "Programma di prova dell’agenzia",
    "mode": "controlled",
    "format": "csv",
    "mapping": [
        {"name": "CODICE", "from": "id"},
        {"name": "OP", "from": "change"},
        {"name": "COGNOME", "from": "family_name"},
        {"name": "NOME", "from": "given_name"},
        {"name": "CELLULARE", "from": "mobile"},
    ],
}


def with_a_target(home: Path) -> Path:
    """The home of a program that keeps another one in step, once a colleague has released what differs."""
    folder, catalogue = home / "theirs", home / "catalog" / "sync"
    for made in (folder, catalogue):
        made.mkdir(parents=True)
    (catalogue / "gestionale.yaml").write_text(yaml.safe_dump({**TARGET, "folder": str(folder)}, allow_unicode=True), encoding="utf-8")
    return home


def publish_anew(catalogue: Path) -> None:
    """A second version of a consent: for twelve months instead of twenty-four."""
    old, new = (folder / "modules" / "privacy_marketing" / version for folder, version in ((SHIPPED, "1"), (catalogue, "2")))
    shutil.copytree(old, new, ignore=shutil.ignore_patterns("record.yaml"))
    for file in new.iterdir():
        text = file.read_text(encoding="utf-8")
        for before, now in (('version: "1"', 'version: "2"'), ("2026-11-01", "2026-11-20"), ("24 mesi", "12 mesi"), ("۲۴ ماه", "۱۲ ماه")):
            text = text.replace(before, now)
        file.write_text(text, encoding="utf-8")


@dataclass
class Round:
    program: Program
    browser: Browser
    language: str
    shoot: Camera
    phone: bool = False

    async def make(self) -> None:
        await self._area()
        desk = await self._sign_in()
        await self._prepare(desk)
        await self._read_in(desk)
        await self._open(desk, "record")
        await self.shoot(desk, "console-record")
        await self._release(desk)
        await self._ask_again()

    # the customer

    async def _area(self) -> None:
        page = await self._customers_page()
        address = str(PERSON["journey.email"])
        codes = self._codes(address)
        await page.goto(f"{self.program.url}/area/password?lang={self.language}")
        await page.fill("#email", address)
        await self._press(page)
        await self._until(lambda: self._codes(address) != codes, page)
        await page.fill("#code", self._codes(address)[-1])
        await page.fill("#new_password", PASSWORD)
        await self._press(page)
        await self.shoot(page, "area")
        await page.goto(f"{self.program.url}/area/card")
        await self.shoot(page, "area-card")
        await page.context.close()

    async def _ask_again(self) -> None:
        """Who comes back after a text has changed in the broker's folder."""
        publish_anew(self.program.home / "catalog")
        self.program.restart()
        page = await self._customers_page()
        await page.goto(self.program.url)
        address = str(PERSON["journey.email"])
        script = {**PERSON, "journey.goal": "quote_home", "journey.language": self.language}
        codes = self._codes(address)

        async def read_code() -> str:
            await self._until(lambda: self._codes(address) != codes, page)
            return self._codes(address)[-1]

        person = Person(page, script, read_code)
        await person.press('button[value="client"]')
        await person.walk("modules.privacy_marketing.act_email")
        await page.evaluate("scrollTo(0, 0)")
        await self.shoot(page, "renewed")
        await page.context.close()

    def _codes(self, address: str) -> list[str]:
        return [code for mail in self.program.mails.to(address) if (code := code_of(mail))]

    async def _press(self, page: Page) -> None:
        async with page.expect_navigation():
            await page.locator("main .sheet .button").first.click()

    # the colleague

    async def _sign_in(self) -> Page:
        page = await self._page({"width": 1280, "height": 900})
        await page.goto(f"{self.program.url}/console")
        await page.fill("#email", "manager@example.org")
        await page.fill("#password", self.program.password("manager@example.org"))
        await page.locator("button").click()
        await expect(page.get_by_text(load_words(self.language)["menu"]["prepare"], exact=True).first).to_be_visible(timeout=PATIENCE_MS)
        return page

    async def _prepare(self, page: Page) -> None:
        await self._open(page, "prepare")
        fields = page.locator("main input.MuiInputBase-input:not(.MuiSelect-nativeInput)")
        for number, value in enumerate(("dario.demo@example.org", "Demo", "Dario", "12 marzo 1980", "Italia", "Torino")):
            await fields.nth(number).fill(value)
        await self.shoot(page, "console-prepare")

    async def _read_in(self, page: Page) -> None:
        words = load_words(self.language)["imports"]
        handed = self.program.home / "clienti.csv"
        handed.write_text(CLIENTS, encoding="utf-8")
        await self._open(page, "imports")
        await page.locator("input[type=file]").set_input_files(handed)
        await expect(page.get_by_text(handed.name)).to_be_visible(timeout=PATIENCE_MS)
        await page.get_by_label(words["source"]).fill("Gestionale di prima, passaggio")
        await page.get_by_role("button", name=words["read"]).click()
        await expect(page.get_by_text("Demo Ada").first).to_be_visible(timeout=PATIENCE_MS)
        await self.shoot(page, "console-imports")

    async def _release(self, page: Page) -> None:
        """What differs is looked for once a minute."""
        release = page.locator('[data-press^="release_all"]')
        for _ in range(45):
            await self._open(page, "queue")
            await self._open(page, "sync")
            await page.wait_for_timeout(2_000)
            if await release.count():
                break
        await expect(release.first).to_be_visible()
        await self.shoot(page, "console-sync")
        await page.context.close()

    async def _open(self, page: Page, view: str) -> None:
        words = load_words(self.language)
        await page.get_by_text(words["menu"][view], exact=True).first.click()
        await expect(page.get_by_role("heading", name=words[view]["title"], exact=True)).to_be_visible(timeout=PATIENCE_MS)

    async def _customers_page(self) -> Page:
        return await self._page({"width": 390, "height": 844} if self.phone else {"width": 1280, "height": 900})

    async def _page(self, size: dict[str, int]) -> Page:
        context = await self.browser.new_context(viewport=size, locale=LOCALES[self.language], reduced_motion="reduce")
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    async def _until(self, has_come: Callable[[], bool], page: Page) -> None:
        for _ in range(600):
            if has_come():
                return
            await page.wait_for_timeout(100)
        raise AssertionError("it did not come")
