"""Who sees which rows: every table, held against every role. Each customer has one row in each table; who sees it is read back."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, LargeBinary, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.tables import Base
from storage.tables.base import new_id

AT = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
ANNA, BRUNO = new_id(), new_id()  # agents
HERS, HIS, NOBODYS = new_id(), new_id(), new_id()  # customers
COUNTED = count(1)  # so that no two rows have one number or day
AGENTS = {HERS: ANNA, HIS: BRUNO, NOBODYS: None}
VISITORS = None  # what was caused before there was a party
EVERYBODY = frozenset({HERS, HIS, NOBODYS})

PARTYS = {
    *("party", "party_identifier", "card_revision", "conversation", "turn", "submission", "submission_event", "act"),
    *("chain_head", "receipt", "document", "erasure", "offer", "policy", "outgoing_mail", "sync_record", "card_check", "approach"),
}
OTHERS = {
    "call_request": "visitor",
    "takeover": "visitor",
    "audit_event": "own",
    "export_order": "own",
    "prepared_card": "preparer",
    "client_import": "preparer",
    "import_row": "preparer",
    "colleague": "staff",
    "year_counter": "staff",
    "sync_target": "staff",
    "sync_batch": "staff",
    "incoming_file": "staff",
    "ledger_key": "staff",
    "ledger_root": "staff",
    "ledger_witness": "staff",
    "ledger_leaf": "system",
    "receipt_signature": "system",
    "staff_session": "system",
    "staff_device": "system",
    "account": "system",
    "account_session": "system",
    "account_code": "system",
    "act_salt": "system",
    "code_try": "system",
    "upload": "system",
    "kept_apart": "system",
    "past_paper": "system",
    "chat": "system",
    "sender": "system",
    "entry": "system",
}
TABLES = [table for table in Base.metadata.sorted_tables if not table.info["is_private"]]


def a_value(column):
    kinds = {
        Uuid: new_id,
        Boolean: lambda: True,
        BigInteger: lambda: next(COUNTED),
        Integer: lambda: next(COUNTED),
        LargeBinary: lambda: new_id().bytes * 2,
    }
    kinds |= {DateTime: lambda: AT, Date: lambda: date(2026, 11, 22) + timedelta(days=next(COUNTED)), JSONB: dict}
    make = next((make for kind, make in kinds.items() if isinstance(column.type, kind)), lambda: f"demo-{new_id()}")
    return make()


def a_row(table: Table, party: UUID | None, colleague: UUID, made: dict[str, UUID]):
    """`made`: ids of the rows of other tables that this customer has."""
    row = {column.name: a_value(column) for column in table.columns if not column.nullable and column.identity is None}
    own = {"party_id": party, "owner_id": party, "colleague_id": colleague, "conversation_id": made.get("conversation")}
    own |= {"submission_id": made.get("submission"), "offer_id": made.get("offer"), "erasure_id": made.get("erasure")}
    own |= {"import_id": made.get("client_import")}
    if table.name == "party":
        own = {"id": party, "agent_id": AGENTS[party]}
    if table.name == "colleague":
        own = {"id": colleague}
    return row | {name: value for name, value in own.items() if name in table.columns and value is not None}


@pytest.fixture
async def filled(database):
    async with database.transaction() as session:
        for party, agent in AGENTS.items():
            colleague, made = agent or new_id(), {}
            for table in TABLES:
                row = a_row(table, party, colleague, made)
                await session.execute(table.insert().values(row))
                if "id" in row:
                    made[table.name] = row["id"]
        for name in ("call_request", "takeover"):
            table = Base.metadata.tables[name]
            await session.execute(table.insert().values(a_row(table, None, ANNA, {"conversation": new_id()})))
    return database


async def seen(database: Database, table: Table, role: str, **who: UUID) -> set[UUID | None] | int:
    """Of whom rows are seen; of tables that belong to no customer, how many rows."""
    column = table.info["party_column"]
    async with database.transaction(role, **who) as session:
        if column not in table.columns or table.info["rls"] == "preparer":  # whose row it is decides, not whom it is about
            return len((await session.execute(table.select())).all())
        return set(await session.scalars(table.select().with_only_columns(table.c[column])))


AS = {
    "system": {},
    "party": {"party": HERS},
    "agent": {"staff": ANNA},
    "manager": {"staff": new_id()},
    "auditor": {"staff": new_id()},
    "admin": {"staff": new_id()},
    "": {},
}
ALL, MINE, NONE = set(EVERYBODY), {HERS, NOBODYS}, set()
EXPECTED = {
    "party": {"system": ALL, "party": {HERS}, "agent": MINE, "manager": ALL, "auditor": ALL, "admin": NONE, "": NONE},
    "visitor": {
        "system": ALL | {VISITORS},
        "party": NONE,
        "agent": MINE | {VISITORS},
        "manager": ALL | {VISITORS},
        "auditor": ALL | {VISITORS},
        "admin": NONE,
        "": NONE,
    },
    "own": {"system": ALL, "party": NONE, "agent": {HERS}, "manager": ALL, "auditor": ALL, "admin": ALL, "": NONE},
    "preparer": {"system": 3, "party": 0, "agent": 1, "manager": 3, "auditor": 3, "admin": 0, "": 0},
    "staff": {"system": 3, "party": 0, "agent": 3, "manager": 3, "auditor": 3, "admin": 3, "": 0},
    "system": {"system": 3, "party": 0, "agent": 0, "manager": 0, "auditor": 0, "admin": 0, "": 0},
}


def test_every_table_stands_in_the_matrix():
    assert {table.name: table.info["rls"] for table in TABLES} == dict.fromkeys(PARTYS, "party") | OTHERS | {"turn": "conversation"}


async def test_every_role_sees_of_every_table_what_it_may_and_no_row_more(filled):
    wrong = {}
    for table in TABLES:
        kind = "party" if table.name == "turn" else table.info["rls"]
        for role, who in AS.items():
            found = await seen(filled, table, role, **who)
            expected = EXPECTED[kind][role]
            if isinstance(found, int) and isinstance(expected, set):  # no column tells whose it is; how many is enough, as each has one
                expected = len(expected)
            if isinstance(found, set) and isinstance(expected, int):  # nobody's but the system's, though it tells whose it is
                found = len(found)
            if found != expected:
                wrong[table.name, role] = found
    assert wrong == {}


async def test_what_a_colleague_does_not_see_they_cannot_change(filled):
    async with filled.transaction("agent", staff=ANNA) as session:
        changed = await session.execute(text("update party set display_name = 'x' where id = :id"), {"id": HIS})
        assert changed.rowcount == 0


async def test_nobody_gives_a_customer_to_a_portfolio_they_cannot_see(filled):
    with pytest.raises(DBAPIError, match="row-level security"):
        async with filled.transaction("agent", staff=ANNA) as session:
            await session.execute(text("update party set agent_id = :agent where id = :id"), {"agent": BRUNO, "id": HERS})


async def test_the_names_beside_the_customers_are_read_by_nobody(filled):
    with pytest.raises(DBAPIError, match="permission denied"):
        async with filled.transaction() as session:
            await session.execute(text("select * from party_name"))


@pytest.mark.parametrize(
    ("role", "found"), [("system", ALL), ("manager", ALL), ("agent", MINE), ("admin", NONE), ("party", NONE), ("", NONE)]
)
async def test_names_are_found_within_the_portfolio_only(filled, role, found):
    async with filled.transaction() as session:
        await session.execute(text("update party set display_name = 'D''Amélie Démo'"))
    async with filled.transaction(role, **AS[role]) as session:
        assert set(await session.scalars(text("select parties_named('AMELIE', 10)"))) == found


async def test_a_submission_follows_its_customer_into_another_portfolio(filled):
    async with filled.transaction() as session:
        await session.execute(text("update party set agent_id = :agent where id = :id"), {"agent": BRUNO, "id": HERS})
        await session.execute(
            text("update submission set agent_id = :agent"), {"agent": ANNA}
        )  # whatever is written, the trigger knows better
    async with filled.transaction("agent", staff=ANNA) as session:
        assert set(await session.scalars(text("select party_id from submission"))) == {NOBODYS}
    async with filled.transaction("agent", staff=BRUNO) as session:
        assert set(await session.scalars(text("select party_id from submission"))) == ALL
