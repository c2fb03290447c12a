"""Each role may do what rules.access says and nothing else, in the code and under row security; whatever is tried is audited."""

import pytest
from sqlalchemy import select, text

from console import actions, checks, messages, preparing, reading, record, takeovers
from console.acting import Work, acting
from console.preparing import Typed
from rules.access import ALLOWED, Action, Role
from rules.refusals import Reason, Refused
from storage.acts import read_acts
from storage.parties import open_party
from storage.queue import Filter
from storage.submissions import find_submission
from storage.tables.evidence import AuditEvent
from storage.tables.parties import Party
from tests.bots.house import EMAIL
from tests.console.house import CARD, INDICATIVE, a_colleague, a_document, audited, give_to, state_of

SEEN = {Role.AGENT, Role.MANAGER, Role.AUDITOR}


@pytest.mark.parametrize("role", Role)
async def test_every_action_is_allowed_or_refused_by_role_and_audited_once(house, role):
    actor = await a_colleague(house, role)
    expected = []
    for action in Action:
        if action in ALLOWED[role]:
            async with acting(house, actor, action):
                pass
            expected.append(action.value)
        else:
            with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
                async with acting(house, actor, action):
                    raise AssertionError("it must not begin")
            expected.append(f"{action.value}.refused")
    assert await audited(house, actor) == expected


def everything(services, actor, request, document):
    """One try of every action that the console has."""
    question = f"{CARD}.identity.mobile"
    return {
        Action.LIST_SUBMISSIONS: lambda: reading.list_submissions(services, actor, Filter()),
        Action.READ_SUBMISSION: lambda: reading.open_submission(services, actor, request.card, "it"),
        Action.READ_DOCUMENT: lambda: reading.read_document(services, actor, document, "review"),
        Action.READ_MESSAGES: lambda: messages.list_calls(services, actor),
        Action.CLAIM: lambda: actions.claim(services, actor, request.card),
        Action.RETURN_ANSWERS: lambda: actions.return_answers(services, actor, request.card, [question], "una ragione"),
        Action.APPROVE: lambda: actions.approve(services, actor, request.card),
        Action.REJECT: lambda: actions.reject(services, actor, request.card, "una ragione"),
        Action.QUOTE: lambda: actions.quote(services, actor, request.quote, INDICATIVE),
        Action.ISSUE: lambda: actions.issue(services, actor, request.quote),
        Action.REVEAL: lambda: reading.open_submission(services, actor, request.card, "it", reason="review"),
        Action.LIST_CARDS: lambda: checks.list_cards(services, actor, "year"),
        Action.READ_CONVERSATION: lambda: takeovers.open_conversation(services, actor, request.card),
        Action.TAKE_OVER: lambda: takeovers.take_over(services, actor, request.card),
        Action.WRITE_TO_CUSTOMER: lambda: takeovers.write(services, actor, request.card, "Eccomi", "1"),
        Action.GIVE_BACK: lambda: takeovers.give_back(services, actor, request.card),
        Action.ANSWER_CALL: lambda: messages.answer_call(services, actor, request.card),
        Action.PREPARE_CARD: lambda: preparing.prepare(services, actor, Typed(CARD, EMAIL, "desk", "it", {question: "333 1234567"}, "it")),
        Action.LIST_PREPARED: lambda: preparing.list_prepared(services, actor),
        Action.WITHDRAW_PREPARED: lambda: preparing.withdraw_prepared(services, actor, request.card),
        Action.RETRY_MAIL: lambda: messages.retry_mail(services, actor, request.card),
        Action.READ_AUDIT: lambda: record.list_record(services, actor, record.Asked()),
    }


@pytest.mark.parametrize("role", Role)
async def test_what_a_role_may_not_do_the_consoles_own_functions_refuse(house, request_, role):
    actor = await a_colleague(house, role)
    tries = everything(house, actor, request_, await a_document(house, request_.party))
    assert set(tries) >= ALLOWED[Role.AGENT] - {Action.READ_CLIENT, Action.RANK}
    for action in set(tries) - ALLOWED[role]:
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
            await tries[action]()
    assert await state_of(house, request_.card) == "suspended"
    assert all(event.endswith(".refused") for event in await audited(house, actor))


@pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER, Role.AUDITOR])
async def test_who_may_read_reads_with_the_rights_of_their_role(house, request_, role):
    actor = await a_colleague(house, role)
    tries = everything(house, actor, request_, await a_document(house, request_.party))
    for action in (Action.LIST_SUBMISSIONS, Action.READ_SUBMISSION, Action.READ_DOCUMENT, Action.READ_MESSAGES):
        await tries[action]()
    assert await audited(house, actor) == ["list_submissions", "read_submission", "read_document", "read_messages"]


async def test_another_agents_customer_is_refused_hidden_and_audited(house, request_, agent, other):
    await give_to(house, request_.party, other)
    tries = everything(house, agent, request_, await a_document(house, request_.party))
    of_nobody = {
        Action.LIST_SUBMISSIONS,
        Action.LIST_CARDS,
        Action.READ_MESSAGES,
        Action.RETRY_MAIL,
        Action.PREPARE_CARD,
        Action.LIST_PREPARED,
    }
    hidden = set(tries) - of_nobody
    for action in hidden:
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
            await tries[action]()
    assert sorted(await audited(house, agent)) == sorted(f"{action.value}.refused" for action in hidden)
    async with house.database.transaction() as session:
        of_nobody_known = select(AuditEvent.action, AuditEvent.subject_id).where(
            AuditEvent.party_id.is_(None), AuditEvent.colleague_id == agent.id
        )
        assert (await session.execute(of_nobody_known)).all() == [("read_audit.refused", None)]  # a customer may ask who tried
    assert (await reading.list_submissions(house, agent, Filter())).page.rows == ()
    assert len((await reading.list_submissions(house, other, Filter())).page.rows) == 2


async def test_row_security_hides_another_agents_customer_from_any_query(house, request_, agent, other):
    await give_to(house, request_.party, other)
    tables = ("party", "submission", "submission_event", "card_revision", "act", "receipt", "document", "outgoing_mail", "party_identifier")
    async with house.database.transaction("agent", staff=agent.id) as session:
        assert await session.get(Party, request_.party) is None
        assert await find_submission(session, request_.card) is None
        for table in tables:
            assert await session.scalar(text(f"select count(*) from {table}")) == 0, table
    async with house.database.transaction("agent", staff=other.id) as session:
        assert await session.scalar(select(Party.id)) == request_.party
        assert await read_acts(session, await open_party(session, house.keys, request_.party))
    async with house.database.transaction("admin", staff=agent.id) as session:
        assert await session.scalar(text("select count(*) from party")) == 0


async def test_the_code_refuses_too_where_row_security_would_not(house, request_, agent, other):
    await give_to(house, request_.party, other)
    async with house.database.transaction() as session:  # a session that sees all
        work = Work(house, agent, session, house.clock())
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
            await work.owner(request_.party)


async def test_what_is_not_there_is_refused_like_what_is_hidden(house, request_, agent, other):
    missing = request_.party  # an id, but of no submission
    for read in (
        lambda: reading.open_submission(house, agent, missing, "it"),
        lambda: reading.read_document(house, agent, missing, "review"),
        lambda: actions.claim(house, agent, missing),
    ):
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
            await read()
