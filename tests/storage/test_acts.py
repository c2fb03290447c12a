"""The ledger of acts."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from rules.chain import Break
from storage.acts import NewAct, append_act, erase_salts, keep_refusal, latest_acts, read_acts, read_head, verify_all, verify_owner
from storage.tables.evidence import Act, ActSalt
from tests.storage.builders import AT, a_conversation, a_party


def an_act(answer="accept", module="mandate", at=AT):
    return NewAct(f"modules.{module}.act", module, "1", "authorisation", answer, at, {"text_sha256": "ab" * 32, "stamp": "22/11/26 a@b.it"})


async def test_acts_chain_and_verify(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        for seconds in range(3):
            head = await append_act(session, owner, an_act(at=AT + timedelta(seconds=seconds)))
    async with database.transaction() as session:
        assert await read_head(session, owner.party) == head
        assert await verify_owner(session, owner.party, owner) is None
        assert await verify_all(session) == {}


async def test_the_latest_act_per_question_and_the_whole_path(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        for number, (answer, module) in enumerate((("accept", "mandate"), ("accept", "profiling"), ("refuse", "mandate"))):
            await append_act(session, owner, an_act(answer, module, AT + timedelta(days=number)))
        assert [(a.module, a.answer) for a in await latest_acts(session, owner)] == [("profiling", "accept"), ("mandate", "refuse")]
        assert len(await read_acts(session, owner)) == 3
        assert [a.answer for a in await read_acts(session, owner, since=AT + timedelta(days=2))] == ["refuse"]
        assert (await read_acts(session, owner))[0].facts["stamp"] == "22/11/26 a@b.it"


async def test_acts_given_at_once_follow_each_other(database):
    async with database.transaction() as session:
        owner = await a_party(session)

    async def give(number):
        async with database.transaction() as session:
            await append_act(session, owner, an_act(at=AT + timedelta(seconds=number)))

    await asyncio.gather(*(give(number) for number in range(8)))
    async with database.transaction() as session:
        assert await verify_owner(session, owner.party, owner) is None
        assert (await read_head(session, owner.party)).number == 8


@pytest.mark.parametrize("statement", ["update act set answer = 'refuse'", "delete from act", "truncate act"])
async def test_acts_cannot_be_changed_or_removed(database, statement):
    async with database.transaction() as session:
        await append_act(session, await a_party(session), an_act())
    with pytest.raises(Exception, match=r"stay as they are|permission denied"):
        async with database.transaction() as session:
            await session.execute(text(statement))


async def test_an_erased_salt_leaves_the_chain_verifiable(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await append_act(session, owner, an_act())
        await erase_salts(session, owner.party)
        assert await verify_owner(session, owner.party, owner) is None
        assert (await session.scalars(select(ActSalt))).all() == []


async def test_a_head_that_is_not_the_chains_end_shows(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await append_act(session, owner, an_act())
        await session.execute(text("update chain_head set number = 2"))
        assert await verify_all(session) == {owner.party: Break(2, "number")}


async def test_a_refusal_is_kept_in_words_that_name_nobody(database):
    async with database.transaction() as session:
        conversation = await a_conversation(session)
        act = NewAct("modules.electronic_collection.act", "electronic_collection", "1", "authorisation", "refuse", AT, {"language": "it"})
        await keep_refusal(session, conversation, act)
        await session.execute(text("update conversation set wrapped_key = null"))
        row = (await session.scalars(select(Act))).one()
        assert (row.party_id, row.is_sealed, row.answer) == (None, False, "refuse")
        assert await verify_owner(session, conversation.id, conversation) is None
        await session.execute(delete(ActSalt))
        assert await verify_owner(session, conversation.id) is None
