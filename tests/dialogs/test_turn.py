"""Turns with everything they change: a real database, the real engine, real jobs enqueued."""

import asyncio
import json
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from dialogs import applying, effects
from dialogs.events import Answered, Commanded, StaffSaid, TextSaid
from dialogs.turn import ConversationUnknown, Incoming, QuestionChanged
from storage.acts import read_acts, verify_all
from storage.mails import read_mail
from storage.parties import find_parties, find_party_by_email, open_party, read_cards
from storage.receipts import read_binding
from storage.tables.base import new_id
from storage.tables.evidence import Act, Receipt
from storage.tables.intake import Conversation, Turn
from storage.tables.messages import CallRequest, OutgoingMail
from storage.tables.parties import Party, PartyIdentifier
from storage.tables.submissions import Submission
from tests.dialogs.customer import Customer
from tests.dialogs.driver import EMAIL, PERSON
from tests.dialogs.turning import CARD, KEYS, WAITING, catalogue, clock, count, customer, elsewhere, jobs, only, settings, store, turns
from tests.storage.builders import cut_all

__all__ = ["catalogue", "clock", "customer", "elsewhere", "settings", "store", "turns"]

pytestmark = pytest.mark.slow


async def test_a_conversation_opens_with_its_first_turn(customer, store):
    assert (customer.turn["number"], customer.turn["id"], customer.path) == (1, None, "journey.language")
    assert len(customer.secret) >= 22
    assert [turn.number for turn in await store.read_turns(customer.conversation)] == [1]


async def test_the_same_id_again_gives_the_same_bytes_and_changes_nothing(customer, store, database):
    first = await customer.answer("it", "a")
    for event in (Answered("journey.language", "en"), TextSaid("altro"), Commanded("restart")):
        assert await customer.send(event, "a") == first
    assert len(await store.read_turns(customer.conversation)) == 2
    assert json.loads(first)["id"] == "a"


async def test_the_same_id_at_the_same_moment_is_one_turn(customer, turns, store):
    said = Incoming("a", Answered("journey.language", "it", customer.turn["question"]["shown"]))
    answers = await asyncio.gather(*(turns.take(customer.conversation, said) for _ in range(8)))
    assert len(set(answers)) == 1
    assert len(await store.read_turns(customer.conversation)) == 2


async def test_the_same_id_at_the_same_moment_from_two_processes_is_one_turn(customer, turns, elsewhere, database):
    await customer.play(PERSON, until="journey.email")
    said = Incoming("mine", Answered("journey.email", EMAIL, customer.turn["question"]["shown"]))
    answers = await asyncio.gather(*(each.take(customer.conversation, said) for each in (turns, elsewhere) * 4))
    assert len(set(answers)) == 1
    assert await count(database, OutgoingMail) == 1
    assert await jobs(database) == {"mail": 1}


async def test_of_two_answers_at_once_the_first_wins_and_the_second_sees_the_present_question(customer, turns, store):
    await customer.play(PERSON, until="journey.goal")
    question = customer.turn["question"]
    both = [Incoming(id_, Answered(question["path"], "register", question["shown"])) for id_ in ("a", "b")]
    results = await asyncio.gather(*(turns.take(customer.conversation, each) for each in both), return_exceptions=True)
    (changed,) = [result for result in results if isinstance(result, QuestionChanged)]
    assert changed.question["path"] == "journey.party_kind"
    assert len(await store.read_turns(customer.conversation)) == 3


async def test_words_said_at_once_are_all_taken_one_after_the_other(customer, turns, store):
    said = [Incoming(f"m{number}", TextSaid("aiuto")) for number in range(90)]
    answers = await asyncio.gather(*(turns.take(customer.conversation, each) for each in said))
    assert [json.loads(answer)["number"] for answer in answers] == list(range(2, 92))
    assert turns._lanes._waiting == {}


async def test_who_leaves_while_waiting_holds_nobody_up(customer, turns):
    said = [asyncio.create_task(turns.take(customer.conversation, Incoming(f"m{number}", TextSaid("aiuto")))) for number in range(9)]
    await asyncio.sleep(0)
    for each in said[::2]:
        each.cancel()
    taken = [answer for answer in await asyncio.gather(*said, return_exceptions=True) if isinstance(answer, bytes)]
    assert len(taken) == 4
    await customer.send(TextSaid("aiuto"))
    assert turns._lanes._waiting == {}


