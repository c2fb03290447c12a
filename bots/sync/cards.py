"""A vCard for each customer in a folder that a CardDAV server serves as its collection (RFC 6352): one file, one UID, one ETag."""

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncIterator
from errno import ELOOP
from pathlib import Path

from bots.sync.carriers import Answer, Clock, Fates, Load, Parcel
from bots.sync.writing import clear_parts, delete_whole, write_whole
from forms.exports.contacts import Contacts, Version
from forms.exports.lines import read_lines
from forms.exports.targets import CardDav
from rules.exports import Format
from rules.sync import Fate, Told

PROPS = ".Radicale.props"
"""How Radicale knows what lies in a folder; other servers pass over it."""
OF_EVERY_WRITING = frozenset({"PRODID", "REV", "UID", "VERSION", "X-SOSPESO-EXPORT"})
MOST_READ = 1 << 20  # bytes of a file: none of ours is so long
MOST_THEIRS = 16_384  # bytes of somebody else's file that are looked at


class Cards:
    def __init__(self, target: CardDav) -> None:
        self._target = target

    async def carry(self, load: Load, _clock: Clock) -> AsyncIterator[Fates]:
        """All at once: a card that was written before a kill is found as it is."""
        yield await asyncio.to_thread(self._put_all, load)

    def _put_all(self, load: Load) -> Fates:
        clear_parts(self._target.folder, load.target)
        fates: list[tuple[Parcel, Answer]] = []
        for parcel in load.parcels:
            try:
                fates.append((parcel, self._put(load, parcel)))
            except OSError:
                return [*fates, (parcel, Answer(Fate.LATER, "folder"))]
        return fates

    def _put(self, load: Load, parcel: Parcel) -> Answer:
        """Written over what we wrote ourselves, or where nothing is: anything else is somebody's own change."""
        path = self._target.folder / f"{parcel.record}.vcf"
        content = None if parcel.told is None else self._card(load, parcel.told)
        present = _read(path)
        if not parcel.is_forced and present != content and _etag(present) != parcel.etag:
            return Answer(Fate.CONFLICT, "file_gone" if present is None else "file_changed", theirs=_differing(present, content))
        if content is None:
            delete_whole(path)
            return Answer(Fate.TAKEN)
        if present != content:
            self._begin_collection(load.target)
            write_whole(path, content, load.target)
        return Answer(Fate.TAKEN, etag=_etag(content))

    def _card(self, load: Load, told: Told) -> bytes:
        version: Version = "4.0" if self._target.format is Format.VCF else "3.0"
        record = {**told, "state": "", "updated_at": str(load.mark.record["exported_at"])}
        return Contacts(load.mark, version, {}, str(told["language"])).row(record)

    def _begin_collection(self, target: str) -> None:
        props = self._target.folder / PROPS
        if not props.exists():
            write_whole(props, b'{"tag": "VADDRESSBOOK"}', target)


def _read(path: Path) -> bytes | None:
    """None where nothing is. Of what is no file nothing is read: what a link points at is not theirs to show, and a pipe never ends."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != ELOOP:
            raise
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MOST_READ) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""


def _etag(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _differing(theirs: bytes | None, ours: bytes | None) -> Told | None:
    """What stands in somebody's file that would not stand in ours, by its properties."""
    if theirs is None:
        return None
    written = read_lines((ours or b"").decode())
    told = read_lines(theirs[:MOST_THEIRS].decode(errors="replace"))
    return {name: value for name, value in told.items() if name not in OF_EVERY_WRITING and written.get(name) != value} or None
