"""Other programs kept in step: what waits to be released, what they did not take, what was given up; decided by a colleague."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from console.acting import Actor, Work, acting
from console.revealing import Whole, looking
from dialogs.services import Services
from dialogs.syncing import start_again, start_batch
from forms.covering import covered
from forms.exports.targets import private_names, told_columns
from rules.access import ALLOWED, Action
from rules.refusals import Reason, Refused
from rules.sync import Change, Due, Told
from storage.audit import Audited, audit, audit_each
from storage.sync import Kept, count_states, decide_waiting, kept_in_state, last_batches, lock_record
from storage.tables.parties import Party
from storage.tables.sync import SyncBatch, SyncRecord

SHOWN = 50
"""Records of one target at a time; the oldest, so that those below come up as these are decided."""


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target as its list shows it to a colleague. `can_decide` and `can_retry` are theirs."""

    name: str
    kind: str
    list: str
    mode: str
    counts: Mapping[str, int]
    """By rules.sync.Due."""
    batch: SyncBatch | None
    """The last one."""
    can_decide: bool
    can_retry: bool
    shown_at: datetime
    """What was noted later is in no decision about all that is shown."""


@dataclass(frozen=True, slots=True)
class GoneTarget:
    """One whose file is no longer there, though something is due to it. It leaves by itself once the file is back."""

    name: str
    due: int
    """Records that wait, were released or are in conflict."""
    batch: SyncBatch | None
    """The last one."""


@dataclass(frozen=True, slots=True)
class Field:
    """One of their columns: as they were told last, as they are to be told, as they have it themselves; None = not there."""

    name: str
    before: str | None
    now: str | None
    theirs: str | None
    is_changed: bool
    is_covered: bool = False
    """Each side that is there is told by its end, or not at all."""

    @property
    def differs(self) -> bool:
        return self.is_changed or self.theirs not in {None, self.now}


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that a colleague decides about."""

    id: UUID
    customer: str
    change: Change
    fields: tuple[Field, ...]
    """Those that differ: from what was sent last, and from what they have."""
    problem: str | None
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Differences:
    waiting: tuple[Difference, ...]
    conflicts: tuple[Difference, ...]

    @property
    def is_covered(self) -> bool:
        return any(field.is_covered for each in (*self.waiting, *self.conflicts) for field in each.fields)


async def list_targets(services: Services, actor: Actor) -> tuple[TargetRow, ...]:
    services.programs.refresh(services.catalogue)
    async with acting(services, actor, Action.LIST_SYNC) as work:
        counts, batches = await count_states(work.session), await last_batches(work.session)
        work.detail["rows"] = len(services.targets)
        return tuple(
            TargetRow(
                name=name,
                kind=target.kind,
                list=target.list.value,
                mode=target.mode,
                counts={due.value: counts.get((name, due.value), 0) for due in Due},
                batch=(batch := batches.get(name)),
                can_decide=Action.RELEASE_SYNC in ALLOWED[actor.role],
                can_retry=batch is not None and batch.state == "failed" and Action.RETRY_SYNC in ALLOWED[actor.role],
                shown_at=work.at,
            )
            for name, target in sorted(services.targets.items())
        )


async def list_gone_targets(services: Services, actor: Actor) -> tuple[GoneTarget, ...]:
    async with acting(services, actor, Action.LIST_SYNC) as work:
        counts, batches = await count_states(work.session), await last_batches(work.session)
        due: Counter[str] = Counter()
        for (name, state), count in counts.items():
            if name not in services.targets and state not in {Due.SENT, Due.WITHHELD}:
                due[name] += count
        work.detail["gone"] = len(due)
        return tuple(GoneTarget(name, count, batches.get(name)) for name, count in sorted(due.items()))


async def list_differences(services: Services, actor: Actor, target: str, *, whole: Whole | None = None) -> Differences:
    """With the customers' values, identifiers covered unless with a reason: read, and so audited, for each of them too."""
    async with looking(services, actor, Action.LIST_SYNC, whole=whole) as work:
        waiting, conflicts = [
            await kept_in_state(work.session, services.keys, target, [due], most=SHOWN) for due in (Due.WAITING, Due.CONFLICT)
        ]
        work.detail.update(target=target, rows=len(waiting) + len(conflicts))
        detail = {name: value for name, value in work.detail.items() if name != "rows"}
        for party in {kept.row.party_id for kept in (*waiting, *conflicts)}:
            await audit(work.session, Audited(Action.LIST_SYNC.value, work.at, colleague=actor.id, party=party, detail=detail))
        told = services.targets[target]
        names = [column.name for column in told_columns(told, services.catalogue)]
        private = frozenset() if whole is not None else private_names(told, services.catalogue)
        shown = [tuple([await _shown(work, kept, names, private) for kept in each]) for each in (waiting, conflicts)]
        return Differences(*shown)


