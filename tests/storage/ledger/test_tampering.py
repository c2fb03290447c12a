"""Whoever rewrites the database as its owner, without the keys and the second store, is found: also where they hash everything anew.

Each attack is one transaction that is checked from within and rolled back. SOSPESO_TAMPERS: how many of each kind."""

import os
import random
from contextlib import asynccontextmanager

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import make_url

from rules import chain
from rules.merkle import Tree, leaf_hash
from rules.statements import leaf
from storage.database import Database
from storage.ledger.checking import check_within
from tests.conftest import created
from tests.storage.ledger.world import a_past

pytestmark = pytest.mark.slow

TIMES = int(os.environ.get("SOSPESO_TAMPERS", "34"))
GUARDED = ("act", "receipt", "ledger_key", "ledger_leaf", "ledger_root", "ledger_witness", "receipt_signature")
EDITED = (
    *[("act", name) for name in ("kind", "question", "module", "version", "answer", "at", "conversation_id")],
    *[("act", name) for name in ("commitment", "previous", "link", "detail", "is_sealed", "number", "party_id")],
    *[("act_salt", "sealed_salt"), ("chain_head", "link"), ("chain_head", "number")],
    *[("receipt", name) for name in ("number", "sequence", "head", "text_sha256", "at")],
    *[("receipt_signature", name) for name in ("root_day", "key_number", "signature")],
    *[("ledger_leaf", name) for name in ("position", "number", "link")],
    *[("ledger_root", name) for name in ("day", "size", "root", "peaks", "made_at", "key_number", "signature")],
    *[("ledger_key", name) for name in ("public_key", "made_at", "signature", "cross_signature")],
)
ANOTHER = {  # of a value of this type, one that it is not
    "text": "{0} || 'x'",
    "bytea": "set_byte({0}, length({0}) - 1, (get_byte({0}, length({0}) - 1) + 1) % 256)",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "date": "coalesce({0} + 1000, '2000-01-01')",
    "uuid": "gen_random_uuid()",
    "integer": "{0} + 1000",
    "bigint": "{0} + 1000",
    "boolean": "not {0}",
}


@pytest_asyncio.fixture(scope="module")
async def past(server_url, template, tmp_path_factory):
    home = tmp_path_factory.mktemp("tampered")
    with created(server_url, f"sospeso_tampered_{home.name}", template=template) as url:
        database = Database(url)
        world, owners, receipts = await a_past(database, home)
        yield world, [owner.id for owner in owners], receipts
        await database.close()


@pytest_asyncio.fixture
async def connection(past):
    made = await asyncpg.connect(make_url(past[0].database.url).set(drivername="postgresql").render_as_string(hide_password=False))
    await made.execute("set role sospeso_owner")
    yield made
    await made.close()


@asynccontextmanager
async def rolled_back(connection):
    """With every trigger out of the way, as the owner of the tables can have it."""
    transaction = connection.transaction()
    await transaction.start()
    for table in GUARDED:
        await connection.execute(f"alter table {table} disable trigger user")
    try:
        yield
    finally:
        await transaction.rollback()


async def edit(rng, connection, _owner):
    table, column = rng.choice(EDITED)
    kind = await connection.fetchval(
        "select data_type from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = 'public'",
        table,
        column,
    )
    row = await a_row(rng, connection, table, f"where {column} is not null" if table == "ledger_key" else "")
    await connection.execute(f"update {table} set {column} = {ANOTHER[kind].format(column)} where ctid = $1", row)


async def a_row(rng, connection, table, where=""):
    rows = await connection.fetch(f"select ctid from {table} {where} order by ctid")
    return rng.choice(rows)[0]


async def delete(rng, connection, owner):
    table = rng.choice(["act", "act_salt", "chain_head", "receipt", "ledger_leaf", "ledger_root", "ledger_key"])
    await connection.execute(f"delete from {table} where ctid = $1", await a_row(rng, connection, table))
    if table == "act" and rng.random() < 0.5:
        await renumber(connection, owner)


async def swap(rng, connection, owner):
    one, other = rng.sample(range(1, 9), 2)
    move = "update act set number = $3 where owner_id = $1 and number = $2"
    for before, after in ((one, 1000), (other, one), (1000, other)):
        await connection.execute(move, owner, before, after)


async def insert(rng, connection, owner):
    """An act that was given once is given again, somewhere in the chain or at its end, with its salt."""
    at, copied = rng.randrange(1, 10), rng.randrange(1, 9)
    await connection.execute("update act set number = number + 1000 where owner_id = $1 and number >= $2", owner, at)
    columns = "party_id, conversation_id, question, module, version, kind, answer, at, commitment, previous, link, detail, is_sealed"
    await connection.execute(
        f"insert into act (owner_id, number, {columns}) select owner_id, $2, {columns} from act where owner_id = $1 and number % 1000 = $3",
        owner, at, copied,
    )  # fmt: skip
    await renumber(connection, owner)
    await connection.execute(
        "insert into act_salt select owner_id, 9, sealed_salt, is_sealed from act_salt where owner_id = $1 and number = $2", owner, copied
    )
    if rng.random() < 0.5:
        await hash_anew(connection, owner)


