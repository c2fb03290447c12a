"""One program looked after now, in this process: for whoever runs a command and waits for its end."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bots.sync.arriving import Folders
from bots.sync.looking import look
from bots.sync.sending import send_batch
from bots.workshop import RETRIES_S
from dialogs.services import Services
from dialogs.syncing import start_again, start_batch
from rules.sync import Due
from storage.audit import Audited, audit, audit_each
from storage.files import is_within_reach
from storage.incoming import last_files, refused_files
from storage.sync import count_states, decide_waiting, last_batches, open_batch

SETTLED_S = 2.0
"""Between two looks at a folder, where somebody waits: whatever is written at that moment still waits for the jobs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one target. `error`: why its last batch is tried again later, or was given up; empty where it was taken."""

    name: str
    kind: str
    list: str
    mode: str
    waiting: int
    withheld: int
    conflicts: int
    number: int
    state: str
    error: str

    @property
    def is_wrong(self) -> bool:
        return self.state == "failed" or self.conflicts > 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """Of one source. `last_at`: when its last file came; `error`: that the folder is out of reach, or why the latest was refused of those
    that still lie there refused; else empty."""

    name: str
    kind: str
    last_at: datetime | None
    error: str


async def pick_up_now(services: Services, name: str) -> Arrival:
    """What lies in its folder and does not change meanwhile."""
    async with services.database.transaction() as session:
        await audit(session, Audited("sync.run", services.clock(), "operator", detail={"source": name}))
    folders = Folders(services)
    for wait_s in (SETTLED_S, 0):
        await folders.look_into(name, services.sources[name])
        await asyncio.sleep(wait_s)
    return next(each for each in await arrivals(services) if each.name == name)


async def arrivals(services: Services) -> tuple[Arrival, ...]:
    async with services.database.transaction() as session:
        last = await last_files(session)
        folders = {name: source.folder for name, source in services.sources.items()}
        refused = await refused_files(session, services.keys, folders)
    return tuple(
        Arrival(
            name,
            source.kind,
            last[name].last_at if name in last else None,
            "folder" if not is_within_reach(source.folder) else refused[name][0].problem if name in refused else "",
        )
        for name, source in sorted(services.sources.items())
    )


async def run_now(services: Services, name: str) -> Standing:
    """What was given up is tried again; what is not taken now stays for the jobs."""
    async with services.database.transaction() as session:
        at = services.clock()
        await start_again(session, name, at)
        await audit(session, Audited("sync.run", at, "operator", detail={"target": name}))
    if await _under_way(services, name) is None:
        await look(services, name)
    while batch := await _under_way(services, name):
        if await send_batch(services, batch, 0, RETRIES_S) is not None:
            break
    return next(each for each in await standings(services) if each.name == name)


async def release_waiting(services: Services, name: str) -> int:
    """All that waits; how many. They leave by the jobs, or by `run_now`."""
    async with services.database.transaction() as session:
        at = services.clock()
        released = await decide_waiting(session, name, Due.RELEASED, at)
        await audit(session, Audited("release_sync", at, "operator", detail={"target": name, "rows": len(released)}))
        of_each = (Audited("release_sync", at, "operator", party=party, subject=record) for record, party in released.items())
        await audit_each(session, tuple(of_each))
        await start_batch(session, name, at)
        return len(released)


async def standings(services: Services) -> tuple[Standing, ...]:
    async with services.database.transaction() as session:
        counts, batches = await count_states(session), await last_batches(session)
    return tuple(
        Standing(
            name=name,
            kind=target.kind,
            list=target.list.value,
            mode=target.mode,
            waiting=counts.get((name, Due.WAITING), 0),
            withheld=counts.get((name, Due.WITHHELD), 0),
            conflicts=counts.get((name, Due.CONFLICT), 0),
            number=batches[name].number if name in batches else 0,
            state=batches[name].state if name in batches else "",
            error=(batches[name].last_error or "") if name in batches else "",
        )
        for name, target in sorted(services.targets.items())
    )


async def _under_way(services: Services, name: str) -> UUID | None:
    async with services.database.transaction() as session:
        batch = await open_batch(session, name)
        return batch.id if batch and batch.state == "sending" else None
