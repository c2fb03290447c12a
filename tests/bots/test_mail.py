"""Mails: the same facts in both bodies, headers that nobody can write into, one file or one sending per mail."""

import html
import re
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.mail import build, composed, deliver
from bots.mails.letters import House, Letter, LetterRow, as_html, as_text, compose, mail_words
from bots.mails.smtp import NotSent
from bots.orders import Attachment, MailOrder
from dialogs.journey import LEGS
from rules.languages import LANGUAGES
from tests.smtp_server import smtp_server

HOUSE = House("Agenzia Demo", "agenzia@example.org", "agenzia@example.org", "https://agenzia.example.org/")
STAMP = "22/11/26/10/42/07 demo.customer@example.org"
FACTS = {
    "code": "314159",
    "minutes": "10",
    "number": "R-2026-000417",
    "sent": "22 novembre 2026, 10:42:07, UTC+01:00",
    "name": "Demo Cliente",
    "stamp": STAMP,
    "premium": "462,87 €",
    "what": "Nuova registrazione in sospeso",
    "question": "Scadenza del documento",
    "colleague": "Demo Collega",
    "reason": "Il documento è scaduto.",
    "form": "Scheda cliente",
    "valid_until": "22 dicembre 2026",
    "starts_on": "1 gennaio 2027",
    "phone": "+39 333 0000000",
    "topic": "un preventivo",
}
KINDS = tuple(mail_words("it").kinds)
AT = datetime(2026, 11, 22, 10, 42, 9, tzinfo=timezone(timedelta(hours=1)))
ID = "<0192@example.org>"


def a_letter(kind: str = "receipt_registration", language: str = "it", **facts: str) -> Letter:
    known = {k: v for k, v in FACTS.items() if k != "stamp" or kind.startswith("receipt")}
    rows = (LetterRow("Offerte per e-mail", "Non acconsento, versione 3"),) if kind.startswith("receipt") else ()
    return compose(kind, language, {**known, **facts}, HOUSE, more_rows=rows, with_file=kind.startswith(("receipt", "offer", "policy")))


def a_message(letter: Letter | None = None, to: str = "demo.customer@example.org"):
    letter = letter or a_letter()
    attachment = Attachment(letter.attachment, b"%PDF-1.7 demo") if letter.attachment else None
    return build(MailOrder(letter, to, ID, HOUSE, AT, attachment))


async def delivered(message: EmailMessage, *, smtp_url: str | None, maildir: Path) -> None:
    to = message["To"].addresses[0].addr_spec
    await deliver(message.as_bytes(), sender=HOUSE.email, to=to, name="0192", smtp_url=smtp_url, maildir=maildir)


def parsed(content: bytes):
    return message_from_bytes(content, policy=policy.default)


def test_a_mail_goes_out_as_it_was_built_with_its_paper_whole():
    letter, paper = a_letter(), bytes(range(256)) * 200
    order = MailOrder(letter, "demo.customer@example.org", ID, HOUSE, AT, Attachment(letter.attachment, paper))
    sent, built = parsed(composed(order)), build(order)
    assert next(sent.iter_attachments()).get_content() == paper
    assert sent.keys() == built.keys()
    assert [part.get_content_type() for part in sent.walk()] == [part.get_content_type() for part in built.walk()]
    assert max(map(len, composed(order).splitlines())) <= 998  # RFC 5322, 2.1.1


def test_a_subject_has_plain_blanks() -> None:
    """Some mailboxes leave others out."""
    letter = a_letter("offer", "fa", premium="۲۹۳٫۹۹\u00a0یورو", number="O-1\u202f2")
    subject = str(parsed(a_message(letter).as_bytes())["Subject"])
    assert not {"\u00a0", "\u202f"} & set(subject)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_subject_keeps_its_blanks_wherever_its_lines_end(language) -> None:
    for length in range(40):
        letter = a_letter(
            "offer", language, premium="۲۹۳٫۹۹ یورو", number="O-2026-000007" + "7" * length, valid_until="۷ دی ۱۴۰۵ (۲۸ دسامبر)"
        )
        content = a_message(letter).as_bytes()
        assert str(parsed(content)["Subject"]) == letter.subject
        assert max(map(len, content.partition(b"\r\n\r\n")[0].splitlines())) <= 78


