"""A receipt's last page: how the customer was identified, by which channel, when, on which texts, and where the mails stood."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from bots.certificates import certificate
from bots.paper_records import FORMAT, as_json
from bots.papers import GivenAct, Press, receipt_paper
from bots.records import agency_of
from forms.papers.printing import print_paper
from forms.papers.showing import grouped
from forms.papers.wording import paper_words
from rules.languages import LANGUAGES
from storage.mails import Mail
from storage.settings import Settings
from storage.tables.base import new_id
from storage.tables.messages import OutgoingMail
from tests.bots.test_papers import AT, SHOWN, a_record
from tests.forms.content.shipped import catalogue_in_all
from tests.forms.papers.reading import squeezed

pytestmark = pytest.mark.slow

FIRST, SECOND = "demetra@example.org", "demo.second@example.org"
PROVED = {FIRST: AT - timedelta(minutes=7)}
DAYS = {
    "fa": "۱ آذر ۱۴۰۵",
    "zh": "2026年11月22日",
    "ru": "22 ноября 2026",
    "es": "22 de noviembre de 2026",
    "it": "22 novembre 2026",
    "en": "22 November 2026",
}


@pytest.fixture(scope="module")
def press() -> Press:
    settings = Settings(_env_file=None)
    catalogue = catalogue_in_all()
    return Press(catalogue, agency_of(settings), settings.zone, "EUR", "https://demo.example.org")


def a_mail(to: str, recipient: str, state: str, sent_at: datetime | None = None) -> Mail:
    row = OutgoingMail(
        party_id=new_id(),
        conversation_id=None,
        kind="receipt",
        recipient=recipient,
        sealed_payload=b"",
        message_id=f"<{new_id()}@example.org>",
    )
    row.state, row.sent_at = state, sent_at
    return Mail(row, to, "it", {})


MAILS = (
    a_mail(FIRST, "customer", "queued"),
    a_mail(SECOND, "customer", "sent", AT + timedelta(seconds=2)),
    a_mail("agenzia@example.org", "agency", "failed"),
)


def of(press: Press, language: str):
    """A registration, with two acts by different channels."""
    record = a_record(press, language=language)
    given = [
        replace(act, number=number, channel=channel, language=language)
        for act, number, channel in zip(record.acts, (6, 7), ("telegram", "web"), strict=True)
    ]
    return replace(record, acts=tuple(given), since=5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_page_tells_it_all_in_every_language(press, language):
    record, words = of(press, language), paper_words(language).certificate
    told = certificate(press, record, PROVED, MAILS, is_sealed=True)
    content = print_paper(replace(receipt_paper(press, "registration", "R-2026-000001", record), certificate=told))
    page = squeezed(PdfReader(BytesIO(content)).pages[-1].extract_text())
    for wanted in (FIRST, SECOND, "agenzia@example.org", SHOWN, record.acts[0].text_sha256, words.channels["web"].split()[0]):
        assert squeezed(wanted) in page
    assert "[U+" not in page
    if language == "fa":  # written from the right, it is read back by another reader (tests/forms/papers/test_scripts.py)
        return
    for wanted in (
        words.title,
        words.who,
        words.delivery,
        words.states["queued"],
        words.states["failed"],
        words.limits,
        words.sealed,
        DAYS[language],
    ):
        assert squeezed(wanted) in page


def test_what_is_recorded_stands_under_its_heading(press):
    record = of(press, "it")
    who, what, texts, delivery = certificate(press, record, PROVED, MAILS, is_sealed=False).sections
    assert [(row.value, row.detail) for row in who.rows][1:] == [
        (FIRST, "Provata: il codice monouso inviato a questo indirizzo è stato digitato il 22 novembre 2026, 09:19:53, UTC+01:00"),
        (SECOND, ""),  # it was replaced since
    ]
    assert [row.value for row in what.rows] == ["22 novembre 2026, 09:26:53, UTC+01:00", "Chat sul web · italiano", grouped(SHOWN)]
    assert texts.rows[0].value == grouped(record.acts[0].text_sha256)
    assert texts.rows[0].detail == "No, non acconsento · 22 novembre 2026, 09:26:53, UTC+01:00 · Telegram · italiano"
    assert [row.detail for row in delivery.rows] == [
        "In partenza, con questo documento allegato",
        "Inviata: 22 novembre 2026, 09:26:55, UTC+01:00",
        "Non consegnata",
    ]


def test_persian_days_are_of_its_own_calendar(press):
    record = of(press, "fa")
    told = certificate(press, record, PROVED, MAILS, is_sealed=True)
    assert DAYS["fa"] in told.sections[1].rows[0].value


def test_a_seal_is_spoken_of_only_where_there_is_one(press):
    words = paper_words("it").certificate
    assert certificate(press, of(press, "it"), PROVED, MAILS, is_sealed=False).notes == (words.limits,)


def test_acts_that_an_earlier_receipt_tells_are_not_told_again(press):
    record = of(press, "it")
    headings = [section.title for section in certificate(press, replace(record, since=6), PROVED, MAILS, is_sealed=True).sections]
    assert paper_words("it").certificate.texts not in headings  # the confirmation stands by itself


def test_acts_on_one_text_stand_together_each_with_its_moment(press):
    record = of(press, "it")
    first, last = record.acts
    by_phone = replace(first, question="modules.privacy_marketing.act_phone", at=AT + timedelta(seconds=1))
    texts = certificate(press, replace(record, acts=(first, by_phone, last)), PROVED, MAILS, is_sealed=True).sections[2]
    (row,) = texts.rows
    assert row.label == "Offerte per e-mail, Offerte per telefono"
    assert [line.split(", ")[-2] for line in row.detail.splitlines()] == ["09:26:53", "09:26:54"]


def test_the_record_says_the_same_for_a_program_and_nothing_that_is_not_printed(press):
    record = of(press, "it")
    text = as_json("registration", "R-2026-000001", AT.astimezone(UTC), record)
    told = json.loads(text)
    assert (told["format"], told["number"], told["at"]) == (FORMAT, "R-2026-000001", "2026-11-22T08:26:53+00:00")
    assert told["answers"][0]["answers"] == dict(record.parts[0].answers)
    assert [GivenAct(**{**act, "at": datetime.fromisoformat(act["at"])}) for act in told["acts"]] == list(record.acts)
    assert "card" not in told
    assert as_json("registration", "R-2026-000001", AT.astimezone(UTC), record) == text