async def release(services: Services, actor: Actor, record: UUID, noted_at: datetime) -> None:
    """As it was shown; Refused where it has changed since."""
    async with acting(services, actor, Action.RELEASE_SYNC, record) as work:
        row = await _as_shown(work, record, Due.WAITING, noted_at)
        row.state = Due.RELEASED.value
        await work.session.flush()
        await start_batch(work.session, row.target, work.at)


async def withhold(services: Services, actor: Actor, record: UUID, noted_at: datetime) -> None:
    """It comes up again where it changes again."""
    async with acting(services, actor, Action.WITHHOLD_SYNC, record) as work:
        (await _as_shown(work, record, Due.WAITING, noted_at)).state = Due.WITHHELD.value


async def release_all(services: Services, actor: Actor, target: str, shown_at: datetime, shown: Collection[UUID]) -> int:
    async with acting(services, actor, Action.RELEASE_SYNC) as work:
        rows = await _decide_all(work, Due.RELEASED, target, shown_at, shown)
        await start_batch(work.session, target, work.at)
        return rows


async def withhold_all(services: Services, actor: Actor, target: str, shown_at: datetime, shown: Collection[UUID]) -> int:
    async with acting(services, actor, Action.WITHHOLD_SYNC) as work:
        return await _decide_all(work, Due.WITHHELD, target, shown_at, shown)


async def settle_conflict(services: Services, actor: Actor, record: UUID, noted_at: datetime, *, is_ours: bool) -> None:
    """Ours again, whatever the target has; or theirs, until ours changes again."""
    async with acting(services, actor, Action.SETTLE_CONFLICT, record) as work:
        row = await _as_shown(work, record, Due.CONFLICT, noted_at)
        row.state, row.is_forced = (Due.RELEASED if is_ours else Due.WITHHELD).value, is_ours
        row.sealed_theirs = None
        work.detail["choice"] = "ours" if is_ours else "theirs"
        await work.session.flush()
        await start_batch(work.session, row.target, work.at)


async def retry(services: Services, actor: Actor, target: str) -> None:
    """A batch that was given up."""
    async with acting(services, actor, Action.RETRY_SYNC) as work:
        batch = await start_again(work.session, target, work.at)
        if batch is None:
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="sync_changed")
        work.subject = batch.id
        work.detail["target"] = target


async def _decide_all(work: Work, decided: Due, target: str, shown_at: datetime, shown: Collection[UUID]) -> int:
    """Every customer has it in their own trail, as where one is decided on."""
    action = Action.RELEASE_SYNC if decided is Due.RELEASED else Action.WITHHOLD_SYNC
    rows = await decide_waiting(work.session, target, decided, shown_at, shown)
    work.detail.update(target=target, rows=len(rows))
    of_each = (Audited(action.value, work.at, colleague=work.actor.id, party=party, subject=record) for record, party in rows.items())
    await audit_each(work.session, tuple(of_each))
    return len(rows)


async def _as_shown(work: Work, record: UUID, due: Due, noted_at: datetime) -> SyncRecord:
    row = await lock_record(work.session, record)
    if (row.state, row.noted_at) != (due.value, noted_at):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="sync_changed")
    work.party = row.party_id
    return row


async def _shown(work: Work, kept: Kept, names: Sequence[str], private: Collection[str]) -> Difference:
    """`names`: of the target's columns, in its order; `private`: those to be covered."""
    row = kept.row
    party = await work.session.get(Party, row.party_id)
    name = party.display_name if party else None
    fields = tuple(_covered(field) if field.name in private else field for field in _fields(kept, names) if field.differs)
    return Difference(row.id, name or row.record_id, Change(str(row.change)), fields, row.problem, row.noted_at)


def _fields(kept: Kept, names: Sequence[str]) -> Iterator[Field]:
    sides = (kept.sent, kept.due, kept.theirs)
    there = {name for side in sides if side for name in side}
    for name in (*(name for name in names if name in there), *sorted(there - set(names))):
        before, now, theirs = (_value(side, name) for side in sides)
        yield Field(name, before, now, theirs, before != now)


def _covered(field: Field) -> Field:
    before, now, theirs = (side and covered(side) for side in (field.before, field.now, field.theirs))
    return replace(field, before=before, now=now, theirs=theirs, is_covered=True)


def _value(side: Told | None, name: str) -> str | None:
    return None if side is None or name not in side else str(side[name])
