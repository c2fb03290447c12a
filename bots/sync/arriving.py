"""Lists that other programs leave in a folder: read with the checks of every list, and waiting for a colleague as every list does.

A file that was the same at two looks is taken by another name, and out of the way only once it is committed what it held, or why it was
refused: killed anywhere between, the next look goes on with it."""

import asyncio
import hashlib
import logging
import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from errno import ENOTDIR
from io import BytesIO
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bots.faults import log_failed, place_of
from bots.sync.writing import delete_whole, write_whole
from dialogs.importing import Incoming, read_list
from dialogs.services import Services
from forms.imports.files import Handed
from forms.imports.sources import Pickup
from rules.access import Action
from rules.refusals import Refused
from storage.audit import Audited, audit
from storage.files import sync_path
from storage.incoming import REFUSED, NewFile, aside_path, find_file, keep_file, settle
from storage.jobs import is_outage
from storage.tables.imports import IncomingFile

log = logging.getLogger(__name__)

TAKEN = ".sospeso-taken-"
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload")
"""How programs that copy call what they have not ended."""
DONE = "done"
OURS = re.compile(r"[0-9]{8}T[0-9]{6}Z-.+", re.DOTALL)
"""How files that were put aside are called: whatever else lies beside them is not ours to delete."""
AGAIN = "import_again"
UNFORESEEN = "import_unforeseen"

type Stamp = tuple[int, int, int]
"""By it a file that is still being written is known: which file, how long, when it was written last."""


@dataclass(frozen=True, slots=True)
class Found:
    """`name`: as their program called it; `is_left_over`: it was taken before, and whoever took it has not ended."""

    path: Path
    name: str
    stamp: Stamp
    is_left_over: bool


