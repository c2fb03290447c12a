"""Papers in the chat: a receipt once it is printed, and what a colleague's news brings along."""

import pytest

from tests.bots.conftest import Work, one_printer, work
from tests.bots.telegram.house import House
from tests.bots.telegram.test_talking import at
from tests.dialogs.driver import PERSON

pytestmark = pytest.mark.slow

__all__ = ["one_printer", "work"]


async def test_a_registrations_receipt_is_sent_as_a_document_once(house: House, work: Work) -> None:
    robot = await at(house, "registration_person.bank.iban")
    async with work(house.services):
        await robot.walk({**PERSON, "registration_person.bank.iban": "/skip"}, "journey.goal")
        await house.telegram.until(lambda: any(sent.document for sent in robot.person.heard))
        await robot.read()
        await robot.say("/help")
    papers = [sent for sent in robot.person.heard if sent.document]
    assert [paper.document[:5] for paper in papers if paper.document] == [b"%PDF-"]
    assert papers[0].message["document"]["file_name"].endswith(".pdf")
