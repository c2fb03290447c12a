"""What the clock does while nobody writes."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bots.clock import Clock, expire_overdue, send_stranded
from storage.audit import read_audit
from storage.offers import find_offer
from storage.submissions import find_submission
from tests.bots.house import AT, EMAIL, a_customer, a_quote, a_registration, an_offer, the_mails
from tests.bots.test_receipts import letters, settled

pytestmark = pytest.mark.slow


async def test_an_offer_expires_the_day_after_its_last_without_anybody_writing(house, work):
    party = await a_customer(house, *a_registration(), a_quote())
    offer = await an_offer(house, party)
    on_last_day = replace(house, clock=lambda: AT + timedelta(days=30))
    assert await expire_overdue(on_last_day) == []
    after = replace(house, clock=lambda: AT + timedelta(days=31))
    async with work(after):
        assert await expire_overdue(after) == [offer]
        assert await expire_overdue(after) == []
        await settled(after)
    async with house.database.transaction() as session:
        row = await find_offer(session, offer)
        assert row.state == "expired"
        submission = await find_submission(session, row.submission_id)
        assert submission.state == "expired"
        assert (await read_audit(session, party=party))[0].action == "offer.expired"
        turns = await house.turn_store.read_turns(str(submission.conversation_id))
    assert b"offerta \xc3\xa8 scaduta" in turns[-1].replies
    [mail] = [letter for letter in letters(house) if "scaduta" in letter["Subject"]]
    assert mail["To"] == EMAIL
    assert "—" not in mail["Subject"]
    assert {one.state for one in await the_mails(house, party) if one.kind == "expired"} == {"sent"}


async def test_it_looks_by_itself_as_soon_as_it_runs(house):
    party = await a_customer(house, *a_registration(), a_quote())
    offer = await an_offer(house, party)
    async with Clock(replace(house, clock=lambda: AT + timedelta(days=31)), look_s=0.01):
        while True:
            async with house.database.transaction() as session:
                if (await find_offer(session, offer)).state == "expired":
                    break


async def test_what_nobody_foresaw_in_one_look_is_logged_without_its_sentence_and_ends_no_other(house, caplog):
    await an_offer(house, await a_customer(house, *a_registration(), a_quote()))
    async with house.database.transaction() as session:
        await session.execute(text("update party set wrapped_key = 'no key'"))
    async with Clock(replace(house, clock=lambda: AT + timedelta(days=31)), look_s=0.01), asyncio.timeout(180):
        while sum("overdue offers" in line for line in caplog.messages) < 2:  # noqa: ASYNC110 - over a background task
            await asyncio.sleep(0.01)
    told = next(line for line in caplog.messages if "overdue offers" in line)
    assert re.fullmatch(r"the look for overdue offers failed: CannotUnseal in .+storage/keys\.py:[0-9]+", told)


async def test_a_file_of_a_program_that_cannot_be_used_is_logged_once_whoever_noticed_it(house, caplog):
    (folder := house.settings.catalogue_folder / "sync").mkdir(parents=True)
    (folder / "crm.yaml").write_text("kind: fax\n")
    assert house.programs.refresh(house.catalogue), "a page of the console was faster"
    async with Clock(house, look_s=0.01), asyncio.timeout(180):
        while not any("crm.yaml" in line for line in caplog.messages):  # noqa: ASYNC110 - over a background task
            await asyncio.sleep(0.01)


async def test_a_receipt_whose_job_an_outage_has_ended_is_printed_and_mailed_once_it_is_over(house, work):
    party = await a_customer(house, *a_registration())
    later = replace(house, clock=lambda: AT + timedelta(minutes=11))
    async with house.database.transaction() as session:
        await session.execute(text("update outgoing_mail set created_at = :at where receipt_id is not null"), {"at": AT})
    assert await send_stranded(later) == 0, "its job is left to do"
    async with house.database.transaction() as session:
        await session.execute(text("update dbos.workflow_status set status = 'ERROR'"))
    assert await send_stranded(replace(house, clock=lambda: AT + timedelta(minutes=9))) == 0
    assert await send_stranded(replace(house, clock=lambda: AT + timedelta(days=3))) == 0, "it is a colleague's by now"
    assert await send_stranded(later) == 1, "of all mails that carry the paper"
    async with house.database.transaction() as session:
        await session.execute(text("delete from dbos.workflow_status where status = 'ERROR'"))
    async with work(later):
        await settled(later)
    assert {mail.state for mail in await the_mails(house, party) if mail.receipt_id} == {"sent"}
    assert await send_stranded(later) == 0
