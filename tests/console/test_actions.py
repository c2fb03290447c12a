"""What colleagues can do to a submission, on the real database with the rights their roles really have.

R5: staff never alter a customer's answers. R10: every action leaves exactly one audit event, refused ones too.
"""

import asyncio

import pytest
from sqlalchemy import select, text

from console import actions
from console.reading import open_submission
from rules.refusals import Reason, Refused
from storage.mails import mails_of, read_mail
from storage.offers import offer_of, read_reason
from storage.parties import open_party
from storage.policies import policies_of
from storage.submissions import read_history, read_submission
from storage.tables.evidence import AuditEvent, CardRevision
from storage.tables.submissions import Submission
from tests.bots.house import EMAIL
from tests.console.house import CARD, INDICATIVE, approved, audited, issue_requested, quoted, state_of

MOBILE = f"{CARD}.identity.mobile"


async def jobs(services):
    async with services.database.transaction() as session:
        rows = await session.execute(text("select name, count(*) from dbos.workflow_status group by name"))
        return dict(rows.all())


async def mails(services, party):
    async with services.database.transaction() as session:
        return [await read_mail(session, services.keys, row.id) for row in reversed(await mails_of(session, party))]


def refused(reason, **facts):
    return pytest.raises(Refused, check=lambda error: error.reason is reason and facts.items() <= error.facts.items())


async def test_a_claim_is_this_colleagues_and_no_others_while_it_holds(house, request_, agent, other):
    await actions.claim(house, agent, request_.card)
    assert await state_of(house, request_.card) == "in_review"
    for act in (actions.claim, actions.approve):
        with refused(Reason.CLAIMED_BY_OTHER):
            await act(house, other, request_.card)
    assert await audited(house, agent) == ["claim"]
    assert await audited(house, other) == ["claim.refused", "approve.refused"]


async def test_a_claim_that_ended_can_be_taken_by_another_and_no_longer_decides(house, request_, agent, other, clock):
    await actions.claim(house, agent, request_.card)
    clock.pass_(minutes=30)
    with refused(Reason.NOT_POSSIBLE_NOW, state="unclaimed"):
        await actions.approve(house, agent, request_.card)
    await actions.claim(house, other, request_.card)
    with refused(Reason.CLAIMED_BY_OTHER):
        await actions.approve(house, agent, request_.card)
    await actions.approve(house, other, request_.card)
    assert await state_of(house, request_.card) == "accepted"


async def test_nothing_is_decided_before_it_is_claimed(house, request_, agent):
    with refused(Reason.NOT_POSSIBLE_NOW, state="suspended"):
        await actions.approve(house, agent, request_.card)
    with refused(Reason.NOT_POSSIBLE_NOW, state="suspended"):
        await actions.reject(house, agent, request_.card, "una ragione")
    with refused(Reason.NOT_POSSIBLE_NOW, state="suspended"):
        await actions.return_answers(house, agent, request_.card, [MOBILE], "una ragione")
    assert await state_of(house, request_.card) == "suspended"


async def test_a_returned_answer_is_told_in_chat_and_mail_with_its_reason_and_who_asks(house, request_, agent):
    await actions.claim(house, agent, request_.card)
    before = await jobs(house)
    await actions.return_answers(house, agent, request_.card, [MOBILE], "  Il numero non risponde.  ")
    assert await state_of(house, request_.card) == "returned"
    after = await jobs(house)
    assert (after["news"], after["mail"]) == (1, before.get("mail", 0) + 1)
    mail = (await mails(house, request_.party))[-1]
    assert (mail.to, mail.row.kind, mail.facts["reason"], mail.facts["colleague"]) == (
        EMAIL,
        "returned",
        "Il numero non risponde.",
        "Demo Agente",
    )
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, request_.party)
        event = (await read_history(session, owner, request_.card))[-1]
    assert (event.act, event.colleague, event.detail["questions"]) == ("return_answers", agent.id, [MOBILE])


@pytest.mark.parametrize(
    "questions",
    [
        ["registration_person.identity.nothing"],
        ["modules.mandate.act"],
        ["quote_home.building.area_m2"],
        [MOBILE, "modules.mandate.act"],
        ["registration_person.identity.email"],
    ],
    ids=["unknown", "a consent", "another form's", "a consent among answers", "a proved address"],
)
async def test_only_answers_of_the_form_can_be_sent_back_never_a_consent(house, request_, agent, questions):
    await actions.claim(house, agent, request_.card)
    with refused(Reason.NOT_ALLOWED):
        await actions.return_answers(house, agent, request_.card, questions, "una ragione")
    assert await state_of(house, request_.card) == "in_review"


async def test_to_choose_no_answer_is_no_forbidden_attempt(house, request_, agent):
    await actions.claim(house, agent, request_.card)
    with refused(Reason.NOTHING_CHOSEN):
        await actions.return_answers(house, agent, request_.card, [], "una ragione")
    assert await state_of(house, request_.card) == "in_review"
    async with house.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "return_answers.refused"))
    assert event.detail == {"reason": "nothing_chosen"}


