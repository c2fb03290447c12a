"""S0 part 1 from the first page to the policy, in real browsers: mail and papers read back. S0-01 to S0-03, S0-12 to S0-18, S0-22 to S0-24, S0-32 to S0-40."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.async_api import Browser
from pypdf import PdfReader

from tests.browser.conftest import chromium
from tests.program import Program, a_home, text_of
from tests.story import Story, keep_papers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

__all__ = ["chromium"]


@pytest.mark.parametrize(("language", "phone"), [("it", False), ("en", True)])
async def test_a_customer_registers_asks_accepts_and_gets_the_policy(chromium: Browser, tmp_path: Path, language: str, phone: bool) -> None:
    with a_home() as home, Program(home) as program:
        story = Story(program, chromium, language, phone=phone, hurries=phone)
        await story.tell()
        customers, agency = story.mails, program.mails.to("agenzia@example.org")
        papers = {path.name: _text(path) for path in keep_papers(customers, tmp_path / "papers")}
    receipts = [mail for mail in customers if "R-20" in str(mail["Subject"])]
    assert len(receipts) == 4, [str(mail["Subject"]) for mail in customers]  # card, card confirmed anew, quote, offer accepted
    for mail in receipts:
        _holds_together(mail, papers)
    assert len([mail for mail in agency if "R-20" in str(mail["Subject"])]) == 4
    assert len({str(mail["Message-ID"]) for mail in [*customers, *agency]}) == len(customers) + len(agency)
    assert any(story.policy in text for name, text in papers.items() if story.policy in name)


def _holds_together(mail: EmailMessage, papers: dict[str, str]) -> None:
    """The literal validation string stands in the text part, the HTML part and the PDF."""
    text = text_of(mail)
    stamp = next(line.strip() for line in text.splitlines() if line.strip().endswith("demetra@example.org") and line[:2].isdigit())
    assert stamp in text_of(mail, "html")
    names = [str(part.get_filename()) for part in mail.iter_attachments()]
    assert len(names) == 1
    assert stamp in papers[names[0]]


def _text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)
