"""Tables as text: csv with commas, semicolons or tabs as its header shows, and txt with a tab between fields."""

import csv
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO

from forms.exports.cells import unescape
from forms.imports.records import Record, told_columns
from forms.imports.texts import MOST_ROW, read_lines
from rules.imports import Encoding, Fault, unreadable

_SEPARATORS = (",", ";", "\t")
_TOLD = "sep="
"""What Excel writes before the header, to say by what the cells are parted."""


def read_csv(file: BinaryIO, encoding: Encoding, known: Collection[str]) -> Iterator[Record]:
    """`known`: the names that a header may hold; what stands in it decides by what the cells are parted. Raises Refused."""
    lines = _Lines(read_lines(file, encoding))
    first = next(lines)
    told = first.strip().strip('"')
    if told.casefold().startswith(_TOLD):
        first = next(lines, "")
    separator = max(_SEPARATORS, key=lambda each: _fits(first, each, known))
    lines.put_back(first)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    try:
        names = _names(next(rows), known)
        for cells in _numbered(rows, lines):
            if any(cells[1]):
                yield _record(names, *cells)
    except csv.Error as error:
        raise unreadable(Fault.TABLE, line=lines.number) from error


def read_txt(file: BinaryIO, encoding: Encoding, known: Collection[str]) -> Iterator[Record]:
    """Raises Refused."""
    lines = read_lines(file, encoding)
    names = _names(_fields(next(lines)[1]), known)
    for number, line in lines:
        cells = _fields(line)
        if any(cells):
            yield _record(names, number, cells)


class _Lines:
    """Lines for the csv module, which may put several into one record: counted from where the record begins."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._again: list[str] = []
        self.number = self.begun = self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            return self._again.pop()
        self.number, line = next(self._lines)
        self.begun = self.begun or self.number
        self._size += len(line)
        if self._size > MOST_ROW:
            raise unreadable(Fault.ROW_TOO_LONG, line=self.begun, max=MOST_ROW)
        return line

    def put_back(self, line: str) -> None:
        self._again.append(line)

    def begin(self) -> int:
        """Where the record that was read began; the next one is counted anew."""
        begun, self.begun, self._size = self.begun, 0, 0
        return begun


def _numbered(rows: Iterator[list[str]], lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    lines.begin()
    for cells in rows:
        yield lines.begin(), cells


def _fits(header: str, separator: str, known: Collection[str]) -> tuple[int, int]:
    """How many of its cells are names that are known, then how many there are."""
    try:
        cells = [cell.strip() for cell in next(csv.reader([header], delimiter=separator), [])]
    except csv.Error:
        return 0, 0
    return sum(cell in known for cell in cells), len(cells)


def _names(cells: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    if not any(name in known for name in names):
        raise unreadable(Fault.NO_HEADER)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise unreadable(Fault.HEADER_TWICE, fields=told_columns(twice))
    return names


def _record(names: Sequence[str], line: int, cells: Sequence[str]) -> Record:
    told = {name: unescape(cell) for name, cell in zip(names, cells, strict=False) if cell}
    return Record(line, told, is_broken=len(cells) > len(names) and any(cells[len(names) :]))


def _fields(line: str) -> list[str]:
    return line.rstrip("\r\n").split("\t")
