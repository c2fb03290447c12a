"""Asked whether their card is still right: once a year, at once where a way is closed, by the way and in the hours they prefer."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bots.card_checks import ask_who_is_due
from bots.mails.outgoing import post
from dialogs.effects import RecordAct
from storage.audit import read_audit
from storage.chats import Chats, bind_chat, index_of
from storage.checks import approaches_of, find_check, keep_confirmed
from storage.erasures import request_erasure
from storage.mails import NewMail, queue_mail
from storage.parties import Contact, conversations_of, keep_contact, open_party
from tests.bots.house import AT, EMAIL, SECOND, SHOWN, a_customer, a_house, a_registration, the_mails
from tests.bots.test_receipts import letters, settled
from tests.bots.test_withdrawing import BY_MAIL, a_change, shop, waiting  # noqa: F401 - fixtures
from tests.builders import a_suspended_registration
from tests.forms.content import shipped
from tests.smtp_server import smtp_server

pytestmark = pytest.mark.slow
ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2027, 11, 24, 12, tzinfo=ROME)
"""A year and two days after."""
COLLECTION = "modules.electronic_collection.act"


def an_authorisation(answer: str = "accept") -> RecordAct:
    return RecordAct(COLLECTION, "electronic_collection", "1", "authorisation", answer, SHOWN, SHOWN, "it", AT)


def at(services, moment: datetime):
    return replace(services, clock=lambda: moment)


async def a_client(services, *, prefers: Contact | None = None, emails=(EMAIL,)) -> UUID:
    party = await a_customer(services, an_authorisation(), *a_registration(), emails=emails)
    if prefers is not None:
        async with services.database.transaction() as session:
            await keep_contact(session, await open_party(session, services.keys, party), prefers)
    return party


async def asked_by_mail(services, party) -> list[str]:
    return [mail.kind for mail in await the_mails(services, party) if mail.kind in {"still_right", "way_closed"}]


async def check_of(services, party):
    async with services.database.transaction() as session:
        return await find_check(session, party)


async def a_chat(services, party) -> tuple[str, bytes]:
    """Their conversation goes on in a messenger."""
    index = index_of(services.keys, "telegram:4242", 70_001)
    async with services.database.transaction() as session:
        (conversation, *_) = await conversations_of(session, party)
        await bind_chat(session, services.keys, index, 70_001, conversation, opened_by="t:m1")
    return str(conversation), index


async def unasked(services, conversation) -> list[str]:
    turns = [json.loads(turn.replies) for turn in await services.turn_store.read_turns(conversation, 1)]
    return ["\n".join(message["text"] for message in turn["messages"]) for turn in turns if turn["id"] is None]


async def test_s4_26_a_year_after_they_confirmed_it_a_customer_is_asked_once_at_each_address(house, work):
    party = await a_client(house, emails=(EMAIL, SECOND))
    assert await ask_who_is_due(at(house, NOON - timedelta(days=3))) == 0
    async with work(house):
        assert await ask_who_is_due(at(house, NOON)) == 1
        assert await ask_who_is_due(at(house, NOON + timedelta(hours=1))) == 0
        await settled(house)
    asked = [letter for letter in letters(house) if "ancora giusti" in letter["Subject"]]
    assert sorted(letter["To"] for letter in asked) == sorted([EMAIL, SECOND])
    told = " ".join(asked[0].get_body(("plain",)).get_content().split())
    assert "https://demo.example.org/area" in told
    assert "non pubblicità" in told
    assert "Demetra" not in told, "nothing of the card is in the mail"
    async with house.database.transaction() as session:
        assert [event.action for event in await read_audit(session, party=party)].count("card.asked") == 1
    assert await ask_who_is_due(at(house, NOON + timedelta(days=364))) == 0
    assert await ask_who_is_due(at(house, NOON + timedelta(days=366))) == 1


async def test_whatever_fails_for_one_customer_is_logged_and_keeps_nobody_else_from_being_asked(house, caplog):
    broken = await a_client(house)
    async with house.database.transaction() as session:
        await session.execute(text("update party set wrapped_key = 'no key' where id = :id"), {"id": broken})
    other = await a_client(house, emails=(SECOND,))
    assert await ask_who_is_due(at(house, NOON)) == 1
    assert await asked_by_mail(house, other) == ["still_right"]
    assert any(f"customer {broken}" in line and "CannotUnseal" in line for line in caplog.messages)


async def test_s4_26_whoever_confirms_is_asked_again_a_year_after_that(house):
    party = await a_client(house)
    async with house.database.transaction() as session:
        await keep_confirmed(session, party, NOON - timedelta(days=30))
    assert await ask_who_is_due(at(house, NOON)) == 0
    assert await ask_who_is_due(at(house, NOON + timedelta(days=336))) == 1


async def test_s1_20_they_are_written_to_in_the_hours_they_prefer(house):
    party = await a_client(house, prefers=Contact("email", "evening"))
    assert await ask_who_is_due(at(house, NOON)) == 0
    assert (await check_of(house, party)).look_at == NOON.replace(hour=18)
    assert await ask_who_is_due(at(house, NOON.replace(hour=18))) == 1


@pytest.mark.parametrize("way", ["phone", "post"])
async def test_s1_20_who_prefers_the_telephone_or_a_letter_is_left_to_a_colleague(house, way):
    party = await a_client(house, prefers=Contact(way, "any"))
    assert await ask_who_is_due(at(house, NOON)) == 1
    assert await asked_by_mail(house, party) == []
    assert (await check_of(house, party)).asked_by == "colleague"


async def test_nobody_is_written_to_who_took_electronic_collection_back_or_wants_to_be_erased(house):
    revoked = await a_customer(house, an_authorisation(), *a_registration(), an_authorisation("withdrawn"))
    leaving = await a_client(house, emails=(SECOND,))
    async with house.database.transaction() as session:
        await request_erasure(session, leaving, by="customer", at=AT)
    await ask_who_is_due(at(house, NOON))
    assert await asked_by_mail(house, revoked) == await asked_by_mail(house, leaving) == []


async def test_s4_26_in_the_chat_one_answer_says_that_all_is_still_right(house):
    case = await a_suspended_registration(house)
    conversation, _ = await a_chat(house, case.party)
    async with house.database.transaction() as session:
        await keep_contact(session, await open_party(session, house.keys, case.party), Contact("messenger", "any"))
    a_year_on = at(house, (await check_of(house, case.party)).confirmed_at.astimezone(ROME).replace(hour=12) + timedelta(days=367))
    assert sum(await asyncio.gather(ask_who_is_due(a_year_on), ask_who_is_due(a_year_on))) == 1, "of two workers one"
    (said,) = await unasked(house, conversation)
    assert "Telefono, indirizzo ed e-mail sono ancora giusti?" in said
    case.customer.turn = json.loads((await house.turn_store.read_turns(conversation, 0))[-1].replies)
    assert case.customer.path == "update_card.confirm"
    before = await check_of(house, case.party)
    await case.customer.answer(True)
    after = await check_of(house, case.party)
    assert after.confirmed_at > before.confirmed_at
    assert "resta com’è" in case.customer.said


async def test_r4_an_address_that_refuses_mail_is_asked_about_at_once_by_another_way_and_only_once(database_url, tmp_path, work):
    async with (
        smtp_server(RCPT=["550 no such mailbox"]) as server,
        a_house(database_url, tmp_path, shipped.catalogue(), smtp_url=server.url) as house,
        work(house, retries_s=(0.01,)),
    ):
        party = await a_client(house, emails=(EMAIL, SECOND))
        await settled(house)
        assert [mail.state for mail in await the_mails(house, party)].count("failed") == 1
        check = await check_of(house, party)
        assert (check.doubted_by, check.look_at) == ("email", check.doubted_at)
        by_day = at(house, check.doubted_at.astimezone(ROME).replace(hour=12) + timedelta(days=1))
        assert await ask_who_is_due(by_day) == 1
        assert await ask_who_is_due(by_day) == 0
        await settled(house)
        assert await asked_by_mail(house, party) == ["way_closed"], "to the address that takes mail, and to no other"
        assert {mail.state for mail in await the_mails(house, party) if mail.kind == "way_closed"} == {"sent"}


async def test_r4_an_address_that_no_mail_can_carry_is_asked_about_at_the_other(database_url, tmp_path, work):
    async with a_house(database_url, tmp_path, shipped.catalogue()) as house, work(house):
        party = await a_client(house, emails=("=?utf-8?q?a?=@example.org", SECOND))
        await settled(house)
        doubted_at = (await check_of(house, party)).doubted_at
        assert await ask_who_is_due(at(house, doubted_at.astimezone(ROME).replace(hour=12) + timedelta(days=1))) == 1
        await settled(house)
        assert {(mail.state, mail.last_error) for mail in await the_mails(house, party) if mail.kind == "way_closed"} == {("sent", None)}


async def test_r4_a_chat_that_takes_nothing_more_is_asked_about_by_mail(house):
    party = await a_client(house, prefers=Contact("messenger", "any"))
    _, index = await a_chat(house, party)
    async with Chats(house.database, house.keys) as chats:
        await chats.keep_reachable(index, is_reachable=False)
    check = await check_of(house, party)
    assert check.doubted_by == "messenger"
    assert await ask_who_is_due(at(house, check.doubted_at.astimezone(ROME).replace(hour=12) + timedelta(days=1))) == 1
    assert await asked_by_mail(house, party) == ["way_closed"]


async def test_s4_13_a_second_offer_within_a_fortnight_is_withheld_and_a_receipt_never(house, shop, waiting):  # noqa: F811 - fixtures
    party, first = waiting
    assert await post(shop, [first]) == ["sent"]
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        facts = {"subject": "Altra offerta DEMO", "text": "Solo per prova."}
        second = await queue_mail(
            session, owner, NewMail("marketing", EMAIL, "it", facts=facts, needs_consent=BY_MAIL), domain="example.org"
        )
        said = await queue_mail(session, owner, NewMail("accepted", EMAIL, "it", facts={"form": "DEMO"}), domain="example.org")
    assert await post(shop, [second]) == ["nothing"]
    assert await post(shop, [said]) == ["sent"]
    assert {mail.state for mail in await the_mails(house, party) if mail.id == second} == {"withheld"}
    async with house.database.transaction() as session:
        assert len(await approaches_of(session, party, since=AT)) == 1


async def test_s4_13_the_yearly_question_waits_until_an_offer_is_a_fortnight_old(house, shop, waiting):  # noqa: F811 - fixtures
    party, offer = waiting
    assert await a_customer(house, an_authorisation()) == party
    later = at(house, NOON)
    async with house.database.transaction() as session:
        await keep_confirmed(session, party, NOON - timedelta(days=365))
    assert await post(replace(shop, services=at(house, NOON - timedelta(days=4))), [offer]) == ["sent"]
    assert await ask_who_is_due(later) == 0
    assert (await check_of(house, party)).look_at == NOON + timedelta(days=10)
    assert await ask_who_is_due(at(house, NOON + timedelta(days=10))) == 1
