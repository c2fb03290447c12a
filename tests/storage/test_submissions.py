"""Submissions as they are kept."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rules.refusals import Reason, Refused
from rules.submissions import Act
from storage.submissions import (
    Move,
    claim_submission,
    move_submission,
    open_confirmed,
    read_history,
    read_submission,
    submissions_of,
    suspend,
)
from storage.tables.base import new_id
from storage.tables.submissions import Submission, SubmissionEvent
from tests.storage.builders import AT, a_confirmation, a_party, a_suspended

ANNA, BRUNO = new_id(), new_id()


async def test_a_confirmed_form_is_suspended_with_its_answers_sealed(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await a_suspended(session, owner)
        read = await read_submission(session, owner, row.id)
        assert (row.state, row.version, row.indicative_cents) == ("suspended", 1, 21_437)
        assert read.answers == {"quote_home.place.street": "Via Demo"}
        assert read.pricing == {"net": "175.00"}
        assert b"Via Demo" not in row.sealed_answers
        assert [s.id for s in await submissions_of(session, owner.party)] == [row.id]


async def test_a_returned_submission_comes_back_as_itself(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await a_suspended(session, owner)
        await claim_submission(session, owner, row.id, ANNA, AT)
        detail = {"questions": ["quote_home.place.street"], "reason": "Manca il civico"}
        await move_submission(session, owner, row.id, Move(Act.RETURN_ANSWERS, AT, ANNA, detail))
        assert row.state == "returned"
        again = await suspend(session, owner, a_confirmation(submission=row.id, answers={"quote_home.place.street": "Via Demo 1"}))
        assert (again.id, again.state, again.claimed_by) == (row.id, "suspended", None)
        history = await read_history(session, owner, row.id)
        assert [event.act for event in history] == ["confirm", "claim", "return_answers", "confirm"]
        assert history[2].detail == detail
        assert [event.version for event in history] == [1, 2, 3, 4]
        moves = select(SubmissionEvent).where(SubmissionEvent.submission_id == row.id).order_by(SubmissionEvent.version)
        first, *_, last = await session.scalars(moves)
        assert open_confirmed(owner, first) == ({"quote_home.place.street": "Via Demo"}, {})
        assert open_confirmed(owner, last) == ({"quote_home.place.street": "Via Demo 1"}, {})


async def test_what_the_rules_do_not_know_changes_nothing(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await a_suspended(session, owner)
    with pytest.raises(Refused) as refused:
        async with database.transaction() as session:
            await move_submission(session, owner, row.id, Move(Act.ISSUE, AT, ANNA))
    assert refused.value == Refused(Reason.NOT_POSSIBLE_NOW, state="suspended")
    async with database.transaction() as session:
        assert len(await read_history(session, owner, row.id)) == 1


async def test_a_claim_keeps_others_out_until_it_ends(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await a_suspended(session, owner)
        await claim_submission(session, owner, row.id, ANNA, AT)
        await claim_submission(session, owner, row.id, ANNA, AT + timedelta(minutes=10))
        with pytest.raises(Refused) as refused:
            await claim_submission(session, owner, row.id, BRUNO, AT + timedelta(minutes=39))
        assert refused.value.reason is Reason.CLAIMED_BY_OTHER
        await claim_submission(session, owner, row.id, BRUNO, AT + timedelta(minutes=40))
        assert (row.claimed_by, row.state) == (BRUNO, "in_review")
        assert len(await read_history(session, owner, row.id)) == 2


async def test_two_colleagues_at_once_only_one_claims(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await a_suspended(session, owner)

    async def claim(colleague):
        async with database.transaction() as session:
            await claim_submission(session, owner, row.id, colleague, AT)

    results = await asyncio.gather(claim(ANNA), claim(BRUNO), return_exceptions=True)
    assert sorted(str(result) for result in results) == ["None", "claimed_by_other"]


async def test_a_rollback_leaves_no_submission(database):
    async def break_off():
        async with database.transaction() as session:
            await a_suspended(session, await a_party(session))
            raise KeyError("the turn failed")

    with pytest.raises(KeyError):
        await break_off()
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Submission)) == 0


async def test_another_partys_submission_is_not_there(database):
    async with database.transaction() as session:
        owner, other = await a_party(session), await a_party(session, "other@example.org")
        row = await a_suspended(session, owner)
        with pytest.raises(LookupError):
            await read_submission(session, other, row.id)
