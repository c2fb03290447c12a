"""The page at a paper's address tells a stranger whether a file is the one on record and what its seal says, and nothing about anybody."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page

from bots import receipts
from bots.seal_keys import make_seal
from bots.sealing import Seal, seal_of, sealed
from bots.web.app import create_app
from bots.web.verify import MOST_BYTES, verify_address
from dialogs.services import Services
from forms.papers.printing import print_paper
from rules.languages import LANGUAGES
from storage.documents import document_of_receipt
from storage.parties import open_party
from storage.tables.base import now
from tests.bots.house import EMAIL, a_customer, a_house, a_registration, the_receipts
from tests.browser.axe import contrast_violations, violations
from tests.browser.conftest import chromium
from tests.browser.serving import serving
from tests.forms.content import shipped
from tests.forms.papers.samples import a_paper

pytestmark = pytest.mark.slow

__all__ = ["chromium"]
ORIGIN = "https://demo.example.org"
VALID, CHANGED, UNKNOWN, OTHER = (
    "È il documento registrato",
    "Non è il documento registrato",
    "non ha registrato",
    "non quello di questo indirizzo",
)
OURS, FOREIGN, BROKEN, NONE, UNREAD = (
    "Sigillo: integro, ed è di",
    "un certificato diverso",
    "Sigillo: rotto",
    "non ne porta",
    "non sono riuscito",
)


@dataclass
class Issued:
    house: Services
    address: str
    content: bytes

    def client(self, **options) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(create_app(self.house), client=("203.0.113.7", 1), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN, "accept-language": "it"}, **options)


@pytest_asyncio.fixture(scope="module")
async def issued(shared_database, one_printer, tmp_path_factory):
    """A receipt that was sealed, stored and mailed."""
    home = tmp_path_factory.mktemp("home")
    make_seal(home / "seal" / "seal.pem", "Agenzia Demo", now())
    async with a_house(shared_database.url, home, shipped.catalogue(), limit_conversations="1000/s") as made:
        house = replace(made, look_at_seal=partial(one_printer.look_at_seal, seal=seal_of(made.settings)))
        party = await a_customer(house, *a_registration())
        shop = receipts.register(house)
        shop.printers = one_printer
        async with house.database.transaction() as session:
            (receipt,) = await the_receipts(session, party)
        await receipts.deliver_receipt(str(receipt.id))
        async with house.database.transaction() as session:
            document = await document_of_receipt(session, receipt.id)
            content = await house.documents.read(await open_party(session, house.keys, party), document)
        address = verify_address("", receipt.number, receipt.text_sha256.hex())
        yield Issued(house, address, content)


async def posted(issued: Issued, address: str, content: bytes | None = None, **fields: str) -> httpx.Response:
    files = {"file": ("paper.pdf", content or b"", "application/pdf")}
    async with issued.client() as client:
        return await client.post(address, files=files, data=fields)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


async def test_the_file_on_record_is_valid_at_its_address_and_without_one_and_nobody_is_named(issued):
    for address in (issued.address, "/verify"):
        answer = await posted(issued, address, issued.content)
        assert answer.status_code == 200
        assert VALID in answer.text
        assert OURS in answer.text
        for personal in (EMAIL, "Demetra", "SMPDTR80C52F839N"):
            assert personal not in answer.text


async def test_a_flipped_byte_is_a_changed_document_with_a_broken_seal(issued):
    for address in (issued.address, "/verify"):  # without the address the file's own metadata name it
        answer = await posted(issued, address, flipped(issued.content, issued.content.index(b"stream") + 40))
        assert CHANGED in answer.text
        assert BROKEN in answer.text
    appended = await posted(issued, issued.address, issued.content + b"\n% more\n")
    assert CHANGED in appended.text
    assert BROKEN in appended.text


async def test_another_s_file_is_unknown_and_what_its_seal_is_worth_is_said(issued, tmp_path):
    plain = print_paper(a_paper())
    make_seal(tmp_path / "seal.pem", "Agenzia Demo", now())  # a name proves nothing
    for content, seal in ((plain, NONE), (sealed_apart(plain, tmp_path), FOREIGN), (b"no pdf at all", UNREAD)):
        answer = await posted(issued, "/verify", content)
        assert UNKNOWN in answer.text
        assert seal in answer.text
        assert CHANGED in (await posted(issued, issued.address, content)).text


def sealed_apart(content: bytes, folder) -> bytes:
    with ThreadPoolExecutor() as threads:  # pyHanko runs a loop of its own
        return threads.submit(sealed, content, Seal(str(folder / "seal.pem"))).result()


async def test_a_typed_hash_does_without_a_file(issued):
    digest = sha256(issued.content).hexdigest()
    grouped = " ".join(digest[at : at + 8] for at in range(0, 64, 8)).upper()
    for typed in (digest, grouped):
        answer = await posted(issued, issued.address, sha256=typed)
        assert VALID in answer.text
        assert "Sigillo" not in answer.text
    assert CHANGED in (await posted(issued, issued.address, sha256="0" * 64)).text
    assert UNKNOWN in (await posted(issued, "/verify", sha256="0" * 64)).text


async def test_bad_input_gets_a_sentence(issued):
    nothing = await posted(issued, issued.address)
    assert (nothing.status_code, "Scegli un PDF" in nothing.text) == (422, True)
    short = await posted(issued, issued.address, sha256="abc")
    assert (short.status_code, "64 caratteri, cifre" in short.text) == (422, True)
    huge = await posted(issued, issued.address, b"%PDF" + bytes(MOST_BYTES))
    assert (huge.status_code, "supera i 5 MB" in huge.text) == (413, True)


async def test_a_form_of_another_site_is_not_taken_and_too_many_are_told_to_wait(issued):
    async with issued.client() as client:
        forged = await client.post(issued.address, data={"sha256": "0" * 64}, headers={"origin": "https://evil.example.org"})
        assert forged.status_code == 404
    slow = replace(issued.house, settings=issued.house.settings.model_copy(update={"limit_conversations": "1/h"}))
    async with Issued(slow, "", b"").client() as client:
        first, second = [await client.post("/verify", data={"sha256": "0" * 64}) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 429)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_speaks_every_language(issued, language):
    house = replace(issued.house, settings=issued.house.settings.model_copy(update={"languages": LANGUAGES}))
    async with Issued(house, "", b"").client() as client:
        shown = await client.get(f"{issued.address}?lang={language}")
        assert shown.status_code == 200
        assert f'<html lang="{language}"' in shown.text
        answer = await client.post(f"/verify?lang={language}", data={"sha256": sha256(issued.content).hexdigest()})
    assert 'class="notice verdict valid' in answer.text


async def test_a_file_made_to_harm_is_unread_and_the_next_one_is_looked_at(one_printer):
    """Nested deeper than whoever reads it can follow."""
    bottomless = b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF"
    assert await one_printer.look_at_seal(bottomless) == "unread"
    assert await one_printer.look_at_seal(print_paper(a_paper())) == "none"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["it", "fa"])
async def test_no_state_of_the_page_breaks_an_accessibility_rule(chromium: Browser, issued, language):
    changes = {"languages": LANGUAGES, "public_url": "http://127.0.0.1"}  # served without TLS
    house = replace(issued.house, settings=issued.house.settings.model_copy(update=changes))
    handed_in = {"valid": issued.content, "changed": flipped(issued.content, 2_000), "unknown": b"no pdf at all", "": None}
    broken = {}
    async with serving(create_app(house)) as url:
        context = await chromium.new_context(bypass_csp=True, reduced_motion="reduce")
        page = await context.new_page()
        for address in (issued.address, verify_address("", "R-2026-999999", "0" * 64)):
            await page.goto(f"{url}{address}?lang={language}")
            broken[address] = await rules_broken(page)
        for verdict, content in handed_in.items():
            await page.goto(f"{url}{'/verify' if verdict == 'unknown' else issued.address}?lang={language}")
            await hand_in(page, content)
            assert await page.locator(f".verdict.{verdict}" if verdict else "#error1").is_visible()
            broken[verdict] = await rules_broken(page)
        await context.close()
    assert {state: found for state, found in broken.items() if found} == {}


async def hand_in(page: Page, content: bytes | None) -> None:
    if content is not None:
        await page.set_input_files("#file", FilePayload(name="paper.pdf", mimeType="application/pdf", buffer=content))
    async with page.expect_navigation():
        await page.locator("main .sheet .button").click()


async def rules_broken(page: Page) -> list[str]:
    """On a phone and on a desk, in both schemes; on the smallest phone nothing scrolls sideways."""
    found = []
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        found += await violations(page)
    await page.emulate_media(color_scheme="dark")
    found += await contrast_violations(page)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 320, "height": 844})
    return [*found, *(["scrolls sideways"] if await page.evaluate("document.documentElement.scrollWidth > innerWidth") else [])]
