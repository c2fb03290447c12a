"""Who waits for a call, and mail that did not arrive: shown to whom it concerns, done once, audited."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from console.messages import (
    DocumentTrouble,
    answer_call,
    list_calls,
    list_document_trouble,
    list_failed_mails,
    retry_mail,
)
from console.reading import list_submissions
from dialogs.events import Commanded
from rules.refusals import Reason, Refused
from storage.calls import NewCall, request_call
from storage.mails import mails_of, mark_failed
from storage.parties import open_party
from storage.queue import Filter
from storage.tables.base import new_id
from storage.tables.evidence import AuditEvent, Document
from storage.tables.messages import OutgoingMail
from tests.builders import a_visitor
from tests.console.house import a_document, audited, give_to

PHONE = "+393331234567"


async def told_of(services):
    """Acts of the audit trail, each with its customer."""
    async with services.database.transaction() as session:
        return [(row.action, row.party_id) for row in await session.scalars(select(AuditEvent))]


def not_allowed():
    return pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED)


async def test_a_visitors_call_is_everybodys_with_the_number_left(house, agent):
    visitor = await a_visitor(house)
    await visitor.play({"journey.language": "it"}, until="journey.goal")
    await visitor.send(Commanded("human"))
    await visitor.answer(PHONE)
    (call,) = await list_calls(house, agent)
    assert (call.customer, call.phone, call.topic) == (None, PHONE, "contact")
    await answer_call(house, agent, call.id)
    assert await list_calls(house, agent) == ()
    with not_allowed():
        await answer_call(house, agent, call.id)
    assert await audited(house, agent) == ["read_messages", "answer_call", "read_messages", "answer_call.refused"]


async def test_a_customers_call_is_shown_to_their_agent_only(house, request_, agent, other):
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, request_.party)
        call = await request_call(session, owner, NewCall(new_id(), PHONE, "contact", house.clock()))
    await give_to(house, request_.party, other)
    assert await list_calls(house, agent) == ()
    with not_allowed():
        await answer_call(house, agent, call)
    ((found),) = await list_calls(house, other)
    assert (found.customer, found.phone) == ("Esempio Demetra", PHONE)
    await answer_call(house, other, call)
    assert ("answer_call", request_.party) in await told_of(house)


async def test_a_mail_that_failed_for_good_is_shown_and_tried_again_once(house, request_, agent):
    async with house.database.transaction() as session:
        mail = (await mails_of(session, request_.party))[0].id
        await mark_failed(session, mail, "smtp_550", is_final=True)
    (failed,) = await list_failed_mails(house, agent)
    assert (failed.id, failed.error, failed.attempts, failed.customer) == (mail, "smtp_550", 1, "Esempio Demetra")
    await retry_mail(house, agent, mail)
    assert ("retry_mail", request_.party) in await told_of(house)
    assert await list_failed_mails(house, agent) == ()
    with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_POSSIBLE_NOW):
        await retry_mail(house, agent, mail)


async def test_documents_in_trouble_are_told_to_whom_they_concern(house, request_, agent, other):
    """S0-26: a second copy that is missing, and what neither store has right."""
    assert (await list_document_trouble(house, agent)).since is None
    document = await a_document(house, request_.party)
    async with house.database.transaction() as session:
        await session.execute(update(Document).where(Document.id == document).values(copied_at=None, damaged_at=house.clock()))
    trouble = await list_document_trouble(house, agent)
    assert (trouble.waiting, [one.customer for one in trouble.damaged]) == (1, ["Esempio Demetra"])
    await give_to(house, request_.party, other)
    assert await list_document_trouble(house, agent) == DocumentTrouble(0, None, ())


@pytest.mark.parametrize(
    "text", ["name like %' OR 1=1", "%", "_", "\\", "\x00", "\ud800", "x" * 10_000, "<script>alert(1)</script>", "'; drop table party; --"]
)
async def test_whatever_is_typed_into_the_filter_is_only_looked_for(house, request_, agent, text):
    found = await list_submissions(house, agent, Filter(text=text))
    assert found.page.rows == () or not text.strip("\x00\ud800")
    assert len((await list_submissions(house, agent, Filter(text="esempio"))).page.rows) == 2


async def test_a_mail_that_never_left_is_shown_after_an_hour_and_printed_anew(house, request_, agent):
    """The job that prints its paper broke: nobody refused the mail, it just never went."""
    async with house.database.transaction() as session:
        left = {row.id: row.receipt_id for row in await mails_of(session, request_.party) if row.receipt_id}
        await session.execute(update(OutgoingMail).values(created_at=house.clock() - timedelta(minutes=61), attempts=0, state="queued"))
    shown = {mail.id for mail in await list_failed_mails(house, agent)}
    assert left.keys() <= shown
    mail, receipt = next(iter(left.items()))
    await retry_mail(house, agent, mail)
    async with house.database.transaction() as session:
        job = await session.scalar(
            text("select name from dbos.workflow_status where workflow_uuid like :id order by created_at desc limit 1"),
            {"id": f"receipt-{receipt}-%"},
        )
    assert job == "receipt"
