"""What the clock does while nobody writes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.clock import Clock, expire_overdue
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
