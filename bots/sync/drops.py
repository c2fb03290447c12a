"""A file for each batch, whole or not there at all. The same batch again is the same file."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC

from bots.sync.carriers import Answer, Clock, Fates, Load, Parcel
from bots.sync.writing import clear_parts, write_whole
from forms.exports.columns import Record
from forms.exports.files import table_writer
from forms.exports.targets import Drop, sent_record
from rules.sync import Fate


class FileDrop:
    def __init__(self, target: Drop) -> None:
        self._target = target

    async def carry(self, load: Load, _clock: Clock) -> AsyncIterator[Fates]:
        # With its instant: of a database that was brought back the numbers begin again where they were.
        name = f"{load.target}-{load.mark.at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{load.number:08}"
        path = self._target.folder / f"{name}.{self._target.format}"
        try:
            await asyncio.to_thread(clear_parts, self._target.folder, load.target)
            await asyncio.to_thread(write_whole, path, self._written(load), load.target)
        except OSError:
            answer = Answer(Fate.LATER, "folder")
        else:
            answer = Answer(Fate.TAKEN)
        yield [(parcel, answer) for parcel in load.parcels]

    def _written(self, load: Load) -> bytes:
        target = self._target
        file = table_writer(target.list, target.format, load.columns, None, delimiter=target.delimiter)
        return b"".join((file.head(), *(file.row(self._row(load, parcel)) for parcel in load.parcels), file.foot()))

    def _row(self, load: Load, parcel: Parcel) -> Record:
        about = {"id": parcel.record, "change": parcel.change.value, **load.mark.record}
        row = sent_record(self._target, parcel.told or {}, about, load.zone)
        return {column.name: row[column.name] for column in load.columns if column.name in row}