async def test_an_answer_to_what_is_not_open_is_a_conflict_and_nothing_is_stored(customer, store):
    with pytest.raises(QuestionChanged) as changed:
        await customer.send(Answered("journey.goal", "register"), "a")
    assert changed.value.question["path"] == "journey.language"
    assert len(await store.read_turns(customer.conversation)) == 1
    await customer.answer("it", "a")  # only what was stored is remembered
    assert customer.path == "journey.goal"


async def test_a_conversation_that_is_not_there_is_unknown(turns):
    for unknown in (str(new_id()), "nonsense", ""):
        with pytest.raises(ConversationUnknown):
            await turns.take(unknown, Incoming("a", TextSaid("ciao")))


async def test_a_proved_address_binds_a_new_party_and_the_next_conversation_finds_it(customer, database, turns, clock):
    await customer.play(PERSON, until="modules.electronic_collection.act")
    async with database.transaction() as session:
        party = await find_party_by_email(session, KEYS, EMAIL)
        assert (await session.get(Conversation, UUID(customer.conversation))).party_id == party
    other = await Customer(database, turns, KEYS).open()
    await other.play(PERSON, until="modules.electronic_collection.act")
    assert await count(database, Party) == 1


async def test_a_telephone_that_begins_the_address_with_a_capital_makes_no_second_customer(customer, database, turns):
    await customer.play(PERSON)
    other = await Customer(database, turns, KEYS).open()
    await other.play({**PERSON, "journey.email": EMAIL.capitalize(), "journey.goal": "quote_home"}, until="quote_home.needs.need", most=20)
    assert await count(database, Party) == 1
    async with database.transaction() as session:
        party = await find_party_by_email(session, KEYS, EMAIL)
        assert (await session.get(Conversation, UUID(other.conversation))).party_id == party


async def test_two_conversations_proving_one_new_address_at_once_share_one_party(database, turns):
    both = [await Customer(database, turns, KEYS).open() for _ in range(2)]
    for each in both:
        await each.play(PERSON, until="journey.email_code")
    codes = [await each.read_code() for each in both]
    await asyncio.gather(*(each.answer(code) for each, code in zip(both, codes, strict=True)))
    assert await count(database, Party) == 1
    assert {each.path for each in both} == {"modules.electronic_collection.act"}


async def test_a_confirmed_registration_is_suspended_with_all_that_belongs_to_it(customer, database, settings):
    await customer.play(PERSON)
    assert customer.path == "journey.goal"
    async with database.transaction() as session:
        submission, receipt, party = await only(session, Submission), await only(session, Receipt), await only(session, Party)
        owner = await open_party(session, KEYS, party.id)
        assert (submission.state, submission.form, receipt.number) == ("suspended", CARD, "R-2026-000001")
        assert (receipt.submission_id, receipt.submission_version, receipt.kind) == (submission.id, 1, "registration")
        assert (party.display_name, party.municipality, party.province) == ("Esempio Demetra", "Napoli", "NA")
        binding = read_binding(owner, receipt)
        assert binding.stamp in customer.said
        assert receipt.number in customer.said
        assert binding.stamp.endswith(f" {EMAIL}")
        assert (await read_cards(session, owner))[0].answers[f"{CARD}.bank.iban"] == "IT60X0542811101000000123456"
        assert await find_parties(session, KEYS, "tax_code", "SMPDTR80C52F839N") == (party.id,)
        acts = await read_acts(session, owner)
        assert acts[0].question == "modules.electronic_collection.act"
        assert acts[-1].question == f"{CARD}.confirm"
        assert (receipt.sequence, receipt.head) == (acts[-1].number, acts[-1].link)
        assert all(act.facts["stamp"].endswith(EMAIL) for act in acts)
        assert await verify_all(session) == {}
        rows = await session.scalars(select(OutgoingMail).where(OutgoingMail.receipt_id == receipt.id).order_by(OutgoingMail.id))
        mails = [await read_mail(session, KEYS, row.id) for row in rows]
    assert [(mail.to, mail.row.recipient, mail.row.state) for mail in mails] == [
        (EMAIL, "customer", "queued"),
        (settings.agency_email, "agency", "queued"),
    ]
    assert await jobs(database) == {"mail": 1, "receipt": 1}


