"""The same bad inputs where they would come out: mail, paper, console. What intake refuses, each of these refuses or makes inert once more."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from pypdf import PdfReader
from sqlalchemy import select

from bots.mail import build, deliver
from bots.mails.letters import House, compose
from bots.mails.smtp import NotSent
from bots.orders import MailOrder
from console import actions
from console.acting import Actor
from console.reading import list_submissions
from dialogs.services import Services
from forms.papers.model import PaperRow, PaperSection
from forms.papers.printing import print_paper
from rules.access import Role
from rules.refusals import Reason, Refused
from storage.acts import verify_all
from storage.queue import Filter
from storage.tables.evidence import Act, Receipt
from tests.bots.house import a_customer, a_house, a_registration
from tests.console.house import a_colleague, a_request, audited
from tests.forms.content import shipped
from tests.forms.papers.reading import all_text, squeezed
from tests.forms.papers.samples import a_paper
from tests.journeys.rows import ANSWERS, Row, the, unfolded
from tests.smtp_server import smtp_server

pytestmark = pytest.mark.slow

HOUSE = House("Agenzia Demo", "agenzia@example.org", "agenzia@example.org", "https://agenzia.example.org/")
AT = datetime(2026, 11, 22, 10, 42, 9, tzinfo=UTC)
FACTS = {"number": "R-2026-000417", "sent": "22 novembre 2026", "stamp": "22/11/26/10/42/07 demo@example.org"}


@pytest_asyncio.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        yield services


@pytest_asyncio.fixture
async def agent(house: Services) -> Actor:
    return await a_colleague(house)


# mail


async def delivered(message: EmailMessage, *, smtp_url: str, maildir: Path) -> None:
    await deliver(message.as_bytes(), sender=HOUSE.email, to="demo@example.org", name="0192", smtp_url=smtp_url, maildir=maildir)


def a_mail(name: str, to: str = "demo@example.org") -> EmailMessage:
    letter = compose("receipt_registration", "it", {**FACTS, "name": name}, HOUSE)
    return build(MailOrder(letter, to, "<0192@example.org>", HOUSE, AT))


def sent(mail: EmailMessage) -> EmailMessage:
    return message_from_bytes(mail.as_bytes(), policy=policy.default)


class Elements(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted(f"{name}={value}" for name, value in attrs if name in {"href", "src"} or name.startswith("on"))))


@pytest.mark.parametrize("row", ANSWERS, ids=str)
def test_a_mail_about_it_has_the_headers_and_elements_of_any_other(row: Row) -> None:
    plain = sent(a_mail("Demo" if row.text else ""))  # a row without a value is left out
    with suppress(UnicodeEncodeError):  # half a character cannot be written at all
        mail = sent(a_mail(row.text))
        assert mail.keys() == plain.keys()
        assert mail["To"] == "demo@example.org"
        markup = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]  # it has one
        assert Elements(markup).found == Elements(plain.get_body(("html",)).get_content()).found  # type: ignore[union-attr]


@pytest.mark.parametrize("row", [row for row in ANSWERS if row.field == "email" and row.expected == "reject_reask"], ids=str)
def test_no_mail_goes_to_what_is_no_address(row: Row) -> None:
    with pytest.raises(ValueError, match=r".*"):
        a_mail("Demo", to=row.text)


async def test_a_full_mailbox_is_tried_again_later(tmp_path: Path) -> None:
    assert the("mailbox full").expected == "retry"
    async with smtp_server(RCPT=["452 4.2.2 mailbox full"]) as server:
        with pytest.raises(NotSent) as refusal:
            await delivered(a_mail("Demo"), smtp_url=server.url, maildir=tmp_path)
    assert not refusal.value.is_permanent


async def test_a_server_that_dies_before_its_answer_sees_the_same_message_id_again(tmp_path: Path) -> None:
    assert the("at-least-once mail: same Message-ID").expected == "send_once_or_twice"
    async with smtp_server(END=[""]) as server:
        with pytest.raises(NotSent):
            await delivered(a_mail("Demo"), smtp_url=server.url, maildir=tmp_path)
        await delivered(a_mail("Demo"), smtp_url=server.url, maildir=tmp_path)
    assert len({message_from_bytes(mail)["Message-ID"] for mail in server.heard}) == 1


async def test_sequence_numbers_go_on_though_the_clock_goes_back(house: Services) -> None:
    assert the("clock step must not reorder the trail").expected == "monotonic_seq"
    for effects in (a_registration(), [replace(effect, at=effect.at - timedelta(hours=1)) for effect in a_registration()]):
        await a_customer(house, *effects)
    async with house.database.transaction() as session:
        acts = (await session.scalars(select(Act).order_by(Act.number))).all()
        receipts = (await session.scalars(select(Receipt).order_by(Receipt.number))).all()
        assert await verify_all(session) == {}
    assert [act.number for act in acts] == list(range(1, len(acts) + 1))
    assert acts[0].at > acts[-1].at
    assert [receipt.number for receipt in receipts] == ["R-2026-000001", "R-2026-000002"]
    assert receipts[0].sequence < receipts[1].sequence


# paper


@pytest.mark.parametrize("row", ANSWERS, ids=str)
def test_a_paper_about_it_tells_it_and_runs_nothing(row: Row) -> None:
    content = print_paper(a_paper(sections=(PaperSection("Section", (PaperRow("Label", row.text), PaperRow("Last", "Demo end"))),)))
    read = all_text(content)
    assert "LastDemoend" in read
    for part in re.findall(r"[ -~]+", row.text):  # what no font shows stands as its code points
        assert squeezed(part) in read
    assert_inert(content)


def test_a_long_word_wraps_and_loses_nothing() -> None:
    row = the("unbreakable word")
    cell = unfolded(row.input["cell"])
    content = print_paper(a_paper(sections=(PaperSection("Section", (PaperRow("Label", cell),)),)))
    assert all_text(content).count("W") >= len(cell)


def test_markup_is_printed_as_text_and_fetches_nothing() -> None:
    markup = str(the("no html path").input["html"])
    content = print_paper(a_paper(sections=(PaperSection("Section", (PaperRow(markup, markup),)),)))
    assert all_text(content).count(squeezed(markup)) >= 2
    assert_inert(content)


def test_what_cannot_be_stored_is_refused_by_the_paper_too() -> None:
    cell = str(the("ElementTree writes it unparseable").input["cell"])
    content = print_paper(a_paper(sections=(PaperSection("Section", (PaperRow("Label", cell),)),)))
    assert "\0" not in all_text(content)


def assert_inert(content: bytes) -> None:
    reader = PdfReader(BytesIO(content))
    assert set(reader.trailer["/Root"].get("/Names", {})) <= {"/EmbeddedFiles"}  # no script
    assert set(reader.attachments) <= {"record.json"}
    assert isinstance(reader.trailer["/Root"].get("/OpenAction", []), list)  # a page to open at, no script
    assert [page for page in reader.pages if "/AA" in page] == []
    marks = [mark.get_object() for page in reader.pages for mark in page.get("/Annots", [])]
    assert [
        mark for mark in marks if mark.get("/FT") != "/Sig" or "/A" in mark or "/AA" in mark
    ] == []  # the seal's place, which does nothing


# console


async def test_a_filter_is_a_word_to_look_for_and_nothing_else(house: Services, agent: Actor) -> None:
    await a_request(house)
    texts = [row.text for row in ANSWERS] + [the("SQL in filter").input["filter"]]
    texts += ["%", "_", "\\", "/", "Zz\0", "'", "%%%%%%%%", "x" * 100_000]
    found = {text: len((await list_submissions(house, agent, Filter(text=text))).page.rows) for text in texts}
    assert found == {text: 0 if text.strip() else 2 for text in texts}


async def test_a_made_up_cursor_shows_no_rows(house: Services, agent: Actor) -> None:
    await a_request(house)
    for cursor in ("../../", "", "|", "2026-11-22|x", "\0", "' or 1=1"):
        with pytest.raises((Refused, ValueError)):
            await list_submissions(house, agent, Filter(), after=cursor)


async def test_a_button_that_was_not_there_is_refused_and_audited(house: Services, agent: Actor) -> None:
    assert the("server re-checks").expected == "refused"
    request = await a_request(house)
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    for actor in (agent, auditor):
        with pytest.raises(Refused) as refusal:
            await actions.approve(house, actor, request.quote)
        assert refusal.value.reason in {Reason.NOT_ALLOWED, Reason.NOT_POSSIBLE_NOW, Reason.CLAIMED_BY_OTHER}
        assert (await audited(house, actor))[-1].endswith(".refused")
