"""The ledger: a million acts verified, beside plain SHA-256 over the same bytes; and what an act adds to a turn."""

import asyncio
import hashlib
import os
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from bench.house import House
from bench.measure import ROUNDS, Result, at_most
from rules import chain
from storage.acts import NewAct, append_act, canonical
from storage.ledger.checking import Store, check_store
from storage.parties import create_party
from storage.sealing import ACT_DETAIL, ACT_SALT, Owner
from storage.tables.base import new_id

ACTS, ACTS_EACH, AT_A_TIME = 1_000_000, 10, 5_000
APPENDED = 200
START = datetime(2026, 11, 22, tzinfo=UTC)
COLUMNS = {
    "party": "id kind language wrapped_key",
    "act": "owner_id number party_id conversation_id question module version kind answer at commitment previous link detail is_sealed",
    "act_salt": "owner_id number sealed_salt is_sealed",
    "chain_head": "owner_id number link",
}

type Rows = dict[str, list[tuple[object, ...]]]


async def measure(house: House) -> list[Result]:
    append = await _append(house)
    await _fill(house)
    return [append, await _verify(house)]


async def _append(house: House) -> Result:
    """Milliseconds of an act within a transaction that is open anyway, as a turn's is."""
    samples = []
    services = house.services
    async with services.database.transaction() as session:
        owner = await create_party(session, services.keys, language="it")
    for number in range(APPENDED + 1):
        async with services.database.transaction() as session:
            begun = time.perf_counter()
            await append_act(session, owner, _act(number))
            samples.append((time.perf_counter() - begun) * 1000)
    return at_most("ledger_append_ms", samples[1:], "ms", floor=1.0, wished=0.5)


async def _verify(house: House) -> Result:
    """Chains, commitments opened, heads: what `sospeso ledger verify` does, without the start of the program."""
    settings = house.settings
    store = Store(house.addresses.app, settings.master, house.services.documents, settings.ledger_folder)
    ours, plain = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        report = await check_store(store)
        ours.append(time.perf_counter() - begun)
        if not report.holds or report.chains.opened < ACTS:
            raise RuntimeError(f"not verified: {report.chains.wrong[:3]}")
        plain.append(await asyncio.to_thread(_plain))
    value, base = statistics.median(ours), statistics.median(plain)
    return Result(
        "ledger_verify_1e6_s", value, "s", "≤ 15 / 5", value <= 15, "SHA-256 of as many bytes, one core", base, value / base, ours
    )


def _plain() -> float:
    """A million links and a million commitments hashed, and nothing else."""
    link, detail = os.urandom(300), os.urandom(450)
    begun = time.perf_counter()
    for _ in range(ACTS):
        hashlib.sha256(link).digest()
        hashlib.sha256(detail).digest()
    return time.perf_counter() - begun


async def _fill(house: House) -> None:
    """A million acts of a hundred thousand customers, sealed as the house seals them."""
    connection = await house.connect()
    try:
        for _ in range(0, ACTS // ACTS_EACH, AT_A_TIME):
            await _copy(connection, _customers(house))
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()


async def _copy(connection: asyncpg.Connection, rows: Rows) -> None:
    for table, columns in COLUMNS.items():
        await connection.copy_records_to_table(table, records=rows[table], columns=columns.split())


def _customers(house: House) -> Rows:
    rows: Rows = {table: [] for table in COLUMNS}
    for _ in range(AT_A_TIME):
        key, wrapped = house.services.keys.new_data_key()
        owner, conversation = Owner(new_id(), None, house.services.keys, key), new_id()
        head = 0, chain.genesis(str(owner.id))
        rows["party"].append((owner.id, "person", "it", wrapped))
        for act, salt, link in _chained(owner, conversation):
            head = link.number, link.link
            detail = canonical(act)
            place = f"{owner.id}/{link.number}"
            clear = (act.question, act.module, act.version, act.kind, act.answer, act.at)
            hashed = (link.commitment, link.previous, link.link)
            rows["act"].append(
                (owner.id, link.number, owner.id, conversation, *clear, *hashed, owner.seal(ACT_DETAIL, place, detail), True)
            )
            rows["act_salt"].append((owner.id, link.number, owner.seal(ACT_SALT, place, salt), True))
        rows["chain_head"].append((owner.id, *head))
    return rows


def _chained(owner: Owner, conversation: UUID) -> Iterator[tuple[NewAct, bytes, chain.Link]]:
    previous = chain.genesis(str(owner.id))
    for number in range(ACTS_EACH):
        act, salt = _act(number), os.urandom(chain.SALT_BYTES)
        facts = (act.kind, act.question, act.module, act.version, act.answer, str(conversation))
        link = chain.next_link(number, previous, at=act.at, facts=facts, commitment=chain.commit(salt, canonical(act)))
        previous = link.link
        yield act, salt, link


def _act(number: int) -> NewAct:
    facts = {
        "text_sha256": "ab" * 32,
        "shown": "cd" * 32,
        "language": "it",
        "channel": "web",
        "stamp": "22/11/26/09/26/53 demo@example.org",
    }
    at = START + timedelta(seconds=number)
    return NewAct("modules.privacy_marketing.act_email", "privacy_marketing", "2026-11-01", "consent", "refuse", at, facts)
