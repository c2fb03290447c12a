"""A consent taken back: its receipt and paper, and no message that was waiting leaves any more."""

from uuid import UUID

import pytest
import pytest_asyncio

from bots import receipts
from bots.mails.outgoing import post
from dialogs.effects import ChangeConsents, RecordAct
from dialogs.known import is_consented
from storage.acts import read_acts
from storage.mails import NewMail, queue_mail
from storage.parties import open_party
from tests.bots.house import AT, EMAIL, SHOWN, STAMP, a_customer, a_registration, the_mails, the_receipts
from tests.bots.test_receipts import letters
from tests.forms.papers.reading import all_text, squeezed

pytestmark = pytest.mark.slow
BY_MAIL = "modules.privacy_marketing.act_email"


def an_act(answer: str) -> RecordAct:
    return RecordAct(BY_MAIL, "privacy_marketing", "1", "consent", answer, SHOWN, SHOWN, "it", AT)


def a_change(answer: str) -> ChangeConsents:
    return ChangeConsents((an_act(answer),), SHOWN, AT, STAMP, "it")


@pytest.fixture
def shop(house, one_printer):
    """The jobs' tools, without the process that would do the jobs by itself."""
    workshop = receipts.register(house)
    workshop.printers = one_printer
    return workshop


@pytest_asyncio.fixture
async def waiting(house) -> tuple[UUID, UUID]:
    """A customer who agreed to offers by mail, and an offer that waits to be sent."""
    party = await a_customer(house, *a_registration(), a_change("accept"))
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        facts = {"subject": "Offerta DEMO", "text": "Solo per prova."}
        mail = await queue_mail(session, owner, NewMail("marketing", EMAIL, "it", facts=facts, needs_consent=BY_MAIL), domain="example.org")
    return party, mail


async def test_a_message_that_rests_on_a_consent_leaves_while_it_stands(house, shop, waiting):
    _, mail = waiting
    assert await post(shop, [mail]) == ["sent"]
    [letter] = [one for one in letters(house) if one["Subject"] == "Offerta DEMO"]
    told = letter.get_body(("plain",)).get_content()
    assert "revoca offerte per e-mail" in " ".join(told.split())
    assert "non pubblicità" not in told


async def test_a_message_already_waiting_is_withheld_once_the_consent_is_taken_back(house, shop, waiting):
    party, mail = waiting
    assert await a_customer(house, a_change("withdrawn")) == party
    assert await post(shop, [mail]) == ["nothing"]
    assert not (house.settings.mail_folder / "new").exists()
    [row] = [one for one in await the_mails(house, party) if one.id == mail]
    assert (row.state, row.sent_at) == ("withheld", None)
    assert await post(shop, [mail]) == ["nothing"], "nor later"


@pytest.mark.parametrize(("months", "stands"), [(23, True), (25, False)])
async def test_a_consent_too_old_lets_nothing_leave(house, waiting, months, stands):
    party, _ = waiting
    later = AT.replace(year=AT.year + (AT.month + months - 1) // 12, month=(AT.month + months - 1) % 12 + 1)
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        assert await is_consented(session, owner, house.catalogue, BY_MAIL, later) is stands


async def test_taking_back_is_an_act_with_its_receipt_paper_and_mails(house, shop):
    party = await a_customer(house, *a_registration(), a_change("accept"), a_change("withdrawn"))
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        acts = await read_acts(session, owner)
        kept = await the_receipts(session, party)
    assert [act.answer for act in acts if act.question == BY_MAIL] == ["refuse", "accept", "withdrawn"]
    assert [receipt.kind for receipt in kept] == ["registration", "consents", "consents"]
    assert kept[-1].sequence == acts[-1].number
    await receipts.deliver_receipt(str(kept[-1].id))
    subject = f"Ricevuta {kept[-1].number}: i tuoi consensi"
    [to_customer] = [one for one in letters(house) if one["Subject"] == subject]
    assert "Revocato" in to_customer.get_body(("plain",)).get_content()
    [to_agency] = [one for one in letters(house) if one["To"] == "agenzia@example.org" and kept[-1].number in one["Subject"]]
    assert "Consensi cambiati dal cliente" in to_agency["Subject"]
    [attached] = to_customer.iter_attachments()
    printed = all_text(attached.get_content())
    for told in ("Ricevuta: i tuoi consensi", "Che cosa hai deciso ora", "Offerte per e-mail", "Revocato", STAMP):
        assert squeezed(told) in printed