class Folders:
    """Of all sources, as they were at the last look. One of these in each process that looks."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: dict[str, Mapping[str, Stamp]] = {}

    async def look(self) -> None:
        """What fails of one holds up no other: it is tried at the next look."""
        for name, source in tuple(self._services.sources.items()):
            try:
                await self.look_into(name, source)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other sources' lists are waited for
                log_failed(log, f"the look into the folder of {name}", error)

    async def look_into(self, name: str, source: Pickup) -> None:
        """Raises OSError where the folder is out of reach, and what failed of a file once the others were read."""
        services = self._services
        days = services.catalogue.retention.import_days
        await asyncio.to_thread(_clear, source.folder, services.clock() - timedelta(days=days))
        seen, self._seen[name] = self._seen.get(name, {}), await asyncio.to_thread(_listed, source.folder)
        if not any(seen.get(each) == stamp for each, stamp in self._seen[name].items()):
            return
        failed: list[Exception] = []
        async with services.turn_store.alone(f"pick up {name}") as lost:
            for found in await asyncio.to_thread(_take, source.folder, seen):
                if lost.is_set():
                    raise ConnectionError("somebody else may be reading them by now")
                try:
                    await _pick_up(services, name, source, found)
                except Exception as error:  # noqa: BLE001 - it lies there on, and is tried again at the next look
                    failed.append(error)
        for other in failed[1:]:
            log_failed(log, f"the look at a file of {name}", other)
        if failed:
            raise failed[0]


async def _take_in(
    services: Services, name: str, source: Pickup, content: bytes, called: str, *, is_left_over: bool = False
) -> IncomingFile:
    """What became of a list that came by this source: a new one is read, one that was kept before is known again."""
    at, fingerprint = services.clock(), services.keys.blind_index("import", hashlib.sha256(content).hexdigest())
    async with services.database.transaction() as session:
        known = await find_file(session, name, fingerprint, is_left_over=is_left_over)
        if known is not None:
            return known
        return await _keep(services, session, source, NewFile(name, called, fingerprint, at), content)


async def _keep(services: Services, session: AsyncSession, source: Pickup, new: NewFile, content: bytes) -> IncomingFile:
    """Whatever nobody foresaw, in what it holds or in what is to be told of it, puts it aside. An outage is waited out."""
    try:
        async with session.begin_nested():
            return await keep_file(session, services.keys, await _read(services, session, source, new, content))
    except Exception as error:
        if is_outage(error):
            raise
        log.error("a list of %s: %s", new.source, place_of(error))  # noqa: TRY400 - its sentence may repeat a name
        return await keep_file(session, services.keys, await _refused(session, new, UNFORESEEN, None))


async def _pick_up(services: Services, name: str, source: Pickup, found: Found) -> None:
    content = await asyncio.to_thread(_content, found, services.settings.max_import)
    if content is None:
        return  # it is being written after all: a later look
    row = await _take_in(services, name, source, content, _readable(found.name), is_left_over=found.is_left_over)
    await asyncio.to_thread(_put_away, source, found, row)
    async with services.database.transaction() as session:
        await settle(session, row.id, services.clock())


async def _read(services: Services, session: AsyncSession, source: Pickup, new: NewFile, content: bytes) -> NewFile:
    """With what became of it."""
    language = source.language or services.settings.languages[0]
    handed = Handed(BytesIO(content), source.format, source.encoding, source.leave_out_unknown)
    incoming = Incoming(
        handed, source.purpose, language, new.source if source.mapping else source.columns_of or "", takes_rest=source.take_the_rest
    )
    try:
        async with session.begin_nested():
            row, reading = await read_list(services, session, incoming, program=new.source)
    except Refused as refused:
        return await _refused(session, new, str(refused.facts.get("state") or refused.reason.value), refused)
    detail: dict[str, str | int | bool | None] = {"source": new.source, "format": row.format, **reading.counts}
    await audit(session, Audited(Action.IMPORT.value, new.at, "clock", subject=row.id, detail=detail))
    return NewFile(new.source, new.name, new.fingerprint, new.at, row.id)


async def _refused(session: AsyncSession, new: NewFile, problem: str, refused: Refused | None) -> NewFile:
    """The same that a colleague read in already is only noted."""
    detail: dict[str, str | int | bool | None] = {"source": new.source, "reason": problem}
    await audit(session, Audited(f"{Action.IMPORT.value}.refused", new.at, "clock", detail=detail))
    if problem == AGAIN:
        return new
    log.error("a list of %s was refused: %s", new.source, problem)
    facts = {key: fact for key, fact in (refused.facts if refused else {}).items() if isinstance(fact, int | str | list)}
    return NewFile(new.source, new.name, new.fingerprint, new.at, problem=problem, facts=facts)


# in the folder; each runs in a thread


def _listed(folder: Path) -> dict[str, Stamp]:
    """Files only, and no links: what a link points at is not theirs to hand over."""
    with os.scandir(folder) as entries:
        return {
            entry.name: _stamp(entry.stat(follow_symlinks=False))
            for entry in entries
            if entry.is_file(follow_symlinks=False)
            and (entry.name.startswith(TAKEN) or not entry.name.startswith("."))
            and not entry.name.lower().endswith(UNFINISHED)
        }


def _take(folder: Path, seen: Mapping[str, Stamp]) -> list[Found]:
    """Those that are as they were at the last look, the oldest first; of the same name one after the other."""
    taken = []
    listed = _listed(folder)
    for name, stamp in sorted(listed.items(), key=lambda each: (not each[0].startswith(TAKEN), each[1][2])):
        if seen.get(name) != stamp or f"{TAKEN}{name}" in listed:
            continue
        path = folder / name
        if not (is_left_over := name.startswith(TAKEN)):
            try:
                path = path.rename(folder / f"{TAKEN}{name}")
            except FileNotFoundError:
                continue
            except OSError as error:  # a name too long to be longer, or a folder whose files are not ours to rename
                log.warning("a file in %s cannot be taken: %s", folder, error.strerror)
                continue
        taken.append(Found(path, name.removeprefix(TAKEN), stamp, is_left_over))
    return taken


def _content(found: Found, most: int) -> bytes | None:
    """As much of it as shows that it is too large. None where it is another by now."""
    descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(most + 1)
        return content if _stamp(os.fstat(descriptor)) == found.stamp else None


def _put_away(source: Pickup, found: Found, row: IncomingFile) -> None:
    aside = REFUSED if row.problem else DONE if source.afterwards == "keep" else ""
    if not aside:
        delete_whole(found.path)
        return
    path = aside_path(source.folder, aside, row.at, _readable(found.name))
    with suppress(FileExistsError):
        path.parent.mkdir(mode=0o750)
    if path.parent.is_symlink():
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(path.parent))  # what it points at is not theirs to have written into
    if row.problem:
        write_whole(path.with_name(f"{path.name}.reason.txt"), f"{row.problem}\n".encode(), row.source)
    os.utime(found.path)  # kept from now on
    found.path.replace(path)
    sync_path(path.parent)
    sync_path(source.folder)


def _clear(folder: Path, before: datetime) -> None:
    """What was put aside, or half written by a kill, is personal data that nobody needs for ever."""
    asides = (folder / DONE, folder / REFUSED)
    ours = [path for aside in asides if not aside.is_symlink() for path in aside.glob("*") if OURS.fullmatch(path.name)]
    for path in (*ours, *folder.glob(".sospeso-*.part")):
        told = path.lstat()
        if stat.S_ISREG(told.st_mode) and told.st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _stamp(told: os.stat_result) -> Stamp:
    return told.st_ino, told.st_size, told.st_mtime_ns


def _readable(name: str) -> str:
    return os.fsencode(name).decode(errors="replace")
