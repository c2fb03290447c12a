"""Tables as text: csv (RFC 4180, for spreadsheets) and txt (a line a record, fields parted by one TAB)."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO

from forms.exports.cells import escape, neutralise, read_phone, restore, show_phone, unescape
from forms.exports.columns import MARKED, Column, Kind, Mark, Record, Value

_PLAIN = re.compile(r"true|false|-?[0-9]+(\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}Z)?")
"""Numbers, dates and yes or no: of these no spreadsheet makes anything else."""


class Sheet:
    """One file under way. The mark stands in every line: a line cut out of the file still says where it comes from. None = the columns
    themselves say it, or another program decides what stands in them."""

    def __init__(self, columns: Sequence[Column], mark: Mark | None, line: Callable[[list[str]], str]) -> None:
        self._columns, self._line = columns, line
        self._marked = MARKED if mark else ()
        self._mark = [_cell(mark.record[column.name], column.kind) for column in MARKED] if mark else []

    def head(self) -> bytes:
        return self._line([column.name for column in (*self._columns, *self._marked)]).encode()

    def row(self, record: Record) -> bytes:
        cells = [_cell(record[column.name], column.kind) if column.name in record else "" for column in self._columns]
        return self._line([*cells, *self._mark]).encode()

    def foot(self) -> bytes:
        return b""


def csv_line(cells: list[str], delimiter: str = ",") -> str:
    line = StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(map(escape, cells))
    return line.getvalue()


def txt_line(cells: list[str]) -> str:
    return "\t".join(escape(cell, breaks=True) for cell in cells) + "\r\n"


def read_csv(text: str) -> Iterator[dict[str, str]]:
    """Records of cells as they stand in the file, by column."""
    for row in csv.DictReader(StringIO(text, newline="")):
        yield {name: unescape(cell) for name, cell in row.items()}


def read_txt(text: str) -> Iterator[dict[str, str]]:
    lines = iter(text.removesuffix("\r\n").split("\r\n"))
    names = next(lines).split("\t")
    for line in lines:
        yield dict(zip(names, map(unescape, line.split("\t")), strict=True))


def read_cells(columns: Sequence[Column], cells: Mapping[str, str]) -> dict[str, Value]:
    """The record that was written."""
    return {column.name: _read(cells[column.name], column.kind) for column in columns if cells.get(column.name)}


def _cell(value: Value, kind: Kind) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "phone":
        return show_phone(text)
    return text if kind != "text" and _PLAIN.fullmatch(text) else neutralise(text)


def _read(cell: str, kind: Kind) -> Value:
    if kind == "phone":
        return read_phone(cell)
    text = restore(cell)
    if kind == "yes_no" and text in {"true", "false"}:
        return text == "true"
    return int(text) if kind == "integer" else text
