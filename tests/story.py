"""The whole story in real browsers over the real program: a customer registers, asks for a quote, accepts the offer; an agent reviews and issues.

The journey test tells it and reads mail and papers back; `make screenshots` tells it with a camera.
"""

import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from bots.mails.letters import mail_words
from console.wording import load_words
from tests.browser.person import Person
from tests.dialogs.driver import HOME, PERSON
from tests.program import Customer, Program, a_connection, code_of

type Camera = Callable[[Page, str], Awaitable[None]]

LOCALES = {"it": "it-IT", "en": "en-GB", "fa": "fa-IR", "zh": "zh-CN"}
ISSUED = re.compile(r"P-\d{4}-\d{6}")
PATIENCE_MS = 60_000  # Panel's first page takes seconds on two busy cores


async def no_camera(_page: Page, _name: str) -> None:
    return


@dataclass
class Story:
    program: Program
    browser: Browser
    language: str = "it"
    shoot: Camera = no_camera
    phone: bool = False
    hurries: bool = False
    """What lies between the stops is said over HTTP: a page takes ten times as long."""
    policy: str = ""
    _contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(PERSON["journey.email"])

    @property
    def mails(self) -> list[EmailMessage]:
        return self.program.mails.to(self.address)

    async def tell(self) -> None:
        try:
            customer = await self._customer()
            await self._register(customer)
            await self._ask_for_a_quote(customer)
            desk = await self._sign_in()
            await self._review(desk, "registration_person")
            await self._review(desk, "quote_home")
            await self._offer(desk)
            await self._accept(customer)
            await self._issue(desk)
            await self._end(customer)
        finally:
            for context in self._contexts:
                await context.close()

    # the customer

    async def _customer(self) -> Person:
        size = {"width": 390, "height": 844} if self.phone else {"width": 1280, "height": 900}
        page = await self._page(size)
        await page.goto(self.program.url)
        await self.shoot(page, "landing")
        async with page.expect_navigation():
            await page.locator('button[value="new"]').click()
        script = {**PERSON, **HOME, "journey.goal": "register", "journey.language": self.language}
        return Person(page, script, self._read_code)

    async def _register(self, person: Person) -> None:
        await self._stop(person, "modules.electronic_collection.act", "consent")  # the door has chosen the goal already
        await self._stop(person, "registration_person.identity.birth_date", "question")
        await person.fill_in("2035-01-01")
        await self.shoot(person.page, "refused")
        await self._stop(person, "registration_person.document.document_kind", "choice")
        await self._stop(person, "registration_person.confirm", "review")
        await person.walk("journey.goal")
        await self.shoot(person.page, "sent")

    async def _ask_for_a_quote(self, person: Person) -> None:
        person.script = {**person.script, "journey.goal": "quote_home"}
        await person.answer("journey.goal")
        await self._stop(person, "quote_home.needs.existing", "price")
        await self._walk(person, "quote_home.confirm")
        await person.walk("journey.goal")
        await self.shoot(person.page, "quote-sent")

    async def _accept(self, person: Person) -> None:
        """The offer arrives by itself; the page is opened anew, as a customer who read the mail would."""
        offer = mail_words(self.language).kinds["offer"].subject.partition(" {")[0]
        await self._until(lambda: any(str(mail["Subject"]).startswith(offer) for mail in self.mails), person.page)
        await person.page.reload()
        person.script = {**person.script, "journey.goal": "policy", "offer.act": "accept"}
        if await person.question() == "journey.goal":
            await person.answer("journey.goal")
        await self._stop(person, "offer.act", "offer")
        await person.answer("offer.act")

    async def _end(self, person: Person) -> None:
        await self._until(lambda: any(self.policy in str(m["Subject"]) for m in self.mails), person.page)
        await person.page.reload()
        await expect(person.page.locator("body")).to_contain_text(self.policy, timeout=PATIENCE_MS)
        await self.shoot(person.page, "issued")

    async def _stop(self, person: Person, path: str, name: str) -> None:
        await self._walk(person, path)
        await self.shoot(person.page, name)

    async def _walk(self, person: Person, path: str) -> None:
        if self.hurries:
            (cookie,) = [each["value"] for each in await person.page.context.cookies() if each["name"] == "chat"]
            conversation, secret = cookie.split(".")
            async with a_connection() as http:
                answers = {name: value for name, value in person.script.items() if not name.endswith("email_code")}
                customer = Customer(self.program, self.program.mails, http, answers, self.language, conversation, secret)
                await customer.look()
                await customer.walk(until=path)
            await person.page.reload()
        await person.walk(path)

    async def _read_code(self) -> str:
        found: list[str] = []

        def look() -> bool:
            found[:] = [code for mail in self.mails if (code := code_of(mail))]
            return bool(found)

        await self._until(look, self._contexts[0].pages[0])
        return found[-1]

    # the colleague

    async def _sign_in(self) -> Page:
        page = await self._page({"width": 1280, "height": 900})
        await page.goto(f"{self.program.url}/console")
        await self.shoot(page, "console-sign-in")
        await page.fill("#email", "agent@example.org")
        await page.fill("#password", self.program.password("agent@example.org"))
        await page.locator("button").click()
        await expect(self._row(page, "registration_person")).to_be_visible(timeout=PATIENCE_MS)
        await self.shoot(page, "console-queue")
        return page

    async def _review(self, page: Page, form: str) -> None:
        await self._open(page, form)
        await self._press(page, "claim")
        await expect(page.get_by_role("button", name=self._word("approve"), exact=True)).to_be_visible(timeout=PATIENCE_MS)
        await self.shoot(page, f"console-{form}")
        await self._press(page, "approve")
        await expect(page.get_by_role("button", name=self._word("approve"), exact=True)).to_have_count(0, timeout=PATIENCE_MS)
        if form == "registration_person":
            await self._press(page, "back")

    async def _offer(self, page: Page) -> None:
        await self._press(page, "quote")
        await self._press(page, "send_offer")
        await expect(page.get_by_role("button", name=self._word("send_offer"), exact=True)).to_have_count(0, timeout=PATIENCE_MS)
        await self._press(page, "back")

    async def _issue(self, page: Page) -> None:
        await page.goto(f"{self.program.url}/console")
        await self._open(page, "quote_home")
        await self._press(page, "issue")
        told = page.get_by_text(ISSUED)
        await expect(told.first).to_be_visible(timeout=PATIENCE_MS)
        found = ISSUED.search(await told.first.inner_text())
        assert found
        self.policy = found[0]
        await self.shoot(page, "console-issued")

    async def _open(self, page: Page, form: str) -> None:
        row = self._row(page, form)
        await expect(row).to_be_visible(timeout=PATIENCE_MS)
        await row.click()
        await expect(page.get_by_text("···· 839N" if form == "registration_person" else "R-20").first).to_be_visible(timeout=PATIENCE_MS)

    async def _press(self, page: Page, name: str) -> None:
        await page.get_by_role("button", name=self._word(name), exact=True).click(timeout=PATIENCE_MS)

    def _row(self, page: Page, form: str) -> Locator:
        """The customer's name in the queue, in the row of that form."""
        row = page.locator("tr", has_text="Esempio Demetra").filter(has_text=load_words(self.language)["forms"][form])
        return row.get_by_role("link", name="Esempio Demetra").first

    def _word(self, name: str) -> str:
        words = load_words(self.language)
        return str(words["submission"]["back"] if name == "back" else words["buttons"][name])

    async def _page(self, size: dict[str, int]) -> Page:
        context = await self.browser.new_context(viewport=size, locale=LOCALES[self.language], reduced_motion="reduce")
        self._contexts.append(context)
        return await context.new_page()

    async def _until(self, has_come: Callable[[], bool], page: Page) -> None:
        for _ in range(600):
            if has_come():
                return
            await page.wait_for_timeout(100)
        raise AssertionError("it did not come")


def keep_papers(mails: list[EmailMessage], folder: Path) -> list[Path]:
    """The attached papers as files, by name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kept = []
    for mail in mails:
        for part in mail.iter_attachments():
            path = folder / str(part.get_filename())
            path.write_bytes(part.get_payload(decode=True))  # type: ignore[arg-type]  # a PDF, decoded
            kept.append(path)
    return kept
