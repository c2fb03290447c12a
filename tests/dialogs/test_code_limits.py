"""Codes over many conversations: neither more guesses nor more mails than one conversation would be worth."""

from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from dialogs import applying
from dialogs.events import Commanded
from dialogs.turn import Turns
from storage.parties import create_party, prove_email
from storage.settings import Settings
from storage.tables.intake import CodeTry, Conversation
from storage.tables.messages import OutgoingMail
from storage.turns import TurnStore
from tests.dialogs.customer import Customer
from tests.dialogs.driver import EMAIL, NOW, PERSON
from tests.forms.content import shipped
from tests.storage.builders import KEYS

WRONG = "000000"


class Clock:
    def __init__(self) -> None:
        self.now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest_asyncio.fixture
async def turns(database, clock, tmp_path):
    settings = Settings(_env_file=None, home=tmp_path, secret_key="s" * 40)
    async with TurnStore(database, KEYS) as store:
        yield Turns(database, store, shipped.catalogue(), settings, keys=KEYS, clock=clock)


async def at_code(database, turns):
    customer = await Customer(database, turns, KEYS).open()
    await customer.play(PERSON, until="journey.email_code")
    return customer


async def a_wrong_code(customer):
    code = await customer.read_code()
    await customer.answer(WRONG if code != WRONG else "111111")


async def test_many_conversations_give_no_more_guesses_and_the_right_code_gets_the_same_words(database, turns, clock, monkeypatch):
    monkeypatch.setattr(applying, "MOST_WRONG", 4)
    first = await at_code(database, turns)
    for _ in range(4):
        await a_wrong_code(first)
    second = await at_code(database, turns)
    await a_wrong_code(second)
    locked = second.said
    assert "rimanda" in locked
    await second.answer(await second.read_code())
    assert (second.said, second.path) == (locked, "journey.email_code")
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).where(Conversation.party_id.is_not(None)).select_from(Conversation)) == 0
    clock.now += timedelta(hours=1, seconds=1)
    await second.send(Commanded("resend"))
    await second.answer(await second.read_code())
    assert second.path != "journey.email_code"


async def test_a_strangers_mailbox_is_not_flooded_and_nobody_is_told(database, turns, monkeypatch):
    monkeypatch.setattr(applying, "MOST_SENT", 2)
    said = [(await at_code(database, turns)).said for _ in range(4)]
    assert len(set(said)) == 1
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(OutgoingMail)) == 2


async def test_tries_are_forgotten_after_an_hour_and_cannot_be_matched_with_a_customer(database, turns, clock):
    await a_wrong_code(await at_code(database, turns))
    async with database.transaction() as session:
        kept = list(await session.scalars(select(CodeTry)))
    assert {row.kind for row in kept} == {"sent", "wrong"}
    assert KEYS.blind_index("email", EMAIL) not in {row.address for row in kept}
    clock.now += timedelta(hours=1)
    await at_code(database, turns)
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(CodeTry)) == 1


async def test_a_wrong_code_looks_nobody_up(database, turns, monkeypatch):
    """How long the answer takes must not tell whether the address is a customer's."""
    async with database.transaction() as session:
        await prove_email(session, await create_party(session, KEYS, language="it"), EMAIL, NOW)
    looked_up = []
    load = turns._known

    async def watched(loaded, wanted):
        looked_up.append(wanted)
        return await load(loaded, wanted)

    monkeypatch.setattr(turns, "_known", watched)
    customer = await at_code(database, turns)
    await a_wrong_code(customer)
    assert looked_up == []
    await customer.answer(" ".join(await customer.read_code()))
    assert looked_up[0] == EMAIL
