"""Offers, policies and the numbers of receipts."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from rules.refusals import Reason, Refused
from rules.submissions import Act
from storage.offers import (
    NewOffer,
    close_offers,
    decide_offer,
    expire_offer,
    make_offer,
    offer_of,
    open_offers,
    overdue_offers,
    read_reason,
)
from storage.policies import issue_policy, policies_of
from storage.receipts import NewReceipt, find_receipt_by_number, next_number, number_receipt, party_named, read_binding, receipts_of
from storage.submissions import Move, claim_submission, move_submission, read_history
from storage.tables.base import new_id
from tests.storage.builders import AT, a_party, a_suspended

ANNA = new_id()
TODAY = date(2026, 11, 22)


async def an_offer(session, owner, valid_until=date(2026, 12, 22)):
    row = await a_suspended(session, owner)
    await claim_submission(session, owner, row.id, ANNA, AT)
    await move_submission(session, owner, row.id, Move(Act.APPROVE, AT, ANNA))
    return row, await make_offer(session, owner, NewOffer(row.id, 20_000, valid_until, AT, ANNA, "sconto"))


async def test_an_accepted_offer_asks_for_the_policy_and_it_is_issued(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        submission, offer = await an_offer(session, owner)
        assert (submission.state, submission.premium_cents, read_reason(owner, offer)) == ("quoted", 20_000, "sconto")
        assert [o.id for o in await open_offers(session, owner.party)] == [offer.id]
        await decide_offer(session, owner, offer.id, is_accepted=True, at=AT, today=TODAY)
        assert (submission.state, offer.state) == ("issue_requested", "accepted")
        policy = await issue_policy(session, owner, offer, colleague=ANNA, at=AT, zone="Europe/Rome", starts_on=TODAY)
        assert (policy.number, submission.state) == ("P-2026-000001", "issued")
        assert [p.id for p in await policies_of(session, owner.party)] == [policy.id]
        assert await party_named(session, "p-2026-000001") == owner.party
        acts = [event.act for event in await read_history(session, owner, submission.id)]
        assert acts == ["confirm", "claim", "approve", "quote", "accept_offer", "issue"]


async def test_a_policy_that_was_not_asked_for_is_not_issued(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        _, offer = await an_offer(session, owner)
    with pytest.raises(Refused):
        async with database.transaction() as session:
            await issue_policy(session, owner, offer, colleague=ANNA, at=AT, zone="Europe/Rome", starts_on=None)


async def test_a_refused_offer_withdraws_and_cannot_be_accepted_later(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        submission, offer = await an_offer(session, owner)
        await decide_offer(session, owner, offer.id, is_accepted=False, at=AT, today=TODAY)
        assert (submission.state, offer.state) == ("withdrawn", "refused")
        with pytest.raises(Refused) as refused:
            await decide_offer(session, owner, offer.id, is_accepted=True, at=AT, today=TODAY)
        assert refused.value == Refused(Reason.NOT_POSSIBLE_NOW, state="refused")


async def test_an_offer_ends_with_its_last_day(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        submission, offer = await an_offer(session, owner, valid_until=TODAY)
        assert await overdue_offers(session, TODAY) == ()
        assert [o.id for o in await overdue_offers(session, date(2026, 11, 23))] == [offer.id]
        with pytest.raises(Refused):
            await decide_offer(session, owner, offer.id, is_accepted=True, at=AT, today=date(2026, 11, 23))
        for _ in range(2):
            await expire_offer(session, owner, offer.id, AT)
        assert (submission.state, offer.state) == ("expired", "expired")


async def test_another_partys_offer_is_not_there(database):
    async with database.transaction() as session:
        owner, other = await a_party(session), await a_party(session, "other@example.org")
        _, offer = await an_offer(session, owner)
        with pytest.raises(LookupError):
            await decide_offer(session, other, offer.id, is_accepted=True, at=AT, today=TODAY)


async def test_a_withdrawn_submission_has_no_open_offer(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        submission, offer = await an_offer(session, owner)
        await move_submission(session, owner, submission.id, Move(Act.WITHDRAW, AT))
        await close_offers(session, submission.id, AT)
        assert await open_offers(session, owner.party) == ()
        assert (await offer_of(session, submission.id)).id == offer.id


def a_receipt(at=AT):
    return NewReceipt("quote", new_id(), "it", at, "22/11/26/09/26/53 demo@example.org", "Europe/Rome", bytes(32))


async def test_a_receipt_fixes_number_instant_and_stamp(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await number_receipt(session, owner, a_receipt())
        binding = read_binding(owner, row)
        assert row.number == "R-2026-000001"
        assert (binding.stamp, binding.utc_offset, binding.sequence) == ("22/11/26/09/26/53 demo@example.org", "+01:00", 0)
        assert [r.id for r in await receipts_of(session, owner.party)] == [row.id]
        assert (await find_receipt_by_number(session, "R-2026-000001")).id == row.id


async def test_receipt_numbers_have_no_gap_after_a_rollback_and_two_at_once(database):
    async with database.transaction() as session:
        owner = await a_party(session)

    async def take(*, is_broken):
        async with database.transaction() as session:
            row = await number_receipt(session, owner, a_receipt())
            if is_broken:
                raise KeyError("the turn failed")
            return row.number

    taken = await asyncio.gather(*(take(is_broken=number % 2 == 0) for number in range(8)), return_exceptions=True)
    assert sorted(number for number in taken if isinstance(number, str)) == [f"R-2026-00000{n}" for n in range(1, 5)]


async def test_the_year_is_the_agencys(database):
    async with database.transaction() as session:
        new_years_eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        assert await next_number(session, "R", new_years_eve, "Europe/Rome") == "R-2027-000001"
        assert await next_number(session, "R", new_years_eve, "UTC") == "R-2026-000001"
