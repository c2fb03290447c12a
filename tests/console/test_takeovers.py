"""A customer asks for a person; one colleague at a time takes the conversation over, writes, gives it back (S0-34)."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from console.takeovers import give_back, list_waiting, open_conversation, take_over, write
from dialogs.events import Commanded, StaffSaid, TextSaid
from rules.access import Role
from rules.refusals import Reason, Refused
from storage.audit import REFUSED, read_audit
from tests.builders import a_suspended_registration, a_visitor
from tests.console.house import a_colleague, audited, give_to
from tests.dialogs.customer import Customer
from tests.dialogs.driver import CODE, PERSON

pytestmark = pytest.mark.slow


def refused(reason: Reason):
    return pytest.raises(Refused, check=lambda error: error.reason is reason)


async def a_waiting_visitor(house, until: str = "journey.email") -> Customer:
    visitor = await a_visitor(house)
    await visitor.play(PERSON, until=until)
    await visitor.send(TextSaid("voglio parlare con una persona"))
    return visitor


async def unasked(house, customer: Customer) -> list[dict]:
    turns = await house.turn_store.read_turns(customer.conversation)
    return [json.loads(turn.replies) for turn in turns if turn.incoming and b'"staff"' in turn.incoming]


async def test_from_the_question_to_the_answer_and_back(house, agent):
    visitor = await a_waiting_visitor(house)
    (waiting,) = await list_waiting(house, agent)
    assert (str(waiting.conversation), waiting.customer, waiting.colleague) == (visitor.conversation, None, None)
    assert waiting.last_word == "voglio parlare con una persona"
    await take_over(house, agent, waiting.conversation)
    await visitor.send(TextSaid("Quanto dura la polizza?"))
    assert visitor.turn["question"] is None
    page = await open_conversation(house, agent, waiting.conversation)
    assert (page.is_mine, page.colleague, page.lines[-2].text) == (True, "Demo Agente", "Quanto dura la polizza?")
    await write(house, agent, waiting.conversation, "Un anno, e si rinnova solo se vuoi.", uuid4().hex)
    assert (await list_waiting(house, agent))[0].is_answered
    await give_back(house, agent, waiting.conversation)
    taken, wrote, back = await unasked(house, visitor)
    assert "Demo Agente" in taken["messages"][0]["text"]
    assert wrote["messages"] == [{"kind": "text", "text": "Demo Agente, Agenzia Demo:\n\nUn anno, e si rinnova solo se vuoi."}]
    assert back["question"]["path"] == "journey.email"
    assert await list_waiting(house, agent) == ()
    assert await audited(house, agent) == [
        "read_messages", "take_over", "read_conversation", "write_to_customer", "read_messages", "give_back", "read_messages",
    ]  # fmt: skip


async def test_of_two_colleagues_at_once_one_has_it(house, agent, other):
    conversation = UUID((await a_waiting_visitor(house)).conversation)
    tries = await asyncio.gather(*(take_over(house, each, conversation) for each in (agent, other)), return_exceptions=True)
    lost = [each for each in tries if each is not None]
    assert [each.reason for each in lost if isinstance(each, Refused)] == [Reason.CLAIMED_BY_OTHER]
    has_it, has_not = (agent, other) if tries[0] is None else (other, agent)
    assert (await open_conversation(house, has_not, conversation)).colleague == has_it.name
    with refused(Reason.CLAIMED_BY_OTHER):
        await write(house, has_not, conversation, "Eccomi", "1")
    with refused(Reason.CLAIMED_BY_OTHER):
        await give_back(house, has_not, conversation)
    assert "write_to_customer.refused" in await audited(house, has_not)


async def test_what_is_sent_twice_is_said_once(house, agent):
    visitor = await a_waiting_visitor(house)
    conversation = UUID(visitor.conversation)
    for _ in range(2):
        await take_over(house, agent, conversation)
    await asyncio.gather(*(write(house, agent, conversation, "Eccomi", "m1") for _ in range(2)))
    assert len(await unasked(house, visitor)) == 2


async def test_who_went_on_alone_is_not_written_to(house, agent):
    visitor = await a_waiting_visitor(house)
    conversation = UUID(visitor.conversation)
    await take_over(house, agent, conversation)
    await visitor.send(TextSaid("torna alle domande"))
    assert visitor.path == "journey.email"
    with refused(Reason.NOT_ALLOWED):
        await write(house, agent, conversation, "Ci sei?", "1")
    assert len(await unasked(house, visitor)) == 1


async def test_who_leaves_a_number_waits_in_the_chat_no_longer(house, agent):
    visitor = await a_waiting_visitor(house)
    await visitor.answer("+393331234567")
    assert await list_waiting(house, agent) == ()
    assert visitor.path == "journey.email"


async def test_who_asks_later_hears_who_is_before(house):
    await a_waiting_visitor(house)
    second = await a_waiting_visitor(house)
    assert "Persone che aspettano prima di te: 1." in second.said
    await second.send(Commanded("human"))
    assert "Persone che aspettano prima di te: 1." in second.said


async def test_a_conversation_without_the_question_for_a_person_is_nobodys_to_read(house, agent):
    visitor = await a_visitor(house)
    for act in (open_conversation, take_over, give_back):
        with refused(Reason.NOT_ALLOWED):
            await act(house, agent, UUID(visitor.conversation))


async def test_a_customers_conversation_is_for_their_agent_and_the_managers(house, agent, other, manager):
    case = await a_suspended_registration(house)
    await case.customer.send(Commanded("human"))
    await give_to(house, case.party, other)
    conversation = UUID(case.customer.conversation)
    assert await list_waiting(house, agent) == ()
    for act in (open_conversation, take_over):
        with refused(Reason.NOT_ALLOWED):
            await act(house, agent, conversation)
    async with house.database.transaction() as session:
        tried = [event for event in await read_audit(session, colleague=agent.id) if event.action.endswith(REFUSED)]
    assert [event.party_id for event in tried] == [case.party] * 2  # the customer may ask who tried
    assert [each.customer for each in await list_waiting(house, other)] == ["Esempio Demetra"]
    assert (await open_conversation(house, manager, conversation)).customer == "Esempio Demetra"


async def test_a_visitor_who_proves_an_address_is_for_their_agent_from_then_on(house, agent, other):
    case = await a_suspended_registration(house)
    await give_to(house, case.party, other)
    visitor = await a_waiting_visitor(house)
    conversation = UUID(visitor.conversation)
    assert len(await list_waiting(house, agent)) == 1
    await visitor.send(Commanded("skip"))
    await visitor.play(PERSON, until="journey.goal")
    assert await list_waiting(house, agent) == ()
    with refused(Reason.NOT_ALLOWED):
        await open_conversation(house, agent, conversation)
    assert [str(each.conversation) for each in await list_waiting(house, other)] == [visitor.conversation]


async def test_a_conversation_that_became_a_customers_at_that_very_moment_is_not_taken_over(house, agent):
    """Between the look at the portfolio and the turn."""
    case = await a_suspended_registration(house)
    await case.customer.send(Commanded("human"))
    as_seen = {"colleague": agent.name, "colleague_id": str(agent.id), "party": ""}
    with refused(Reason.NOT_POSSIBLE_NOW):
        await house.turns.say(case.customer.conversation, StaffSaid("taken_over", as_seen), key="x")
    assert await unasked(house, case.customer) == []


async def test_an_auditor_reads_and_does_nothing(house):
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    conversation = UUID((await a_waiting_visitor(house)).conversation)
    assert (await open_conversation(house, auditor, conversation)).lines
    for act in (take_over, give_back):
        with refused(Reason.NOT_ALLOWED):
            await act(house, auditor, conversation)
    with refused(Reason.NOT_ALLOWED):
        await write(house, auditor, conversation, "Eccomi", "1")


async def test_a_manager_ends_what_a_colleague_who_is_gone_left_open(house, agent, manager):
    visitor = await a_waiting_visitor(house)
    conversation = UUID(visitor.conversation)
    await take_over(house, agent, conversation)
    await give_back(house, manager, conversation)
    assert "Demo Agente" in (await unasked(house, visitor))[-1]["messages"][0]["text"]
    with refused(Reason.NOT_ALLOWED):
        await write(house, agent, conversation, "Eccomi", "1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" \n", Reason.EMPTY),
        ("x" * 1_001, Reason.TOO_LONG),
        ("a\x00b", Reason.UNREADABLE_CHARACTERS),
        ("\ud800", Reason.UNREADABLE_CHARACTERS),
    ],
)
async def test_what_cannot_be_said_is_refused(house, agent, text, reason):
    conversation = UUID((await a_waiting_visitor(house)).conversation)
    await take_over(house, agent, conversation)
    with refused(reason):
        await write(house, agent, conversation, text, "1")


async def test_persian_and_chinese_are_said_as_they_are_written(house, agent):
    visitor = await a_waiting_visitor(house)
    conversation = UUID(visitor.conversation)
    await take_over(house, agent, conversation)
    for number, text in enumerate(("سلام، نمی\u200cتوانم بخوانم", "您好\u3000请重写")):
        await write(house, agent, conversation, text, str(number))
        assert text in (await unasked(house, visitor))[-1]["messages"][0]["text"]


async def test_the_history_reads_as_it_was_said_without_codes(house, agent):
    visitor = await a_waiting_visitor(house, "registration_person.identity.birth_date")
    page = await open_conversation(house, agent, UUID(visitor.conversation))
    said = [line.text for line in page.lines if line.who == "customer"]
    assert {"Italiano", "Demetra", "Femmina", "voglio parlare con una persona"} <= set(said)
    assert CODE not in " ".join(line.text for line in page.lines)
    assert "••••••" in said
    assert any("cognome" in line.text for line in page.lines if line.who == "house")
