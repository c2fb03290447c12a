"""What targets were told and are to be told: differences noted, batches formed of what is released, answers kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rules.sync import Change, Due, Told, change_of
from storage.keys import Keys
from storage.parties import party_with
from storage.sealing import Owner
from storage.tables.parties import Party
from storage.tables.sync import SyncBatch, SyncRecord, SyncTarget

MOST = 100  # records a batch: of one that is refused as a whole not much is sent again

_SENT, _DUE, _THEIRS = "sync_record.sealed_sent", "sync_record.sealed_due", "sync_record.sealed_theirs"


@dataclass(frozen=True, slots=True)
class Kept:
    """A record opened. None: never taken; gone; not known."""

    row: SyncRecord
    sent: Told | None
    etag: str | None
    """Of a file: the SHA-256 of what we wrote last."""
    due: Told | None
    theirs: Told | None


async def lock_target(session: AsyncSession, name: str) -> SyncTarget:
    """Made where there is none. Whoever holds it alone notes differences and forms batches for this target."""
    await session.execute(insert(SyncTarget).values(name=name, fingerprint="", last_number=0).on_conflict_do_nothing())
    return (await session.scalars(select(SyncTarget).where(SyncTarget.name == name).with_for_update())).one()


async def open_batch(session: AsyncSession, target: str) -> SyncBatch | None:
    """Under way, or given up and not tried again yet."""
    row: SyncBatch | None = await session.scalar(select(SyncBatch).where(SyncBatch.target == target, SyncBatch.state != "sent"))
    return row


# differences


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as its list has it now; `told` is None where the target is no longer to have it."""

    id: str
    party: UUID
    told: Told | None


async def note_differences(
    session: AsyncSession, keys: Keys, target: str, seen: Sequence[Seen], *, but: Collection[str], first: Due, at: datetime
) -> int:
    """How many there are that we did not know. `first`: where a new difference stands (waiting, released); `but`: columns that make none."""
    kept = await _by_record(session, target, [each.id for each in seen])
    living = await _owners(session, keys, {each.party for each in seen})
    differing = [each for each in seen if each.party in living and _differs(living[each.party], each, kept.get(each.id), but)]
    held = await _owners(session, keys, {each.party for each in differing}, is_held=True)
    noted = [each for each in differing if each.party in held]
    for each in noted:
        await _note(session, held[each.party], target, each, kept.get(each.id), but=but, first=first, at=at)
    await session.flush()
    return len(noted)


async def records_but(session: AsyncSession, target: str, seen: Collection[str]) -> list[Seen]:
    """What the target has, or is to have, and is not among those seen: it is gone."""
    rows = await session.scalars(select(SyncRecord).where(SyncRecord.target == target, SyncRecord.change.is_distinct_from(Change.GONE)))
    return [Seen(row.record_id, row.party_id, None) for row in rows if row.record_id not in seen]


def _differs(owner: Owner, seen: Seen, row: SyncRecord | None, but: Collection[str]) -> bool:
    """From what we know of it; what is known stays where it stands."""
    if row is None:
        return seen.told is not None
    kept = open_kept(owner, row)
    change = change_of(kept.sent, seen.told, but=but)
    if change is None or row.change != change:
        return row.change != change
    return change_of(kept.due, seen.told, but=but) is not None


async def _note(
    session: AsyncSession,
    owner: Owner,
    target: str,
    seen: Seen,
    row: SyncRecord | None,
    *,
    but: Collection[str],
    first: Due,
    at: datetime,
) -> None:
    change = change_of(open_kept(owner, row).sent if row else None, seen.told, but=but)
    if change is None:
        await _drop_difference(session, row)
        return
    if row is None:
        row = SyncRecord(target=target, record_id=seen.id, party_id=seen.party, state=first, noted_at=at)
        session.add(row)
    row.state, row.change, row.noted_at = first.value, change.value, at
    row.sealed_due = None if seen.told is None else owner.seal_json(_DUE, row.id, dict(seen.told))
    row.sealed_theirs = row.problem = None
    row.is_forced = False


async def _drop_difference(session: AsyncSession, row: SyncRecord | None) -> None:
    """It is again as the target has it."""
    if row is None or row.change is None:
        return
    if row.sent_at is None:
        await session.delete(row)
    else:
        _settle(row)


async def _by_record(session: AsyncSession, target: str, ids: Sequence[str]) -> dict[str, SyncRecord]:
    rows = await session.scalars(select(SyncRecord).where(SyncRecord.target == target, SyncRecord.record_id.in_(ids)))
    return {row.record_id: row for row in rows}


