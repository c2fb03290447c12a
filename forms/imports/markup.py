"""XML by our schema: an element a record, in it an element a value. Declarations of entities and types are refused before they count."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from forms.exports.cells import unescape
from forms.exports.markup import namespace
from forms.imports.records import Record
from forms.imports.texts import CELL, MOST_ROW, check_beginning
from rules.exports import Subject
from rules.imports import Fault, unreadable

_CHUNK = 16_384
_MOST_OPEN = MOST_ROW * 4
"""Bytes of one tag, comment or instruction, no character having more than four: what is not ended yet is read again with each chunk."""
_SPACE = f"{namespace(Subject.CLIENTS)} "
_DEPTH = 3  # export, record, value


def read_xml(file: BinaryIO) -> Iterator[Record]:
    """Raises Refused."""
    check_beginning(file)
    found = _Elements()
    while True:
        chunk = file.read(_CHUNK)
        found.feed(chunk, is_last=not chunk)
        yield from found.taken()
        if not chunk:
            return


class _Elements:
    """What the parser has found so far: a few records at a time."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._path: list[str] = []
        self._fed = 0
        self._cells: dict[str, str] = {}
        self._told: list[str] = []
        self._begun = self._size = 0
        self._records: list[Record] = []

    def feed(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            raise unreadable(Fault.MARKUP, line=self._parser.CurrentLineNumber) from error
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > _MOST_OPEN:
            raise unreadable(Fault.ROW_TOO_LONG, line=self._parser.CurrentLineNumber, max=MOST_ROW)

    def taken(self) -> list[Record]:
        records, self._records = self._records, []
        return records

    def _refuse(self, *_told: object) -> None:
        raise unreadable(Fault.ENTITIES, line=self._parser.CurrentLineNumber)

    def _start(self, name: str, _marks: object) -> None:
        depth = len(self._path)
        is_ours = name.startswith(_SPACE)
        self._path.append(name.removeprefix(_SPACE))
        if not is_ours or depth >= _DEPTH or (depth < _DEPTH - 1 and self._path[-1] != ("export", "record")[depth]):
            raise unreadable(Fault.MARKUP, line=self._parser.CurrentLineNumber)
        if depth == 1:
            self._begun, self._size, self._cells = self._parser.CurrentLineNumber, 0, {}
        elif depth == _DEPTH - 1:
            self._count(CELL + len(name))
        self._told = []

    def _end(self, _name: str) -> None:
        depth = len(self._path)
        name = self._path.pop()
        if depth == _DEPTH:
            if name in self._cells:
                raise unreadable(Fault.MARKUP, line=self._begun)
            self._cells[name] = unescape("".join(self._told))
        elif depth == _DEPTH - 1:
            self._records.append(Record(self._begun, {name: cell for name, cell in self._cells.items() if cell}))

    def _text(self, text: str) -> None:
        if len(self._path) < _DEPTH:
            if text.strip():
                raise unreadable(Fault.MARKUP, line=self._parser.CurrentLineNumber)
            return
        self._count(len(text))
        self._told.append(text)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MOST_ROW:
            raise unreadable(Fault.ROW_TOO_LONG, line=self._begun, max=MOST_ROW)
