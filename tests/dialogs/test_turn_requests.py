"""A quote from its confirmation to the policy asked for, and an answer that comes back: turns with all that they change."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from dialogs import applying, effects
from dialogs.events import Commanded, StaffSaid, TextSaid
from dialogs.known import missing_for_policy
from dialogs.turn import QuestionChanged
from rules.submissions import Act as Move_
from storage.acts import NewAct, append_act, verify_all
from storage.offers import NewOffer, decide_offer, make_offer, open_offers
from storage.parties import find_parties, open_party
from storage.submissions import Move, claim_submission, move_submission, read_submission
from storage.tables.base import new_id
from storage.tables.evidence import Receipt
from storage.tables.submissions import Submission
from tests.dialogs.driver import HOME, NOW, PERSON
from tests.dialogs.turning import CARD, KEYS, catalogue, clock, customer, only, settings, store, turns
from tests.forms.content import shipped

__all__ = ["catalogue", "clock", "customer", "settings", "store", "turns"]

pytestmark = pytest.mark.slow

ANNA = new_id()


async def quoted(customer, database, script=HOME):
    await customer.play(PERSON)
    await customer.play(script)
    async with database.transaction() as session:
        submission = (await session.scalars(select(Submission).where(Submission.form == "quote_home"))).one()
        owner = await open_party(session, KEYS, submission.party_id)
        await claim_submission(session, owner, submission.id, ANNA, NOW)
        await move_submission(session, owner, submission.id, Move(Move_.APPROVE, NOW, ANNA))
        offer = await make_offer(session, owner, NewOffer(submission.id, 21_437, NOW.date() + timedelta(days=30), NOW, ANNA))
    facts = {
        "offer": str(offer.id),
        "submission": str(submission.id),
        "premium_cents": 21_437,
        "valid_until": offer.valid_until.isoformat(),
    }
    return submission, offer, StaffSaid("quoted", facts)


async def test_a_quote_is_suspended_after_the_card_was_confirmed_anew(customer, database):
    await customer.play(PERSON)
    await customer.play(HOME)
    async with database.transaction() as session:
        kinds = list(await session.scalars(select(Receipt.kind).order_by(Receipt.number)))
        submission = (await session.scalars(select(Submission).where(Submission.form == "quote_home"))).one()
        owner = await open_party(session, KEYS, submission.party_id)
        read = await read_submission(session, owner, submission.id)
        assert kinds == ["registration", "card_confirmation", "quote"]
        assert (submission.state, submission.missing_count) == ("suspended", 0)
        assert read.answers["quote_home.building.area_m2"] == 90
        assert await verify_all(session) == {}


async def test_an_accepted_offer_asks_for_the_policy(customer, database, turns):
    submission, offer, said = await quoted(customer, database)
    customer.turn = json.loads(await turns.say(customer.conversation, said))
    assert customer.turn["id"] is None
    await customer.play({"journey.goal": "policy"}, until="offer.act")
    await customer.answer("accept")
    async with database.transaction() as session:
        assert (await session.get(Submission, submission.id)).state == "issue_requested"
        receipt = (await session.scalars(select(Receipt).where(Receipt.kind == "offer_acceptance"))).one()
    assert receipt.number in customer.said
    assert receipt.offer_id == offer.id


async def test_a_refused_offer_withdraws_the_request(customer, database, turns):
    submission, _, said = await quoted(customer, database)
    customer.turn = json.loads(await turns.say(customer.conversation, said))
    await customer.play({"journey.goal": "policy"}, until="offer.act")
    await customer.answer("refuse")
    async with database.transaction() as session:
        assert (await session.get(Submission, submission.id)).state == "withdrawn"
        receipt = await session.scalar(select(Receipt).order_by(Receipt.number.desc()).limit(1))
    assert receipt.kind == "offer_refusal"
    assert receipt.number in customer.said


async def test_an_offer_that_is_gone_cannot_be_accepted(customer, database, turns):
    submission, _, said = await quoted(customer, database)
    customer.turn = json.loads(await turns.say(customer.conversation, said))
    await customer.play({"journey.goal": "policy"}, until="offer.act")
    async with database.transaction() as session:
        await session.execute(text("update offer set state = 'expired'"))
    with pytest.raises(QuestionChanged) as changed:
        await customer.answer("accept")
    assert changed.value.question["path"] == "journey.goal"
    async with database.transaction() as session:
        assert (await session.get(Submission, submission.id)).state == "quoted"


async def test_who_was_overtaken_at_the_last_moment_is_told_and_that_is_remembered(customer, database, turns, monkeypatch):
    _, _, said = await quoted(customer, database)
    customer.turn = json.loads(await turns.say(customer.conversation, said))
    await customer.play({"journey.goal": "policy"}, until="offer.act")
    real = applying._APPLY[effects.DecideOffer]

    async def just_expired(work, effect):
        await work.session.execute(text("update offer set state = 'expired'"))
        await real(work, effect)

    monkeypatch.setitem(applying._APPLY, effects.DecideOffer, just_expired)
    first = await customer.answer("accept", "yes")
    assert customer.turn["messages"][0]["kind"] == "problem"
    assert await customer.send(TextSaid("altro"), "yes") == first
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).where(Receipt.kind == "offer_acceptance")) == 0


async def test_nobody_asks_for_a_policy_that_could_not_be_issued(customer, database, turns):
    submission, _, said = await quoted(customer, database, {**HOME, "modules.needs.act": "refuse"})
    customer.turn = json.loads(await turns.say(customer.conversation, said))
    await customer.play({"journey.goal": "policy"}, until="modules.needs.act")
    await customer.answer("refuse")
    assert customer.path == "journey.goal"
    await customer.play({"journey.goal": "policy", "modules.needs.act": "confirm"}, until="offer.act")
    await customer.answer("accept")
    assert await state_of(database, submission.id) == "issue_requested"
    assert await missing(database, submission) == ()


async def test_what_is_taken_back_at_the_last_moment_keeps_the_offer_open(customer, database, turns, monkeypatch):
    submission, offer, said = await quoted(customer, database)
    customer.turn = json.loads(await turns.say(customer.conversation, said))
    await customer.play({"journey.goal": "policy"}, until="offer.act")
    real = applying._APPLY[effects.DecideOffer]

    async def just_taken_back(work, effect):
        async with database.transaction() as session:
            owner = await open_party(session, KEYS, submission.party_id)
            await append_act(session, owner, NewAct("modules.mandate.act", "mandate", "1", "authorisation", "withdrawn", NOW))
        await real(work, effect)

    monkeypatch.setitem(applying._APPLY, effects.DecideOffer, just_taken_back)
    await customer.answer("accept")
    assert customer.turn["messages"][0]["kind"] == "problem"
    assert customer.path == "modules.mandate.act"
    assert await state_of(database, submission.id) == "quoted"
    async with database.transaction() as session:
        assert [one.id for one in await open_offers(session, submission.party_id)] == [offer.id]


async def test_what_was_asked_for_without_a_module_is_mended_by_the_customer(customer, database):
    """As acceptances were taken once: nothing else moves such a request on."""
    submission, offer, _ = await quoted(customer, database, {**HOME, "modules.needs.act": "refuse"})
    async with database.transaction() as session:
        owner = await open_party(session, KEYS, submission.party_id)
        await decide_offer(session, owner, offer.id, is_accepted=True, at=NOW, today=NOW.date())
    await customer.send(Commanded("menu"))
    await customer.play({"journey.goal": "policy"}, until="modules.needs.act")
    await customer.answer("confirm")
    assert (customer.path, await missing(database, submission)) == ("journey.goal", ())
    async with database.transaction() as session:
        assert (await session.scalar(select(Receipt.kind).order_by(Receipt.number.desc()).limit(1))) == "consents"
    assert "policy" not in [choice["value"] for choice in customer.turn["question"]["choices"]]


async def state_of(database, submission):
    async with database.transaction() as session:
        return (await session.get(Submission, submission)).state


async def missing(database, submission):
    async with database.transaction() as session:
        owner = await open_party(session, KEYS, submission.party_id)
        return await missing_for_policy(session, owner, shipped.catalogue(), NOW, submission.id)


async def test_a_request_is_withdrawn_until_its_policy_and_not_after_a_colleague_was_faster(customer, database, turns, monkeypatch):
    submission, _, said = await quoted(customer, database)
    customer.turn = json.loads(await turns.say(customer.conversation, said))
    await customer.send(Commanded("cancel"))
    await customer.answer(str(submission.id))
    real = applying._APPLY[effects.Withdraw]

    async def just_rejected(work, effect):
        await work.session.execute(text("update submission set state = 'rejected'"))
        await real(work, effect)

    with monkeypatch.context() as faster:
        faster.setitem(applying._APPLY, effects.Withdraw, just_rejected)
        await customer.answer("withdraw")
    assert customer.turn["messages"][0]["kind"] == "problem"
    assert await state_of(database, submission.id) == "quoted"
    await customer.answer("withdraw")
    assert await state_of(database, submission.id) == "withdrawn"
    assert "policy" not in [choice["value"] for choice in customer.turn["question"]["choices"]]
    async with database.transaction() as session:
        receipt = await session.scalar(select(Receipt).order_by(Receipt.number.desc()).limit(1))
        assert (receipt.kind, await open_offers(session, submission.party_id)) == ("withdrawal", ())
        assert await verify_all(session) == {}
    assert receipt.number in customer.said


async def test_one_returned_answer_comes_back_as_the_same_submission(customer, database, turns):
    await customer.play(PERSON)
    async with database.transaction() as session:
        submission = await only(session, Submission)
        owner = await open_party(session, KEYS, submission.party_id)
        await claim_submission(session, owner, submission.id, ANNA, NOW)
        question = f"{CARD}.identity.mobile"
        await move_submission(session, owner, submission.id, Move(Move_.RETURN_ANSWERS, NOW, ANNA, {"questions": [question]}))
    facts = {"submission": str(submission.id), "questions": [question], "reason": "non risponde", "colleague": "Anna"}
    customer.turn = json.loads(await turns.say(customer.conversation, StaffSaid("returned", facts)))
    assert customer.path == question
    await customer.answer("+393337654321")
    await customer.play({}, until="journey.goal")
    async with database.transaction() as session:
        again = await only(session, Submission)
        assert (again.id, again.state) == (submission.id, "suspended")
        assert (await session.scalar(select(func.count()).select_from(Receipt))) == 2
        assert await find_parties(session, KEYS, "phone", "+393337654321") == (submission.party_id,)
