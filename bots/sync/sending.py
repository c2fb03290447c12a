"""One batch to its target: each record's fate is kept as soon as it is known, so that a kill repeats one message at most."""

import asyncio
import logging
from collections.abc import Sequence
from typing import assert_never
from uuid import UUID, uuid5

from bots.faults import place_of
from bots.sync.cards import Cards
from bots.sync.carriers import Answer, Carrier, Fates, Load, Parcel
from bots.sync.drops import FileDrop
from bots.sync.webhooks import Webhooks
from dialogs.services import Services
from dialogs.syncing import TARGET_GONE, start_batch
from forms.exports.columns import Mark
from forms.exports.targets import CardDav, Drop, Http, Target, told_columns
from rules.sync import Change, Fate
from storage.audit import Audited, audit
from storage.jobs import is_outage
from storage.sync import Kept, keep_conflict, keep_taken, kept_of_batch, lock_batch
from storage.tables.sync import SyncBatch

log = logging.getLogger(__name__)

BY = "sospeso sync"


async def send_batch(services: Services, batch: UUID, tried: int, retries_s: Sequence[float]) -> float | None:
    """After how many seconds to try again; None = it is done, or given up and a colleague sees it. Who comes second waits, and finds it
    done: else the slower of two could tell of a customer after the faster has told of their erasure."""
    async with services.turn_store.alone(f"sync {batch}") as lost:
        return await _send_batch(services, batch, tried, retries_s, lost)


async def _send_batch(services: Services, batch: UUID, tried: int, retries_s: Sequence[float], lost: asyncio.Event) -> float | None:
    async with services.database.transaction() as session:
        row = await lock_batch(session, batch)
        kept = await kept_of_batch(session, services.keys, batch)
    if row.state != "sending":
        return None
    target = services.targets.get(row.target)
    answer = Answer(Fate.STOP, TARGET_GONE) if target is None else await _carried(services, row, target, kept, lost)
    if answer.fate is Fate.LATER and tried < len(retries_s):
        wait_s = max(retries_s[tried], answer.wait_s)
        await _put_off(services, batch, answer.code)
        return wait_s
    await _end(services, batch, answer)
    return None


async def _carried(services: Services, row: SyncBatch, target: Target, kept: Sequence[Kept], lost: asyncio.Event) -> Answer:
    """What nobody foresaw is given up where a colleague sees it, rather than stop this target unseen. An outage is waited out."""
    try:
        return await _carry(services, row, target, kept, lost)
    except Exception as error:
        if is_outage(error):
            raise
        log.error("batch %s: %s", row.id, place_of(error))  # noqa: TRY400 - its sentence may repeat a name
        return Answer(Fate.STOP, "unforeseen")


async def _carry(services: Services, row: SyncBatch, target: Target, kept: Sequence[Kept], lost: asyncio.Event) -> Answer:
    """TAKEN where all have their fate."""
    if not kept:
        return Answer(Fate.TAKEN)
    columns = told_columns(target, services.catalogue)
    mark = Mark(str(row.id), BY, row.made_at, target.purpose)
    load = Load(row.target, row.number, columns, mark, services.settings.zone, tuple(_parcel(row.id, each) for each in kept))
    async for fates in _carrier(target).carry(load, services.clock):
        await _keep(services, row.id, fates)
        _, last = fates[-1]
        if last.fate in {Fate.LATER, Fate.STOP}:
            return last
        if lost.is_set():
            raise ConnectionError("somebody else may be sending it by now")
    return Answer(Fate.TAKEN)


def _carrier(target: Target) -> Carrier:
    match target:
        case Drop():
            return FileDrop(target)
        case Http():
            return Webhooks(target)
        case CardDav():
            return Cards(target)
        case _:
            assert_never(target)


def _parcel(batch: UUID, kept: Kept) -> Parcel:
    row = kept.row
    return Parcel(row.id, uuid5(batch, str(row.id)), row.record_id, Change(str(row.change)), kept.due, kept.etag, row.is_forced)


async def _keep(services: Services, batch: UUID, fates: Fates) -> None:
    at = services.clock()
    taken = {parcel.id: answer.etag for parcel, answer in fates if answer.fate is Fate.TAKEN}
    async with services.database.transaction() as session:
        await keep_taken(session, services.keys, batch, taken, at)
        for parcel, answer in fates:
            if answer.fate is Fate.CONFLICT and await keep_conflict(
                session, services.keys, parcel.id, batch, (answer.code, answer.theirs), at=at
            ):
                await audit(session, Audited("sync.conflict", at, "clock", subject=parcel.id, detail={"problem": answer.code}))


async def _put_off(services: Services, batch: UUID, code: str) -> None:
    log.warning("batch %s is sent again later: %s", batch, code)
    async with services.database.transaction() as session:
        row = await lock_batch(session, batch)
        row.attempts, row.last_error = row.attempts + 1, code


async def _end(services: Services, batch: UUID, answer: Answer) -> None:
    """What was released meanwhile follows at once."""
    at, is_done = services.clock(), answer.fate is Fate.TAKEN
    async with services.database.transaction() as session:
        row = await lock_batch(session, batch)
        if row.state != "sending":
            return  # another try of the same was faster
        row.attempts, row.ended_at = row.attempts + 1, at
        row.state, row.last_error = ("sent", None) if is_done else ("failed", answer.code)
        detail: dict[str, str | int | bool | None] = {
            "target": row.target,
            "number": row.number,
            "records": row.records,
            "error": row.last_error,
        }
        await audit(session, Audited(f"sync.{row.state}", at, "clock", subject=row.id, detail=detail))
        await session.flush()
        if is_done:
            await start_batch(session, row.target, at)
    if not is_done:
        log.error("batch %s was given up: %s", batch, answer.code)