async def _owners(session: AsyncSession, keys: Keys, parties: Collection[UUID], *, is_held: bool = False) -> dict[UUID, Owner]:
    """Those not erased; held until the transaction ends, so that no erasure comes between."""
    living = select(Party.id, Party.wrapped_key).where(Party.id.in_(parties), Party.wrapped_key.is_not(None)).order_by(Party.id)
    rows = await session.execute(living.with_for_update(read=True, key_share=True) if is_held else living)
    return {id_: party_with(keys, id_, wrapped) for id_, wrapped in rows}


def open_kept(owner: Owner, row: SyncRecord) -> Kept:
    def opened(place: str, sealed: bytes | None) -> Any:  # JSON is what was put in
        return None if sealed is None else owner.unseal_json(place, row.id, sealed)

    sent = opened(_SENT, row.sealed_sent) or {}
    return Kept(row, sent.get("told"), sent.get("etag"), opened(_DUE, row.sealed_due), opened(_THEIRS, row.sealed_theirs))


# batches


async def form_batch(session: AsyncSession, target: str, at: datetime, *, most: int = MOST) -> SyncBatch | None:
    """Of the released, in the order they were noted first. None where nothing is due or one is under way."""
    row = await lock_target(session, target)
    if await open_batch(session, target):
        return None
    due = select(SyncRecord.id).where(SyncRecord.target == target, SyncRecord.state == Due.RELEASED.value).order_by(SyncRecord.id)
    ids = list(await session.scalars(due.limit(most)))
    if not ids:
        return None
    row.last_number += 1
    batch = SyncBatch(target=target, number=row.last_number, records=len(ids), made_at=at)
    session.add(batch)
    await session.flush()
    await session.execute(update(SyncRecord).where(SyncRecord.id.in_(ids)).values(batch_id=batch.id))
    return batch


async def lock_batch(session: AsyncSession, batch: UUID) -> SyncBatch:
    return (await session.scalars(select(SyncBatch).where(SyncBatch.id == batch).with_for_update())).one()


async def kept_of_batch(session: AsyncSession, keys: Keys, batch: UUID) -> list[Kept]:
    """Those still to be told, in the batch's order."""
    rows = (await session.scalars(select(SyncRecord).where(SyncRecord.batch_id == batch).order_by(SyncRecord.id))).all()
    return await _opened(session, keys, rows)


async def keep_taken(session: AsyncSession, keys: Keys, batch: UUID, taken: Mapping[UUID, str | None], at: datetime) -> None:
    """The target has these now, each with the etag of its file. What an erasure took out of the batch meanwhile stays out: its deletion follows."""
    owners, rows = await _lock_sent(session, keys, batch, taken)
    for row in rows:
        if row.change == Change.GONE:
            await session.delete(row)
            continue
        owner = owners[row.party_id]
        row.sealed_sent = owner.seal_json(_SENT, row.id, {"told": open_kept(owner, row).due, "etag": taken[row.id]})
        row.sent_at = at
        _settle(row)


async def keep_conflict(
    session: AsyncSession, keys: Keys, record: UUID, batch: UUID, told: tuple[str, Told | None], *, at: datetime
) -> bool:
    """For a colleague to choose; `told`: why it was not taken, and what they have. False where an erasure took it out of the batch meanwhile."""
    owners, rows = await _lock_sent(session, keys, batch, [record])
    for row in rows:
        owner, (problem, theirs) = owners.get(row.party_id), told
        row.state, row.problem, row.batch_id = Due.CONFLICT.value, problem, None
        row.sent_at = at
        row.sealed_theirs = None if theirs is None or owner is None else owner.seal_json(_THEIRS, row.id, dict(theirs))
        return True
    return False


async def _lock_sent(
    session: AsyncSession, keys: Keys, batch: UUID, records: Collection[UUID]
) -> tuple[Mapping[UUID, Owner], Sequence[SyncRecord]]:
    """Customers before their records, as an erasure locks them: else each would wait for the other."""
    parties = await session.scalars(select(SyncRecord.party_id).where(SyncRecord.id.in_(records)))
    owners = await _owners(session, keys, set(parties), is_held=True)
    query = select(SyncRecord).where(SyncRecord.id.in_(records), SyncRecord.batch_id == batch).order_by(SyncRecord.id)
    return owners, (await session.scalars(query.with_for_update())).all()


def _settle(row: SyncRecord) -> None:
    row.state, row.change, row.batch_id, row.is_forced = Due.SENT.value, None, None, False
    row.sealed_due = row.sealed_theirs = row.problem = None


