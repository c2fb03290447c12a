"""Papers in the chat: a receipt once it is printed, and what a colleague's news brings along."""

import pytest
from aiogram import Bot
from sqlalchemy import select

from bots.telegram.rendering import File
from bots.telegram.sending import Sender
from storage.tables.evidence import Document
from tests.bots.conftest import Work, one_printer, work
from tests.bots.house import unreadable
from tests.bots.telegram.house import House
from tests.bots.telegram.test_talking import at
from tests.dialogs.driver import PERSON
from tests.telegram_api import Refusal

pytestmark = pytest.mark.slow

__all__ = ["one_printer", "work"]


async def test_a_registrations_receipt_is_sent_as_a_document_once_and_said_where_it_cannot_be_read(
    house: House, work: Work, bot: Bot
) -> None:
    robot = await at(house, "registration_person.bank.iban")
    async with work(house.services):
        await robot.walk({**PERSON, "registration_person.bank.iban": "/skip"}, "journey.goal")
        await house.telegram.until(lambda: any(sent.document for sent in robot.person.heard))
        await robot.read()
        await robot.say("/help")
    papers = [sent for sent in robot.person.heard if sent.document]
    assert [paper.document[:5] for paper in papers if paper.document] == [b"%PDF-"]
    assert papers[0].message["document"]["file_name"].endswith(".pdf")

    async with house.services.database.transaction() as session:
        document = (await session.scalars(select(Document).where(Document.kind == "receipt"))).one()
    chat = await house.chat(robot.person)
    loaded = await house.services.turn_store.load(chat.conversation, fresh=True)
    assert loaded is not None
    assert document.party_id is not None
    with unreadable(house.services, document.party_id, document.id):
        await Sender(bot, house.services).send(chat.number, File(str(document.id)), loaded)
    assert f"{house.url}/area" in robot.person.heard[-1].text  # and whatever stands behind it need not wait


@pytest.mark.parametrize("refusal", [Refusal.bad("wrong file identifier"), Refusal(413, "Request Entity Too Large")])
async def test_a_document_that_is_refused_is_told_of_once_and_holds_nothing_up(house: House, work: Work, refusal: Refusal) -> None:
    robot = await at(house, "registration_person.bank.iban")
    house.telegram.refusal = lambda name, _asked: refusal if name == "sendDocument" else None
    async with work(house.services):
        await robot.walk({**PERSON, "registration_person.bank.iban": "/skip"}, "journey.goal")
        assert f"{house.url}/area" in (await robot.person.until_hears("non sono riuscito a mandartelo")).text
        await robot.say("/help")
        chat = await house.settled(robot.person)
    assert await house.chats.untold_receipts(chat.index) == []
    assert len([sent for sent in robot.person.heard if "/area" in sent.text]) == 1