async def test_a_confirmation_sent_again_is_receipted_once(customer, database):
    await customer.play(PERSON, until=f"{CARD}.confirm")
    question = customer.turn["question"]
    said = Answered(question["path"], True, question["shown"])
    answers = await asyncio.gather(*(customer.turns.take(customer.conversation, Incoming("last", said)) for _ in range(4)))
    assert len(set(answers)) == 1
    assert await count(database, Receipt) == await count(database, Submission) == 1
    assert (await jobs(database))["receipt"] == 1


async def test_who_waits_for_a_conversation_holds_nothing_that_another_waits_for(customer, database):
    await customer.play(PERSON, until=f"{CARD}.confirm")
    async with database.transaction() as holding:
        await holding.execute(select(Conversation.id).where(Conversation.id == UUID(customer.conversation)).with_for_update())
        confirming = asyncio.create_task(customer.answer(value=True))
        async with asyncio.timeout(20):
            while not await holding.scalar(text(WAITING)):  # noqa: ASYNC110 - another connection does it
                await asyncio.sleep(0.01)
        async with database.transaction() as other:
            assert await other.scalar(select(func.count()).select_from(select(Party.id).with_for_update(nowait=True).subquery())) == 1
    await confirming
    assert await count(database, Submission) == 1


async def test_what_fails_on_the_way_leaves_neither_turn_nor_job_nor_submission(customer, database, store, monkeypatch):
    await customer.play(PERSON, until=f"{CARD}.confirm")
    before = (len(await store.read_turns(customer.conversation)), await jobs(database), await count(database, Act))
    real = applying._APPLY[effects.Suspend]

    async def broken(work, effect):
        await real(work, effect)
        raise KeyError("the disk is full")

    monkeypatch.setitem(applying._APPLY, effects.Suspend, broken)
    with pytest.raises(KeyError):
        await customer.answer(True, "last")
    after = (len(await store.read_turns(customer.conversation)), await jobs(database), await count(database, Act))
    assert after == before
    assert await count(database, Submission) == await count(database, Receipt) == await count(database, PartyIdentifier) - 1 == 0
    monkeypatch.undo()
    await customer.answer(True, "last")
    assert "R-2026-000001" in customer.said


async def test_of_a_newcomer_who_refuses_electronic_collection_only_the_refusal_stays(customer, database, store):
    await customer.play(PERSON, until="modules.electronic_collection.act")
    reply = await customer.answer("refuse", "no")
    assert customer.turn["question"] is None
    async with database.transaction() as session:
        act = await only(session, Act)
        assert (act.answer, act.is_sealed, act.party_id) == ("refuse", False, None)
        assert EMAIL.encode() not in act.detail
        assert (await only(session, Conversation)).wrapped_key is None
        kept = (await session.scalars(select(Turn).where(~Turn.is_sealed))).one()
        assert (kept.replies, kept.incoming) == (reply, None)
        assert await verify_all(session) == {}
    assert await count(database, Party) == await count(database, PartyIdentifier) == await count(database, OutgoingMail) == 0
    assert [turn.replies for turn in await store.read_turns(customer.conversation)] == [reply]
    assert await customer.send(TextSaid("altro"), "no") == reply
    await customer.send(TextSaid("ci sei"))
    assert customer.turn["question"] is None


async def test_of_somebody_under_age_nothing_is_kept_that_names_them(customer, database):
    path = f"{CARD}.identity.birth_date"
    await customer.play(PERSON, until=path)
    await customer.answer("2010-05-01")
    assert customer.turn["question"] is None
    async with database.transaction() as session:
        party = await only(session, Party)
        assert (party.wrapped_key, party.display_name) == (None, None)
        assert (await only(session, Conversation)).wrapped_key is None
        assert await session.scalar(text("select count(*) from act_salt")) == 0
    assert await count(database, PartyIdentifier) == await count(database, OutgoingMail) == 0


