"""JSON: an object a line, or a list of objects however it is laid out; never more than a few of them are held."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NoReturn

from forms.exports.columns import Value
from forms.imports.records import Record
from forms.imports.texts import MOST_ROW, read_lines, read_pieces
from rules.imports import Encoding, Fault, unreadable

_BLANK = re.compile(r"[ \t\r\n]*")


def read_jsonl(file: BinaryIO) -> Iterator[Record]:
    """Raises Refused."""
    for number, line in read_lines(file, Encoding.UTF_8):
        text = line.strip()
        if text:
            told, end = _decoded(text, 0, number)
            if end < len(text):
                raise unreadable(Fault.OBJECTS, line=number)
            yield Record(number, _cells(told, number))


def read_json(file: BinaryIO) -> Iterator[Record]:
    """Raises Refused."""
    text = _Text(read_pieces(file))
    text.expect("[")
    if text.has("]"):
        text.expect_end()
        return
    while True:
        number = text.line
        yield Record(number, _cells(text.take(), number))
        if text.has("]"):
            break
        text.expect(",")
    text.expect_end()


class _Text:
    """What lies ahead, always enough of it for a whole record."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces, self._held, self._at = pieces, "", 0
        self.line = 1
        self._skip()

    def has(self, sign: str) -> bool:
        """Takes it where it is next."""
        if not self._held.startswith(sign, self._at):
            return False
        self._at += len(sign)
        self._skip()
        return True

    def expect(self, sign: str) -> None:
        if not self.has(sign):
            raise unreadable(Fault.OBJECTS, line=self.line)

    def expect_end(self) -> None:
        if self._at < len(self._held):
            raise unreadable(Fault.OBJECTS, line=self.line)

    def take(self) -> object:
        told, end = _decoded(self._held, self._at, self.line)
        if end - self._at > MOST_ROW:
            raise unreadable(Fault.ROW_TOO_LONG, line=self.line, max=MOST_ROW)
        self._pass(end)
        self._skip()
        return told

    def _skip(self) -> None:
        """To what comes next, over blanks and line ends."""
        while self._fill():
            blank = _BLANK.match(self._held, self._at)
            self._pass(blank.end() if blank else self._at)
            if self._at < len(self._held):
                return

    def _pass(self, end: int) -> None:
        self.line += self._held.count("\n", self._at, end)
        self._at = end

    def _fill(self) -> bool:
        """False where nothing comes any more."""
        while len(self._held) - self._at <= 2 * MOST_ROW:
            piece = next(self._pieces, "")
            if not piece:
                return self._at < len(self._held)
            self._held, self._at = self._held[self._at :] + piece, 0
        return True


def _no_number(_told: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


_DECODER = json.JSONDecoder(parse_float=str, parse_constant=_no_number)
"""Numbers with a point stay as they are written."""


def _decoded(text: str, at: int, line: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        raise unreadable(Fault.OBJECTS, line=line) from error


def _cells(told: object, line: int) -> Mapping[str, Value]:
    if not isinstance(told, dict) or not all(isinstance(value, str | int | None) for value in told.values()):
        raise unreadable(Fault.OBJECTS, line=line)
    return {name: value for name, value in told.items() if value not in {None, ""}}
