"""Outgoing mail."""

import pytest
from sqlalchemy import text

from storage.calls import NewCall, answer_call, open_calls, read_call, request_call
from storage.documents import About, Stored, document_of_receipt, read_title
from storage.mails import (
    NewMail,
    failed_mails,
    keep_receipt,
    mails_of,
    mails_of_receipt,
    mark_failed,
    mark_sent,
    queue_again,
    queue_mail,
    read_mail,
)
from storage.parties import forget_conversation
from storage.tables.base import new_id
from tests.storage.builders import AT, KEYS, a_conversation, a_party

CODE = NewMail("code", "demo@example.org", "it", facts={"code": "123456"})


async def test_a_mail_keeps_its_message_id_and_its_address_sealed(database):
    async with database.transaction() as session:
        conversation = await a_conversation(session)
        id_ = await queue_mail(session, conversation, CODE, domain="example.org")
        mail = await read_mail(session, KEYS, id_)
        assert (mail.to, mail.language, mail.facts) == ("demo@example.org", "it", {"code": "123456"})
        assert mail.message_id == f"<{id_}@example.org>"
        assert b"demo@example.org" not in mail.row.sealed_payload


async def test_a_mail_of_a_forgotten_conversation_is_not_there(database):
    async with database.transaction() as session:
        conversation = await a_conversation(session)
        id_ = await queue_mail(session, conversation, CODE, domain="example.org")
        await session.execute(text("update conversation set wrapped_key = null"))
        assert await read_mail(session, KEYS, id_) is None
        await forget_conversation(session, conversation.conversation)
        session.expire_all()
        assert await read_mail(session, KEYS, id_) is None


@pytest.mark.parametrize(("is_final", "state"), [(False, "queued"), (True, "failed")])
async def test_a_failure_is_counted_and_only_a_final_one_ends_it(database, is_final, state):
    async with database.transaction() as session:
        id_ = await queue_mail(session, await a_party(session), CODE, domain="example.org")
        await mark_failed(session, id_, "smtp_550", is_final=is_final)
        row = (await read_mail(session, KEYS, id_)).row
        await session.refresh(row)
        assert (row.state, row.attempts, row.last_error) == (state, 1, "smtp_550")
        assert [m.id for m in await failed_mails(session, AT)] == ([id_] if is_final else [])
        await queue_again(session, id_, AT)
        assert await mark_sent(session, [id_], AT) == {id_}
        await session.refresh(row)
        assert (row.state, row.attempts, row.last_error, row.sent_at) == ("sent", 2, None, AT)


async def test_a_receipt_s_paper_is_kept_with_its_mails_once(database):
    stored = Stored(new_id(), b"1" * 32, b"2" * 32, 5, "application/pdf", AT, AT, AT)
    async with database.transaction() as session:
        owner, receipt = await a_party(session), new_id()
        ids = [await queue_mail(session, owner, NewMail("receipt", to, "it", receipt=receipt), domain="example.org") for to in "ab"]
        other = await queue_mail(session, owner, NewMail("receipt", "c", "it", receipt=new_id()), domain="example.org")
        assert [row.id for row in await mails_of_receipt(session, receipt)] == ids
    for _ in range(2):
        async with database.statements() as session:
            await keep_receipt(session, owner, stored, About("receipt", "Ricevuta", receipt=receipt))
    async with database.transaction() as session:
        papers = {row.id: row.document_id for row in await mails_of(session, owner.party)}
        kept = await document_of_receipt(session, receipt)
        assert papers == {**dict.fromkeys(ids, stored.id), other: None}
        assert (kept.id, kept.sha256, read_title(owner, kept)) == (stored.id, stored.sha256, "Ricevuta")


async def test_a_call_back_waits_until_it_is_answered(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        call = await request_call(session, owner, NewCall(new_id(), "+393330000000", "preventivo", AT))
        (row,) = await open_calls(session)
        assert read_call(owner, row) == {"phone": "+393330000000", "topic": "preventivo"}
        await answer_call(session, call, new_id(), AT)
        assert await open_calls(session) == ()
