"""S0-21: a customer's path of acts, whole or from an agreed day, as page, PDF, CSV and JSON; each look is audited."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from console.paths import as_csv, open_path, write_path
from dialogs.effects import ChangeConsents, ConfirmCard, RecordAct
from dialogs.paths import PathRow
from rules.access import Role
from rules.refusals import Reason, Refused
from storage.receipts import find_receipt_by_number
from tests.bots.house import AT, SHOWN, STAMP, a_customer
from tests.console.house import a_colleague, a_request, audited, give_to
from tests.forms.papers.reading import all_text, squeezed

pytestmark = pytest.mark.slow
BY_MAIL = "modules.privacy_marketing.act_email"
LATER = AT + timedelta(days=30)


@pytest.fixture
async def party(house):
    """Registered and asked for a quote; a month later the consent was taken back and the card confirmed again."""
    request = await a_request(house)
    back = RecordAct(BY_MAIL, "privacy_marketing", "1", "consent", "withdrawn", SHOWN, SHOWN, "it", LATER)
    await a_customer(house, ChangeConsents((back,), SHOWN, LATER, STAMP, "it"), ConfirmCard(SHOWN, LATER, STAMP, "it"))
    return request.party


async def test_the_whole_path_says_which_paper_took_the_place_of_which(house, agent, party):
    rows = (await open_path(house, agent, party, "it")).rows
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    given, back = [row for row in rows if row.question == BY_MAIL]
    assert (given.told, back.told) == ("Sì, acconsento", "Revocato")
    assert (given.receipt, back.receipt) == ("R-2026-000001", "R-2026-000003")
    assert (back.replaces, back.replaced_receipt) == (given.number, "R-2026-000001")
    registered, confirmed = [row for row in rows if row.question in {"registration_person.confirm", "quote_home.card_confirm"}]
    assert (confirmed.receipt, confirmed.replaces, confirmed.replaced_receipt) == ("R-2026-000004", registered.number, "R-2026-000001")
    [quote] = [row for row in rows if row.question == "quote_home.confirm"]
    assert quote.replaces is None
    assert {(row.label, row.channel, row.language) for row in rows if row is given} == {("Offerte per e-mail", "web", "it")}


async def test_from_an_agreed_day_the_earlier_acts_are_named_and_not_listed(house, agent, party):
    rows = (await open_path(house, agent, party, "it", LATER.date())).rows
    assert [row.answer for row in rows] == ["withdrawn", "confirm"]
    assert rows[0].replaced_receipt == "R-2026-000001"
    assert (await open_path(house, agent, party, "it", date(2030, 1, 1))).rows == ()


async def test_it_is_handed_out_as_csv_json_and_pdf(house, agent, party):
    rows = (await open_path(house, agent, party, "it")).rows
    table = list(csv.DictReader(io.StringIO((await write_path(house, agent, party, "it", form="csv")).decode("utf-8-sig"))))
    told = json.loads(await write_path(house, agent, party, "it", form="json"))["acts"]
    for row, line, act in zip(rows, table, told, strict=True):
        assert (line["number"], line["question"], line["link"]) == (str(row.number), row.question, row.link)
        assert (act["number"], act["question"], act["link"]) == (row.number, row.question, row.link)
    printed = all_text(await write_path(house, agent, party, "it", LATER.date(), form="pdf"))
    for part in ("Percorso degli atti", "Offerte per e-mail", "Revocato", "R-2026-000003 · sostituisce R-2026-000001", "22 dicembre 2026"):
        assert squeezed(part) in printed
    assert await audited(house, agent) == ["read_client"] * 4


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝", "|", " ="])
def test_no_cell_is_a_formula(begin):
    row = PathRow(
        1, AT, "consent", BY_MAIL, f"{begin}cmd", "accept", "Sì", "m", "1", "it", "web", f"{begin}1", SHOWN,
        is_text_kept=True, receipt="", replaces=None, replaced_receipt="", link="00",
    )  # fmt: skip
    [line] = list(csv.DictReader(io.StringIO(as_csv([row]).decode("utf-8-sig"), newline="")))
    assert (line["label"], line["stamp"], line["at"]) == (f"'{begin}cmd", f"'{begin}1", AT.isoformat())


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
async def test_only_who_may_read_customers_reads_their_path(house, party, role):
    actor = await a_colleague(house, role)
    if role is Role.AUDITOR:
        assert (await open_path(house, actor, party, "it")).rows
    else:
        with pytest.raises(Refused, check=lambda refused: refused.reason is Reason.NOT_ALLOWED):
            await open_path(house, actor, party, "it")


async def test_another_s_customer_is_hidden(house, agent, other, party):
    await give_to(house, party, other)
    for form in ("csv", "json", "pdf"):
        with pytest.raises(Refused, check=lambda refused: refused.reason is Reason.NOT_ALLOWED):
            await write_path(house, agent, party, "it", form=form)


async def test_the_receipt_itself_names_what_it_takes_the_place_of(house, party):
    from bots.papers import Press, receipt_paper
    from bots.records import read_receipt
    from dialogs.services import agency_of

    settings = house.settings
    press = Press(house.catalogue, agency_of(settings), settings.zone, settings.currency, settings.public_url)
    async with house.database.transaction() as session:
        row = await find_receipt_by_number(session, "R-2026-000003")
        known = await read_receipt(session, house.keys, press, row.id)
    paper = receipt_paper(press, row.kind, row.number, known.record)
    assert paper.proof.replaces == "R-2026-000001"
    assert [(line.label, line.value) for line in paper.sections[0].rows] == [("Offerte per e-mail", "Revocato")]