class Visible(HTMLParser):
    """The text a person sees, without head and preheader."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        if tag in {"head", "style"} or (tag == "div" and "display:none" in dict(attrs).get("style", "")):
            self.hidden += 1

    def handle_endtag(self, tag):
        if tag in {"head", "style", "div"}:
            self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data):
        if not self.hidden and data.strip():
            self.texts.append(" ".join(data.split()))


def visible(markup: str) -> list[str]:
    reader = Visible()
    reader.feed(markup)
    return reader.texts


def words_of(text: str) -> list[str]:
    return sorted(re.findall(r"[^\s:]+", text))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["it", "en"])
def test_text_and_html_say_the_same(kind, language):
    letter = a_letter(kind, language)
    text = as_text(letter).replace("\n-- \n", "\n")
    if letter.button:
        text = text.replace(letter.button[1], "")
    shown = [part for part in visible(as_html(letter)) if part not in {"●", letter.agency}]
    assert words_of(" ".join(shown)) == words_of(text)


def test_both_languages_word_the_same_kinds_and_facts():
    italian, english = mail_words("it"), mail_words("en")
    assert italian.kinds.keys() == english.kinds.keys()
    assert italian.what.keys() == english.what.keys()
    for kind, words in italian.kinds.items():
        assert words.rows.keys() == english.kinds[kind].rows.keys()
        assert len(words.steps) == len(english.kinds[kind].steps)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_is_one_table_that_loads_nothing(kind):
    markup = as_html(a_letter(kind))
    assert len(markup) < 9500
    assert not re.search(r"<(img|script|link|iframe|form|object)|src=|url\(|@import", markup)
    assert re.findall(r'href="([^"]+)"', markup) in ([], [HOUSE.url])


def test_the_code_mail_holds_the_code_and_nothing_personal():
    letter = compose("code", "it", FACTS, HOUSE)
    text = as_text(letter)
    assert re.findall(r"\b\d{6}\b", text) == ["314159"]
    assert FACTS["name"] not in text + as_html(letter)
    assert STAMP not in text
    assert letter.button is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_caller_was_at_has_a_word(language):
    assert mail_words(language).topics.keys() == {"contact", *LEGS}


def test_the_subject_is_number_and_state():
    assert a_message()["Subject"] == "Ricevuta R-2026-000417: i tuoi dati sono in sospeso"
    assert a_message(a_letter("offer", "en"))["Subject"] == "Offer R-2026-000417: 462,87 €, valid until 22 dicembre 2026"


def test_a_receipt_reads_back_with_its_stamp_its_file_and_its_headers():
    message = parsed(a_message().as_bytes())
    assert message["To"] == "demo.customer@example.org"
    assert message["From"].addresses[0].addr_spec == "agenzia@example.org"
    assert message["Message-ID"] == ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == AT
    assert not message.defects
    plain = message.get_body(("plain",)).get_content()
    assert STAMP in plain.splitlines()
    assert STAMP in html.unescape(message.get_body(("html",)).get_content())
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "ricevuta-R-2026-000417.pdf"
    assert attachment.get_content() == b"%PDF-1.7 demo"


@pytest.mark.parametrize("hostile", ["x\r\nBcc: evil@example.org", "x\nBcc: y", "x\u0085Bcc: y\u2028z", "x\x0bBcc: y"])
def test_no_fact_can_add_a_header(hostile):
    message = parsed(a_message(a_letter("returned", question=hostile, reason=hostile)).as_bytes())
    assert message["Bcc"] is None
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
    }  # fmt: skip


@pytest.mark.parametrize("address", ["müller1@example.org", "用户@example.org", "o'neil@example.org", "josé.ñ@例子.中国"])
def test_an_address_goes_into_the_mail_as_it_is_written(address):
    content = a_message(to=address).as_bytes()
    assert f"To: {address}".encode() in content.splitlines()
    assert parsed(content)["To"] == address


async def test_an_address_in_other_letters_goes_to_a_server_that_knows_them(tmp_path):
    async with smtp_server(EHLO=["250-test\r\n250-8BITMIME\r\n250 SMTPUTF8"]) as server:
        await delivered(a_message(to="用户@example.org"), smtp_url=server.url, maildir=tmp_path)
    assert server.recipients == ["用户@example.org"]
    assert parsed(server.taken[0])["To"] == "用户@example.org"


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: e@example.org", "a@example.org, b@example.org", "a b@example.org", "", "=?utf-8?q?a?=@example.org"]
)
def test_an_address_that_is_not_exactly_one_is_refused(address):
    with pytest.raises(ValueError, match=r".*"):
        a_message(to=address)


def test_markup_in_facts_is_inert():
    markup = as_html(a_letter(name="<script>alert(1)</script>\"'&"))
    assert "<script" not in markup
    assert "&lt;script&gt;" in markup


@given(st.text(max_size=60))
def test_any_name_makes_a_mail_that_reads_back(name):
    letter = a_letter(name=name)
    try:
        content = a_message(letter).as_bytes()
    except UnicodeEncodeError:  # lone surrogates: refused at intake
        assert any(0xD800 <= ord(c) <= 0xDFFF for c in name)
        return
    assert STAMP in parsed(content).get_body(("plain",)).get_content()


async def test_without_a_server_the_mail_becomes_a_file_and_the_same_mail_replaces_it(tmp_path):
    for _ in range(2):
        await delivered(a_message(), smtp_url=None, maildir=tmp_path / "mail")
    (kept,) = (tmp_path / "mail" / "new").iterdir()
    assert parsed(kept.read_bytes())["Message-ID"] == ID
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []
    kept.rename(tmp_path / "mail" / "cur" / "0192:2,S")
    await delivered(a_message(), smtp_url=None, maildir=tmp_path / "mail")
    assert list((tmp_path / "mail" / "new").iterdir()) == []


async def test_a_mail_that_cannot_be_kept_leaves_no_half_of_it_behind(tmp_path):
    (tmp_path / "mail" / "new" / "0192").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        await delivered(a_message(), smtp_url=None, maildir=tmp_path / "mail")
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []


async def test_a_server_takes_the_mail_as_it_was_built(tmp_path):
    async with smtp_server() as server:
        await delivered(a_message(), smtp_url=server.url, maildir=tmp_path)
    assert server.recipients == ["demo.customer@example.org"]
    (taken,) = server.taken
    assert parsed(taken)["Message-ID"] == ID
    assert STAMP in parsed(taken).get_body(("plain",)).get_content().splitlines()
    assert next(parsed(taken).iter_attachments()).get_content() == b"%PDF-1.7 demo"


@pytest.mark.parametrize(
    ("answers", "code", "is_permanent"),
    [
        ({"RCPT": ["550 no such mailbox"]}, "smtp_550", True),
        ({"RCPT": ["452 mailbox full"]}, "smtp_452", False),
        ({"MAIL": ["451 try later"]}, "smtp_451", False),
        ({"END": ["554 refused"]}, "smtp_554", True),
        ({"MAIL": ["530 sign in first"]}, "smtp_530", False),
        ({"END": [""]}, "smtp_connection", False),
    ],
)
async def test_a_refusal_says_whether_trying_again_can_help(tmp_path, answers, code, is_permanent):
    async with smtp_server(**answers) as server:
        with pytest.raises(NotSent) as refusal:
            await delivered(a_message(), smtp_url=server.url, maildir=tmp_path)
    assert (refusal.value.code, refusal.value.is_permanent) == (code, is_permanent)
    assert server.taken == []


async def test_a_domain_in_other_letters_goes_to_any_server(tmp_path):
    mail = a_message(to="a@ä.it")
    async with smtp_server() as server:
        await deliver(mail.as_bytes(), sender=HOUSE.email, to="a@ä.it", name="0192", smtp_url=server.url, maildir=tmp_path)
    assert server.recipients == ["a@xn--4ca.it"]
    assert b"To: a@xn--4ca.it" in server.taken[0].splitlines()
    assert server.taken[0].partition(b"\r\n\r\n")[0].isascii()


async def test_a_server_that_knows_no_other_letters_before_the_at_sign_is_not_asked_again(tmp_path):
    async with smtp_server() as server:
        with pytest.raises(NotSent) as refusal:
            await delivered(a_message(to="用户@例子.中国"), smtp_url=server.url, maildir=tmp_path)
    assert (refusal.value.code, refusal.value.is_permanent) == ("smtp_utf8", True)


async def test_a_server_that_breaks_off_before_its_answer_gets_the_same_message_id_again(tmp_path):
    async with smtp_server(END=[""]) as server:
        with pytest.raises(NotSent):
            await delivered(a_message(), smtp_url=server.url, maildir=tmp_path)
        await delivered(a_message(), smtp_url=server.url, maildir=tmp_path)
    assert [parsed(mail)["Message-ID"] for mail in server.heard] == [ID, ID]
    assert len(server.taken) == 1


async def test_no_server_there_is_a_matter_of_trying_again(tmp_path):
    with pytest.raises(NotSent) as refusal:
        await delivered(a_message(), smtp_url="smtp://127.0.0.1:1", maildir=tmp_path)
    assert not refusal.value.is_permanent


@pytest.mark.parametrize("language", LANGUAGES)
def test_s4_26_a_receipt_reminds_to_tell_a_new_address_and_a_code_does_not(language):
    reminder = mail_words(language).common.changed
    for kind in ("receipt_registration", "receipt_quote", "offer", "policy"):
        assert reminder in as_text(a_letter(kind, language))
    for kind in ("code", "receipt_agency"):
        assert reminder not in as_text(a_letter(kind, language))