async def renumber(connection, owner):
    rows = await connection.fetch("select ctid from act where owner_id = $1 order by number", owner)
    for number, (row,) in enumerate(rows, 1):
        await connection.execute("update act set number = $2 where ctid = $1 and number <> $2", row, number)


async def truncate(rng, connection, owner):
    """The end of a chain is gone, and whatever in the database speaks of it."""
    await connection.execute("delete from act where owner_id = $1 and number > $2", owner, rng.randrange(8))
    await hash_anew(connection, owner)


async def rewrite(rng, connection, owner):
    number = rng.randrange(1, 9)
    if rng.random() < 0.5:
        answer = rng.choice(["accept", "refuse", "seen"]) + " "
        await connection.execute("update act set answer = $3 where owner_id = $1 and number = $2", owner, number, answer)
    else:
        await connection.execute("delete from act where owner_id = $1 and number = $2", owner, number)
        await renumber(connection, owner)
    await hash_anew(connection, owner)


async def hash_anew(connection, owner):
    """Links, head, receipts, log and roots as they would have been: all that needs no key."""
    number, previous = 0, chain.genesis(str(owner))
    for row in await connection.fetch("select * from act where owner_id = $1 order by number", owner):
        facts = (*(row[name] for name in ("kind", "question", "module", "version", "answer")), str(row["conversation_id"]))
        link = chain.next_link(number, previous, at=row["at"], facts=facts, commitment=row["commitment"])
        await connection.execute(
            "update act set previous = $3, link = $4 where owner_id = $1 and number = $2", owner, row["number"], previous, link.link
        )
        number, previous = link.number, link.link
    await connection.execute(
        "update chain_head set number = $2, link = $3 where owner_id = $1", owner, number, previous if number else None
    )
    await connection.execute("delete from act_salt where owner_id = $1 and number > $2", owner, number)
    await connection.execute(
        "update receipt set head = act.link from act where receipt.party_id = $1 and act.owner_id = $1 and act.number = receipt.sequence",
        owner,
    )
    await connection.execute("update receipt set sequence = $2, head = $3 where party_id = $1 and sequence > $2", owner, number, previous)
    await connection.execute("delete from ledger_leaf where owner_id = $1 and number > $2", owner, number)
    await connection.execute(
        "update ledger_leaf set link = act.link from act where act.owner_id = ledger_leaf.owner_id and act.number = ledger_leaf.number"
    )
    rows = await connection.fetch("select ctid from ledger_leaf order by position")
    for position, (row,) in enumerate(rows):
        await connection.execute("update ledger_leaf set position = $2 where ctid = $1 and position <> $2", row, position)
    leaves = [
        leaf_hash(leaf(str(owner_id), number, link))
        for owner_id, number, link in await connection.fetch("select owner_id, number, link from ledger_leaf order by position")
    ]
    for day, size in await connection.fetch("select day, size from ledger_root"):
        tree = Tree().grown(leaves[:size])
        await connection.execute(
            "update ledger_root set size = $2, root = $3, peaks = $4 where day = $1", day, tree.size, tree.root, b"".join(tree.peaks)
        )


async def test_what_nobody_touched_holds_from_within(past, connection):
    world, _, receipts = past
    seen = tuple(receipt.head.hex() for receipt in receipts)
    async with rolled_back(connection):
        assert (await check_within(connection, world.store(seen=seen))).holds


@pytest.mark.parametrize("attack", [edit, delete, swap, insert, truncate, rewrite], ids=lambda attack: attack.__name__)
async def test_each_is_found(past, connection, attack):
    world, owners, _ = past
    rng = random.Random(20261122)
    unfound = []
    for number in range(TIMES):
        async with rolled_back(connection):
            await attack(rng, connection, rng.choice(owners))
            report = await check_within(connection, world.store())
            if report.holds:
                unfound.append(number)
    assert unfound == []


async def test_an_act_that_a_thief_of_the_database_adds_at_the_end_is_found_for_they_cannot_seal_it(past, connection):
    world, (owner, *_), _ = past
    async with rolled_back(connection):
        head = await connection.fetchrow("select number, link from chain_head where owner_id = $1", owner)
        last = await connection.fetchrow("select * from act where owner_id = $1 and number = $2", owner, head["number"])
        salt, detail = bytes(32), b"{}"
        facts = (*(last[name] for name in ("kind", "question", "module", "version", "answer")), str(last["conversation_id"]))
        link = chain.next_link(head["number"], head["link"], at=last["at"], facts=facts, commitment=chain.commit(salt, detail))
        new = dict(last) | {
            "number": link.number,
            "previous": link.previous,
            "link": link.link,
            "commitment": link.commitment,
            "detail": detail,
        }
        for is_sealed in (True, False):
            await connection.execute("delete from act where owner_id = $1 and number = $2", owner, link.number)
            await connection.execute("delete from act_salt where owner_id = $1 and number = $2", owner, link.number)
            row = new | {"is_sealed": is_sealed}
            places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
            await connection.execute(f"insert into act ({', '.join(row)}) values ({places})", *row.values())
            await connection.execute("insert into act_salt values ($1, $2, $3, $4)", owner, link.number, salt, is_sealed)
            await connection.execute("update chain_head set number = $2, link = $3 where owner_id = $1", owner, link.number, link.link)
            found = [each.what.partition(":")[0] for each in (await check_within(connection, world.store())).chains.wrong]
            assert found == ["sealing"]
