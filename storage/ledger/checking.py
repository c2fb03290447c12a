"""Whether the whole store holds: chains, heads, receipts, keys, roots and their witnesses, as they stand at one moment."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import asyncpg
from cryptography.x509 import Certificate
from sqlalchemy import make_url

from rules.chain import genesis
from storage.documents import DocumentStores
from storage.keys import Keys
from storage.ledger.chains import Range, Tally, check_chains, check_range
from storage.ledger.signatures import Signed, check_signatures
from storage.ledger.witnesses import copied_days
from storage.migrations.schema import SYSTEM

FIRST, LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
SHARED_FROM = 20_000  # chains from which on a second process, which takes a second to start, is worth it
PROCESSES = 2
SETTINGS = {"role": SYSTEM, "application_name": "sospeso ledger"}

ODD_HEADS = """
select coalesce(head.owner_id, last.owner_id) from (select * from chain_head where number > 0) as head
full join (select distinct on (owner_id) owner_id, number, link from act order by owner_id, number desc) as last using (owner_id)
where (head.number, head.link) is distinct from (last.number, last.link)
"""
ODD_RECEIPTS = """
select receipt.number, receipt.party_id, receipt.sequence, receipt.head from receipt
left join act on act.owner_id = receipt.party_id and act.number = receipt.sequence where act.link is distinct from receipt.head
"""
PASSED_OVER = """
select split_part(detail ->> 'last', '-', 2)::int as year, max(detail ->> 'last') as end_number,
  sum(split_part(detail ->> 'last', '-', 3)::int - split_part(detail ->> 'first', '-', 3)::int + 1) as passed
from audit_event where action = 'numbers.passed_over' and detail ->> 'last' like 'R-%' group by 1
"""
MISSING_NUMBERS = f"""
select year, last - count(receipt.id) - coalesce(passed, 0) from year_counter
left join ({PASSED_OVER}) as gap using (year) left join receipt on receipt.number ~ ('^R-' || year || '-[0-9]{{6,}}$')
where series = 'R' group by year, last, passed, end_number having count(receipt.id) + coalesce(passed, 0) <> last
or greatest(max(receipt.number), end_number) <> format('R-%s-%s', year, lpad(last::text, 6, '0'))
"""
HALFWAY = "select owner_id from chain_head order by owner_id offset $1 limit 1"
SEEN = """
select exists (select from act where encode(link, 'hex') like $1) or exists (select from ledger_root where encode(root, 'hex') like $1)
  or exists (select from ledger_key where encode(sha256(public_key), 'hex') like $1)
"""


@dataclass(frozen=True, slots=True)
class Store:
    """What is checked, and what it is held against. Without `master` no commitment is opened, without authorities no time stamp."""

    url: str
    master: bytes | None
    documents: DocumentStores
    ledger_folder: Path
    authorities: tuple[Certificate, ...] = ()
    seen: tuple[str, ...] = ()
    """Beginnings, in hex, of heads, roots and keys that somebody has on paper: each must be in the store."""
    shared_from: int = SHARED_FROM


@dataclass(slots=True)
class Report:
    chains: Tally
    """Also what is wrong anywhere else."""
    signed: Signed
    passed_over: int = 0
    """Numbers of receipts that a restore gave to nobody."""

    @property
    def holds(self) -> bool:
        return self.chains.wrong_count == 0

    def as_json(self) -> dict[str, object]:
        told = asdict(self.chains) | asdict(self.signed)
        told["wrong"] = [each._asdict() for each in self.chains.wrong]
        return {"holds": self.holds} | told | {"passed_over": self.passed_over}


async def check_store(store: Store) -> Report:
    """One snapshot for all that is looked at, also where two processes share the chains: turns go on meanwhile."""
    connection = await asyncpg.connect(_dsn(store.url), server_settings=SETTINGS)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await check_within(connection, store)
    finally:
        await connection.close()


async def check_within(connection: asyncpg.Connection, store: Store) -> Report:
    """As the connection's transaction sees it, which must not have looked yet: what it sees begins with its first question."""
    copied = await copied_days(store.documents)
    tally = await _all_chains(connection, store)
    heads = await connection.fetchval("select count(*) from chain_head where number > 0")
    if not heads == tally.owners == tally.ended:
        for (owner,) in await connection.fetch(ODD_HEADS):
            tally.tell("head: it is not the end of the chain", str(owner))
    await _receipts(connection, tally)
    signed = await check_signatures(connection, tally, store.documents, store.ledger_folder, store.authorities, copied=copied)
    for seen in store.seen:
        if not await connection.fetchval(SEEN, f"{seen}%"):
            tally.tell("seen on paper, and no longer in the store", seen)
    passed_over = await connection.fetchval(f"select coalesce(sum(passed), 0)::int from ({PASSED_OVER}) as gap")
    return Report(tally, signed, passed_over)


async def _all_chains(connection: asyncpg.Connection, store: Store) -> Tally:
    count = await connection.fetchval("select count(*) from chain_head")
    if count < store.shared_from:
        return await check_chains(connection, Keys(store.master) if store.master else None, FIRST, LAST)
    middle = await connection.fetchval(HALFWAY, count // PROCESSES)
    snapshot = await connection.fetchval("select pg_export_snapshot()")
    parts = [
        Range(_dsn(store.url), SETTINGS, snapshot, store.master, *each) for each in ((FIRST, UUID(int=middle.int - 1)), (middle, LAST))
    ]
    tally = Tally()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes:
        loop = asyncio.get_running_loop()
        for part in await asyncio.gather(*(loop.run_in_executor(processes, check_range, each) for each in parts)):
            tally.add(part)
    return tally


async def _receipts(connection: asyncpg.Connection, tally: Tally) -> None:
    """Each names the act that its party had come to; before the first act that is the beginning of the chain."""
    for number, party, sequence, head in await connection.fetch(ODD_RECEIPTS):
        if sequence != 0 or head != genesis(str(party)):
            tally.tell("receipt: its head is not in the chain", number)
    for year, count in await connection.fetch(MISSING_NUMBERS):
        tally.tell(f"receipt: {count} numbers are not there", f"receipts of {year}")


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def lines_of(report: Report) -> Iterator[str]:
    """The report as a person reads it."""
    chains, signed = report.chains, report.signed
    yield f"acts      {chains.acts:,} in {chains.owners:,} chains: {chains.opened:,} opened, {chains.erased:,} erased, {chains.unopened:,} not opened"
    yield f"receipts  {signed.receipts:,} signed, {signed.unsigned:,} without a signature"
    if report.passed_over:
        yield f"          {report.passed_over:,} numbers passed over as a backup was restored: they are nobody's"
    yield f"keys      {signed.keys:,}, now {signed.key or 'none'}"
    last = f", the last of {signed.last_day}" if signed.last_day else ""
    yield f"roots     {signed.roots:,} over {signed.leaves:,} heads{last}; {signed.copies:,} in the second store, {signed.stamps:,} time-stamped"
    if signed.unchecked_stamps:
        yield f"          {signed.unchecked_stamps:,} time stamps not checked: set SOSPESO_TSA_CERTIFICATES"
    for wrong in chains.wrong:
        yield f"WRONG     {wrong.where}: {wrong.what}"
    if chains.wrong_count > len(chains.wrong):
        yield f"          and {chains.wrong_count - len(chains.wrong):,} more"
    yield "everything holds" if report.holds else f"{chains.wrong_count:,} things do not hold"