async def _opened(session: AsyncSession, keys: Keys, rows: Sequence[SyncRecord]) -> list[Kept]:
    """Of an erased party nothing is left to open: it is told as gone."""
    parties = {row.party_id for row in rows}
    living = await session.execute(select(Party.id, Party.wrapped_key).where(Party.id.in_(parties)))
    wrapped = {row.id: row.wrapped_key for row in living}
    return [
        open_kept(party_with(keys, row.party_id, key), row) if (key := wrapped.get(row.party_id)) else Kept(row, None, None, None, None)
        for row in rows
    ]


# colleagues, and erasures


async def kept_in_state(session: AsyncSession, keys: Keys, target: str, states: Collection[Due], *, most: int) -> list[Kept]:
    """The oldest first; of those that whoever asks may see."""
    wanted = (SyncRecord.target == target, SyncRecord.state.in_([state.value for state in states]))
    rows = (await session.scalars(select(SyncRecord).where(*wanted).order_by(SyncRecord.noted_at, SyncRecord.id).limit(most))).all()
    return await _opened(session, keys, rows)


async def count_states(session: AsyncSession) -> Mapping[tuple[str, str], int]:
    """How many records of each target stand in each state."""
    rows = await session.execute(select(SyncRecord.target, SyncRecord.state, func.count()).group_by(SyncRecord.target, SyncRecord.state))
    return {(target, state): count for target, state, count in rows}


async def last_batches(session: AsyncSession) -> Mapping[str, SyncBatch]:
    """By target."""
    of_target = (SyncTarget.name == SyncBatch.target) & (SyncTarget.last_number == SyncBatch.number)
    query = select(SyncBatch).join(SyncTarget, of_target)
    return {row.target: row for row in await session.scalars(query)}


async def told_of_party(session: AsyncSession, owner: Owner) -> list[Kept]:
    """What every target has of one customer, or may have, or is to have."""
    rows = select(SyncRecord).where(SyncRecord.party_id == owner.id).order_by(SyncRecord.target, SyncRecord.id)
    return [open_kept(owner, row) for row in await session.scalars(rows)]


async def lock_record(session: AsyncSession, record: UUID) -> SyncRecord:
    """After its target, as a look does. Raises LookupError where there is none, or row security hides it."""
    target = await session.scalar(select(SyncRecord.target).where(SyncRecord.id == record))
    if target is not None:
        await lock_target(session, target)
    row: SyncRecord | None = await session.scalar(select(SyncRecord).where(SyncRecord.id == record).with_for_update())
    if row is None:
        raise LookupError(f"no record {record}")
    return row


async def decide_waiting(
    session: AsyncSession, target: str, decided: Due, shown_at: datetime, shown: Collection[UUID] | None = None
) -> Mapping[UUID, UUID]:
    """Those that waited when they were shown, None = all; what was noted since waits on. Which, each with its customer."""
    await lock_target(session, target)
    waiting = [SyncRecord.target == target, SyncRecord.state == Due.WAITING.value, SyncRecord.noted_at <= shown_at]
    if shown is not None:
        waiting.append(SyncRecord.id.in_(shown))
    locked = select(SyncRecord.id).where(*waiting).order_by(SyncRecord.id).with_for_update()
    decide = update(SyncRecord).where(SyncRecord.id.in_(locked)).values(state=decided.value)
    return dict((await session.execute(decide.returning(SyncRecord.id, SyncRecord.party_id))).all())


async def forget_told(session: AsyncSession, party: UUID, at: datetime) -> int:
    """Of an erased party: nothing stays of what was told; every target that had it, or may have, is told that it is gone. How many are."""
    never = (SyncRecord.party_id == party, SyncRecord.sent_at.is_(None), SyncRecord.batch_id.is_(None))
    # in the order in which everybody locks several: else each would wait for the other
    await session.execute(select(SyncRecord.id).where(SyncRecord.party_id == party).order_by(SyncRecord.id).with_for_update())
    await session.execute(delete(SyncRecord).where(*never))
    gone = {"state": Due.RELEASED.value, "change": Change.GONE.value, "is_forced": True, "noted_at": at}
    blank = dict.fromkeys(("sealed_sent", "sealed_due", "sealed_theirs", "problem", "batch_id"))
    done = await session.execute(
        update(SyncRecord).where(SyncRecord.party_id == party).values(**gone, **blank).returning(SyncRecord.target)
    )
    return len(set(done.scalars()))