async def test_after_the_end_whatever_is_sent_is_answered_alike_and_no_turn_of_it_is_kept(customer, store):
    await customer.play(PERSON, until=f"{CARD}.identity.birth_date")
    await customer.answer("2010-05-01", "last")
    last, kept = customer.turn["number"], await store.read_turns(customer.conversation)
    first = json.loads(await customer.send(TextSaid("ci sei"), "a"))
    assert (first["number"], first["id"], first["question"]) == (last, "a", None)
    for event in (TextSaid("altro"), Commanded("language", "en"), Commanded("restart")):
        assert json.loads(await customer.send(event, "a")) == first
    with pytest.raises(QuestionChanged) as changed:
        await customer.send(Answered(f"{CARD}.identity.birth_date", "1980-05-01"), "b")
    assert changed.value.question is None
    assert await store.read_turns(customer.conversation) == kept


async def test_a_visitor_can_ask_to_be_called(customer, database, settings):
    await customer.play(PERSON, until="journey.goal")
    await customer.send(Commanded("human"))
    await customer.answer("+393331234567")
    assert await count(database, CallRequest) == 1
    async with database.transaction() as session:
        mails = [await read_mail(session, KEYS, id_) for id_ in await session.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id))]
    assert [(mail.to, mail.row.kind) for mail in mails] == [
        (settings.agency_email, "person_request"), (settings.agency_email, "call_request"),
    ]  # fmt: skip
    assert mails[1].facts["phone"] == "+39 333 123 4567"
    assert await jobs(database) == {"mail": 2}


async def test_who_listens_hears_what_the_agency_says(customer, turns, store):
    async with store.listen(customer.conversation) as wake:
        before = customer.turn["number"]
        await turns.say(customer.conversation, StaffSaid("accepted", {"submission": str(new_id()), "form": CARD}))
        await asyncio.wait_for(wake(), 10)
        (turn,) = await store.read_turns(customer.conversation, before)
    assert turn.incoming_id is None


async def test_a_file_belongs_to_the_party_once_there_is_one(customer, turns):
    assert (await turns.owner(customer.conversation)).party is None
    await customer.play(PERSON, until="modules.electronic_collection.act")
    assert (await turns.owner(customer.conversation)).party is not None


async def test_after_a_restart_the_conversation_goes_on(customer, elsewhere):
    await customer.play(PERSON, until=f"{CARD}.residence.street")
    customer.turns = elsewhere
    await customer.play(PERSON, until=f"{CARD}.confirm")
    assert customer.path == f"{CARD}.confirm"


async def test_what_was_begun_goes_on_in_another_browser_once_the_address_is_proved(customer, database, turns):
    path = f"{CARD}.identity.birth_date"
    await customer.play(PERSON, until=path)
    other = await Customer(database, turns, KEYS).open()
    await other.play({**PERSON, "journey.goal": "register"}, until=path, most=8)
    assert other.path == path
    await other.play(PERSON)
    async with database.transaction() as session:
        assert (await only(session, Submission)).state == "suspended"


async def test_a_turn_with_effects_is_taken_though_every_connection_was_cut_before_it(customer, database):
    """As the first one after the database server has restarted."""
    await customer.play(PERSON, until="journey.email")
    assert await count(database, OutgoingMail) == 0  # and its connection is idle now
    cut_all(database.url)
    await customer.answer(EMAIL)
    assert customer.path == "journey.email_code"
    assert await count(database, OutgoingMail) == 1


async def test_a_turn_whose_connection_is_cut_in_the_middle_is_taken_once(customer, turns, store, database):
    await customer.play(PERSON, until="journey.email")
    before = len(await store.read_turns(customer.conversation))
    async with database.transaction() as holding:
        await store.hold(holding, await store.load(customer.conversation), None)
        taking = asyncio.create_task(customer.answer(EMAIL))
        async with asyncio.timeout(20):
            while not await holding.scalar(text(WAITING)):  # noqa: ASYNC110 - another connection does it
                await asyncio.sleep(0.01)
        cut_all(database.url, waiting=True)
    await taking
    assert len(await store.read_turns(customer.conversation)) == before + 1
    assert await count(database, OutgoingMail) == 1