@pytest.mark.parametrize("reason", ["شماره پاسخ نمی\u200cدهد", "号码打不通\u3000请重写"])
async def test_a_reason_is_written_as_its_script_is(house, request_, agent, reason):
    await actions.claim(house, agent, request_.card)
    await actions.return_answers(house, agent, request_.card, [MOBILE], reason)
    assert await state_of(house, request_.card) == "returned"


@pytest.mark.parametrize("reason", ["", "  ", "ok", " x "])
async def test_sending_back_and_rejecting_need_a_reason(house, request_, agent, reason):
    await actions.claim(house, agent, request_.card)
    with refused(Reason.REASON_NEEDED):
        await actions.return_answers(house, agent, request_.card, [MOBILE], reason)
    with refused(Reason.REASON_NEEDED):
        await actions.reject(house, agent, request_.card, reason)
    assert await state_of(house, request_.card) == "in_review"


async def test_a_rejected_submission_is_told_to_the_customer_and_ends(house, request_, agent):
    await actions.claim(house, agent, request_.quote)
    await actions.reject(house, agent, request_.quote, "La compagnia non assicura questo edificio.")
    assert await state_of(house, request_.quote) == "rejected"
    assert (await mails(house, request_.party))[-1].facts["reason"] == "La compagnia non assicura questo edificio."
    with refused(Reason.NOT_POSSIBLE_NOW):
        await actions.claim(house, agent, request_.quote)


async def test_no_offer_before_the_card_was_accepted(house, request_, agent):
    await approved(house, agent, request_.quote)
    with refused(Reason.NOT_POSSIBLE_NOW, state="card_not_accepted"):
        await actions.quote(house, agent, request_.quote, INDICATIVE)
    await approved(house, agent, request_.card)
    await actions.quote(house, agent, request_.quote, INDICATIVE)
    assert await state_of(house, request_.quote) == "quoted"


async def test_no_offer_before_the_request_was_accepted(house, request_, agent):
    await approved(house, agent, request_.card)
    with refused(Reason.NOT_POSSIBLE_NOW, state="suspended"):
        await actions.quote(house, agent, request_.quote, INDICATIVE)


async def test_the_indicative_premium_needs_no_reason_and_another_does(house, request_, agent):
    await approved(house, agent, request_.card)
    await approved(house, agent, request_.quote)
    for premium, reason in ((0, Reason.TOO_SMALL), (-1, Reason.TOO_SMALL), (INDICATIVE + 1, Reason.REASON_NEEDED)):
        with refused(reason):
            await actions.quote(house, agent, request_.quote, premium)
    await actions.quote(house, agent, request_.quote, INDICATIVE + 1_000, "Tetto da rifare.")
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, request_.party)
        offer = await offer_of(session, request_.quote)
        assert (offer.premium_cents, read_reason(owner, offer), offer.made_by) == (47_287, "Tetto da rifare.", agent.id)
        assert (offer.valid_until - house.clock().date()).days == house.settings.offer_days
    assert (await jobs(house))["offer_paper"] == 1
    with refused(Reason.NOT_POSSIBLE_NOW, state="quoted"):
        await actions.quote(house, agent, request_.quote, INDICATIVE)


async def test_an_accepted_offer_is_issued_once_with_number_mail_and_paper(house, request_, agent):
    await issue_requested(house, agent, request_)
    number = await actions.issue(house, agent, request_.quote)
    assert number == "P-2026-000001"
    assert await state_of(house, request_.quote) == "issued"
    async with house.database.transaction() as session:
        (policy,) = await policies_of(session, request_.party)
    assert (policy.number, policy.premium_cents, policy.issued_by, policy.starts_on.isoformat()) == (
        number,
        INDICATIVE,
        agent.id,
        "2026-12-01",
    )
    assert [mail.facts["number"] for mail in await mails(house, request_.party) if mail.row.kind == "policy"] == [number]
    assert (await jobs(house))["policy_paper"] == 1
    with refused(Reason.NOT_POSSIBLE_NOW, state="issued"):
        await actions.issue(house, agent, request_.quote)


async def test_no_action_changes_what_the_customer_answered(house, request_, agent):
    async def told():
        async with house.database.transaction() as session:
            owner = await open_party(session, house.keys, request_.party)
            answers = [(await read_submission(session, owner, each)).answers for each in (request_.card, request_.quote)]
            return answers, list(await session.scalars(select(CardRevision.sealed_answers)))

    before = await told()
    await issue_requested(house, agent, request_)
    await actions.issue(house, agent, request_.quote)
    assert await told() == before


async def test_every_step_leaves_exactly_one_audit_event(house, request_, agent):
    await quoted(house, agent, request_)
    await open_submission(house, agent, request_.quote, "it")
    assert await audited(house, agent) == ["claim", "approve", "claim", "approve", "quote", "read_submission"]


async def test_two_colleagues_claiming_at_once_are_one_claim(house, request_, agent, other):
    results = await asyncio.gather(*(actions.claim(house, each, request_.card) for each in (agent, other)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]
    async with house.database.transaction() as session:
        row = await session.get(Submission, request_.card)
    assert row.claimed_by == (agent, other)[results.index(None)].id
