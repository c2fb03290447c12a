"""Transactions: what they set, what a rollback leaves, what the run-time role may not."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database, Role, as_system, driver_connection
from storage.tables import Base
from storage.tables.base import new_id
from storage.tables.intake import Conversation
from storage.turns import TurnStore
from tests.storage.builders import KEYS, cut_all


def a_conversation(**given: object) -> Conversation:
    return Conversation(
        **{"secret_sha256": new_id().bytes, "wrapped_key": b"k", "snapshot": b"s", "language": "it", "channel": "web"} | given
    )


async def test_what_a_transaction_wrote_is_there_after_it(database: Database) -> None:
    async with database.transaction() as session:
        session.add(conversation := a_conversation())
    async with database.transaction() as session:
        assert await session.get(Conversation, conversation.id)


async def test_an_exception_leaves_nothing_also_of_the_drivers_own_statements(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await write_past_sqlalchemy_and_fail(database)
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 0


async def test_a_single_statement_sees_all_and_stays_whatever_comes_after(database: Database) -> None:
    async with database.transaction() as session:
        session.add(conversation := a_conversation())
    with pytest.raises(ZeroDivisionError):
        await change_by_a_statement_and_fail(database)
    async with database.statements() as session:
        assert (await session.scalars(select(Conversation.language).where(Conversation.id == conversation.id))).all() == ["en"]


async def change_by_a_statement_and_fail(database: Database) -> None:
    async with database.statements() as session:
        await session.execute(text("update conversation set language = 'en'"))
        raise ZeroDivisionError


async def test_what_was_cut_while_it_was_idle_is_used_by_nobody(database: Database) -> None:
    async with database.transaction() as session, database.statements() as alone:
        idle = [await driver_connection(session), await driver_connection(alone)]
    cut_all(database.url)
    while not all(one.is_closed() for one in idle):  # noqa: ASYNC110 - the loop reads it from the line
        await asyncio.sleep(0)
    async with database.transaction() as session, database.statements() as alone:
        assert (await session.scalar(text("select 1")), await alone.scalar(text("select 1"))) == (1, 1)


async def test_settings_end_with_their_transaction(database: Database) -> None:
    async with database.transaction("party", party=new_id()):
        pass
    async with database.engine.connect() as connection:
        role, party = (
            await connection.execute(text("select current_setting('sospeso.role', true), current_setting('sospeso.party', true)"))
        ).one()
        assert not role
        assert not party


async def test_without_a_role_no_row_is_seen(database: Database) -> None:
    async with database.transaction() as session:
        session.add(a_conversation())
    async with database.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(Conversation)) == 0


async def test_a_party_sees_its_own_conversations_only(database: Database) -> None:
    mine, other = new_id(), new_id()
    async with database.transaction() as session:
        session.add_all([a_conversation(party_id=mine), a_conversation(party_id=other), a_conversation()])
    async with database.transaction("party", party=mine) as session:
        assert [each.party_id for each in await session.scalars(select(Conversation))] == [mine]


async def acting_as(session: AsyncSession) -> tuple[str, str]:
    row = (await session.execute(text("select current_user, current_setting('sospeso.role')"))).one()
    return row[0], row[1]


async def test_who_acts_as_the_system_for_a_moment_is_themselves_again_also_after_a_refusal(database: Database) -> None:
    async with database.transaction("agent", staff=new_id()) as session:
        with suppress(LookupError):
            async with as_system(session):
                assert await acting_as(session) == ("sospeso_system", "system")
                raise LookupError
        assert await acting_as(session) == ("sospeso_app", "agent")


async def test_what_the_database_refuses_meanwhile_is_told_and_not_what_comes_of_it(database: Database) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        async with database.transaction("agent", staff=new_id()) as session, as_system(session):
            await session.execute(text("select 1 / 0"))
    async with database.transaction("agent", staff=new_id()) as session:
        assert await acting_as(session) == ("sospeso_app", "agent")


@pytest.mark.parametrize(("asks", "works_as"), [("system", "sospeso_system"), ("agent", "sospeso_app"), ("party", "sospeso_app")])
async def test_the_run_time_roles_own_nothing(database: Database, asks: Role, works_as: str) -> None:
    async with database.transaction(asks) as session:
        assert await session.scalar(text("select current_user")) == works_as
        assert await session.scalar(text("select count(*) from pg_class where relowner = current_user::regrole")) == 0


async def test_a_role_ends_with_its_transaction(database: Database) -> None:
    async with database.transaction():
        pass
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("select current_user")) == "sospeso_app"


@pytest.mark.parametrize("change", ["update {0} set {1} = {1}", "delete from {0}", "truncate {0} cascade"])
async def test_append_only_rows_stay_as_they_are(database: Database, change: str) -> None:
    kept = [table for table in Base.metadata.sorted_tables if table.info["append_only"]]
    assert "turn" in {table.name for table in kept}
    for table in kept:
        column = next(each.name for each in table.columns if each.identity is None)
        statement = change.format(table.name, column)
        with pytest.raises(DBAPIError, match="permission denied"):
            await run(database, statement)
        with pytest.raises(DBAPIError, match="stay as they are"):
            await run(database, "set role sospeso_owner", statement)


@pytest.mark.parametrize("change", ["delete from conversation", "truncate conversation cascade"])
async def test_a_conversation_never_goes_from_under_its_turns(database: Database, change: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        await run(database, change)
    with pytest.raises(DBAPIError, match="stay as they are"):
        await run(database, "set role sospeso_owner", change)


async def run(database: Database, *statements: str) -> None:
    async with database.transaction() as session:
        for statement in statements:
            await session.execute(text(statement))


async def write_past_sqlalchemy_and_fail(database: Database) -> None:
    async with database.transaction() as session:
        raw = (await (await session.connection()).get_raw_connection()).driver_connection
        assert raw is not None
        await raw.execute(
            "insert into conversation (id, secret_sha256, snapshot, version, language, channel) values ($1, 'x', 'x', 0, 'it', 'web')",
            new_id(),
        )
        raise ZeroDivisionError


@pytest.fixture
def login(database_url: str) -> Iterator[str]:
    """Address for somebody who is a member of `sospeso_system` and of nothing more."""
    name, password = f"sospeso_login_{uuid4().hex}", uuid4().hex
    with psycopg.connect(database_url.replace("+", "%20"), autocommit=True) as owner:  # SQLAlchemy writes a space as a form does
        owner.execute(f"create role {name} login password '{password}'")
        owner.execute(f"grant sospeso_system to {name}")
        yield make_url(database_url).set(username=name, password=password).render_as_string(hide_password=False)
        owner.execute(f"drop role {name}")


async def test_the_program_may_log_in_as_a_member_of_its_role(login: str) -> None:
    database = Database(login)
    async with database.transaction() as session:
        session.add(a_conversation(party_id=(party := new_id())))
    async with database.transaction("party", party=party) as session:
        assert [each.party_id for each in await session.scalars(select(Conversation))] == [party]
    async with TurnStore(database, KEYS) as store:
        created = await store.create(language="it", channel="web", snapshot=b"{}", replies=b"{}")
        assert await store.load(created.conversation) is not None
    await database.close()
