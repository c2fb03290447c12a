"""What colleagues do is said in the chat, once, and mailed: the real actions, workflows and letters."""

import json

import pytest
from sqlalchemy import select

from bots import receipts
from bots.news import tell_move
from console import actions
from dialogs.events import Commanded, StaffSaid
from dialogs.jobs import enqueue_mail
from storage.mails import NewMail, queue_mail
from storage.parties import open_party
from storage.tables.submissions import Submission
from tests.bots.house import EMAIL, the_mails
from tests.bots.test_receipts import letters, settled
from tests.builders import a_suspended_registration
from tests.console.house import a_colleague

pytestmark = pytest.mark.slow
CARD = "registration_person"
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
STREET, NUMBER = f"{CARD}.residence.street", f"{CARD}.residence.house_number"


async def unasked(house, case) -> list[str]:
    """What the agency has said in the chat, each turn's words."""
    turns = [json.loads(turn.replies) for turn in await house.turn_store.read_turns(case.customer.conversation, 1)]
    return ["\n".join(message["text"] for message in turn["messages"]) for turn in turns if turn["id"] is None]


async def mailed(house, case, kind):
    """Subject and words of the letter of this kind to the customer."""
    (row,) = [mail for mail in await the_mails(house, case.party) if mail.kind == kind]
    assert (row.state, row.last_error) == ("sent", None)
    (letter,) = [letter for letter in letters(house) if letter["Message-ID"] == row.message_id]
    assert letter["To"] == EMAIL
    return letter["Subject"], letter.get_body(("plain",)).get_content()


async def test_returned_answers_are_said_and_mailed_together(house, at_work):
    case, agent = await a_suspended_registration(house), await a_colleague(house)
    await actions.claim(house, agent, case.submission)
    await actions.return_answers(house, agent, case.submission, [STREET, NUMBER], "Manca la scala. DEMO")
    await settled(house)
    (said,) = await unasked(house, case)
    assert "chiede solo questo: Via e Numero civico. Manca la scala. DEMO. Il resto va bene." in said.translate(ISOLATES)
    _, words = await mailed(house, case, "returned")
    assert "chiede solo questo: Via, Numero civico. Il resto va bene" in words.translate(ISOLATES)
    assert "Manca la scala. DEMO" in words


async def test_what_was_said_is_not_said_again_by_a_job_that_runs_twice(house, at_work):
    case, agent = await a_suspended_registration(house), await a_colleague(house)
    await actions.claim(house, agent, case.submission)
    await actions.return_answers(house, agent, case.submission, [STREET, NUMBER], "Manca la scala. DEMO")
    await settled(house)
    before = await unasked(house, case)
    async with house.database.transaction() as session:
        version = await session.scalar(select(Submission.version).where(Submission.id == case.submission))
    await receipts.say_moved(str(case.submission), str(version))
    await tell_move(house, case.submission, version)
    assert await unasked(house, case) == before
    await case.customer.send(Commanded("review"))
    assert case.customer.turn["number"] == 1 + max(
        turn.number for turn in (await house.turn_store.read_turns(case.customer.conversation))[:-1]
    )


async def test_an_accepted_card_is_said_and_mailed(house, at_work):
    case, agent = await a_suspended_registration(house), await a_colleague(house)
    await actions.claim(house, agent, case.submission)
    await actions.approve(house, agent, case.submission)
    await settled(house)
    assert len(await unasked(house, case)) == 1
    await mailed(house, case, "accepted")


async def test_a_rejection_is_said_and_mailed_with_its_reason(house, at_work):
    case, agent = await a_suspended_registration(house), await a_colleague(house)
    await actions.claim(house, agent, case.submission)
    await actions.reject(house, agent, case.submission, "Documento scaduto. DEMO")
    await settled(house)
    (said,) = await unasked(house, case)
    assert "Documento scaduto. DEMO" in said
    _, words = await mailed(house, case, "rejected")
    assert "Documento scaduto. DEMO" in words


async def test_who_asks_to_be_called_is_mailed_to_the_agency(house, at_work):
    case = await a_suspended_registration(house)
    await case.customer.send(Commanded("human"))
    await case.customer.answer("+393331234567")
    await settled(house)
    (row,) = [mail for mail in await the_mails(house, case.party) if mail.kind == "call_request"]
    (letter,) = [letter for letter in letters(house) if letter["Message-ID"] == row.message_id]
    assert letter["To"] == house.settings.agency_email
    text = letter.get_body(("plain",)).get_content()
    assert "+39 333 123 4567" in text
    assert "Argomento: Vuole parlare con una persona" in text


async def test_an_expired_offer_is_mailed(house, at_work):
    case = await a_suspended_registration(house)
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, case.party)
        new = NewMail("expired", EMAIL, "it", facts={"number": "O-2026-000417", "valid_until": "2026-12-22"}, submission=case.submission)
        await enqueue_mail(session, await queue_mail(session, owner, new, domain="example.org"))
    await settled(house)
    await mailed(house, case, "expired")


async def test_the_same_key_says_once_and_another_again(house):
    case = await a_suspended_registration(house)
    said = StaffSaid("accepted", {"submission": str(case.submission), "form": CARD})
    first = await house.turns.say(case.customer.conversation, said, key="a")
    assert await house.turns.say(case.customer.conversation, said, key="a") == first
    assert json.loads(first)["id"] is None
    assert len(await unasked(house, case)) == 1
    await house.turns.say(case.customer.conversation, said, key="b")
    assert len(await unasked(house, case)) == 2
