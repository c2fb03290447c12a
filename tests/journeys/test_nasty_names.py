"""Customers whose names are programs: taken to the letter, and inert in chat, mail, paper and console of the real program."""

import asyncio
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.forms.papers.reading import all_text, squeezed
from tests.journeys.rows import NAMES, Row
from tests.journeys.test_nasty_sinks import Elements, assert_inert
from tests.program import Customer, Program, a_connection, a_customer, text_of

pytestmark = [pytest.mark.slow, pytest.mark.browser]

TAKEN = tuple(row for row in NAMES if row.expected in {"accept", "store_literal"})
PRINTABLE = re.compile(r"[!-~]+")
MAILED_S = 120


@pytest_asyncio.fixture(scope="package")
async def named(program: Program) -> AsyncIterator[dict[int, Customer]]:
    """A registered customer for each name, and one of an ordinary name under 0."""
    async with a_connection() as http:
        customers = {row.number: a_customer(program, program.mails, http, family_name=row.text, account_holder=row.text) for row in TAKEN}
        customers[0] = a_customer(program, program.mails, http)
        await asyncio.gather(*(customer.open() for customer in customers.values()))
        await asyncio.gather(*(customer.register() for customer in customers.values()))
        yield customers


async def the_receipt(customer: Customer) -> EmailMessage:
    async with asyncio.timeout(MAILED_S):
        while True:
            for mail in customer.mailbox.to(customer.address):
                if list(mail.iter_attachments()):
                    return mail
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("row", TAKEN, ids=str)
async def test_the_receipt_of_such_a_name_is_like_any_other(named: dict[int, Customer], row: Row) -> None:
    mail, plain = await the_receipt(named[row.number]), await the_receipt(named[0])
    assert mail.keys() == plain.keys()
    assert str(mail["To"]) == named[row.number].address
    assert row.text in text_of(mail)
    assert Elements(text_of(mail, "html")).found == Elements(text_of(plain, "html")).found
    (paper,) = [part.get_content() for part in mail.iter_attachments()]
    assert_inert(paper)
    read = all_text(paper)
    assert all(squeezed(part) in read for part in PRINTABLE.findall(row.text))


class Watched:
    """A browser page on which nothing may run that is not ours."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ran: list[str] = []
        page.on("dialog", self._dismiss)
        page.on("request", self._see)

    async def _dismiss(self, dialog: object) -> None:
        self.ran.append(f"dialog {dialog}")

    def _see(self, request: object) -> None:
        url = str(request.url)  # type: ignore[attr-defined]  # playwright's Request
        if not url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:")):
            self.ran.append(url)

    async def injected(self) -> list[str]:
        """Elements that markup in a name would have made."""
        found = await self.page.evaluate(
            """() => [...document.querySelectorAll('script:not([src])')].filter(s => /^\\s*alert/.test(s.textContent)).map(s => s.outerHTML)
               .concat([...document.querySelectorAll('a[href^="javascript:"]')].map(a => a.outerHTML))"""
        )
        return [*self.ran, *found]


async def test_no_such_name_runs_in_the_chat(chromium: Browser, named: dict[int, Customer]) -> None:
    for row in TAKEN:
        customer = named[row.number]
        context = await chromium.new_context(locale="it-IT")
        url = customer.program.url
        await context.add_cookies([{"name": "chat", "value": f"{customer.conversation}.{customer.secret}", "url": url}])
        watched = Watched(await context.new_page())
        for path in ("/chat", "/chat/transcript"):
            await watched.page.goto(url + path)
            assert await watched.injected() == [], row
        assert row.text in await watched.page.inner_text("body")
        await context.close()


async def test_no_such_name_runs_in_the_demos_mailbox(chromium: Browser, named: dict[int, Customer], http: httpx.AsyncClient) -> None:
    for customer in named.values():
        await the_receipt(customer)
    page = await chromium.new_page()
    watched, url = Watched(page), next(iter(named.values())).program.url
    await page.goto(f"{url}/mail")
    links = await page.eval_on_selector_all("main a[href^='/mail/']", "links => links.map(link => link.href)")
    assert links
    for link in links[:40]:
        if (await http.head(link)).headers.get("content-type", "").startswith("application/pdf") or link.endswith(".pdf"):
            continue
        await page.goto(link)
        assert await watched.injected() == []
    await page.close()


async def test_no_such_name_runs_in_the_console(chromium: Browser, named: dict[int, Customer]) -> None:
    program = named[0].program
    context = await chromium.new_context(locale="it-IT")
    page = await context.new_page()
    watched = Watched(page)
    await page.goto(f"{program.url}/console/sign-in")
    await page.fill("input[name=email]", "manager@example.org")
    await page.fill("input[name=password]", program.password("manager@example.org"))
    await page.click("form button")
    for row in TAKEN:
        await page.get_by_text(row.text, exact=False).first.wait_for(timeout=90_000)
    assert await watched.injected() == []
    await context.close()
