"""A file's text, a line at a time: whatever could not be meant as text is refused, in one sentence with its line."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import BinaryIO

from rules.imports import MOST_LINES, Encoding, Fault, unreadable

MOST_ROW = 64_000
"""Characters of one record: some fifty cells as long as any of ours can be."""
CELL = 64
"""What holding a cell costs beside its own characters, counted as such."""
_PACKED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"(\xb5/\xfd",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
)
"""How archives, workbooks and papers begin: nothing is unpacked here."""
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_lines(file: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, str]]:
    """Each line with its number and its end. Raises Refused."""
    number = 0
    for number, line in _decoded(file, encoding):
        if number > MOST_LINES:
            raise unreadable(Fault.TOO_MANY, max=MOST_LINES)
        if "\0" in line:
            raise unreadable(Fault.NUL, line=number)
        if len(line) > MOST_ROW:
            raise unreadable(Fault.ROW_TOO_LONG, line=number, max=MOST_ROW)
        yield number, line
    if number == 0:
        raise unreadable(Fault.EMPTY)


def check_beginning(file: BinaryIO) -> bytes:
    """Its first bytes; raises Refused for what is no text at all. The file stands at its beginning afterwards."""
    file.seek(0)
    begins = file.read(8)
    file.seek(0)
    if not begins:
        raise unreadable(Fault.EMPTY)
    if begins.startswith(_PACKED):
        raise unreadable(Fault.PACKED)
    return begins


def _decoded(file: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, str]]:
    begins = check_beginning(file)
    number = 0
    try:
        if begins.startswith(_WIDE):
            for number, line in enumerate(_wide_lines(file), 1):
                yield number, line
            return
        has_mark = begins.startswith(codecs.BOM_UTF8)
        name = Encoding.UTF_8 if has_mark else encoding
        while line_bytes := file.readline(MOST_ROW * 4 + 1):  # no character has more than four bytes
            number += 1
            yield number, (line_bytes.removeprefix(codecs.BOM_UTF8) if number == 1 else line_bytes).decode(name)
    except UnicodeError as error:
        raise unreadable(Fault.ENCODING, line=max(number, 1)) from error


def read_pieces(file: BinaryIO) -> Iterator[str]:
    """The same of what has no lines: pieces of some size. UTF-8, or UTF-16 by its mark. Raises Refused."""
    is_wide = check_beginning(file).startswith(_WIDE)
    line = 1
    with _opened(file, "utf-16" if is_wide else "utf-8-sig") as text:
        try:
            while piece := text.read(MOST_ROW):
                if "\0" in piece:
                    raise unreadable(Fault.NUL, line=line + piece.count("\n", 0, piece.index("\0")))
                line += piece.count("\n")
                yield piece
        except UnicodeError as error:
            raise unreadable(Fault.ENCODING, line=line) from error


def _wide_lines(file: BinaryIO) -> Iterator[str]:
    """Of UTF-16, which its mark names."""
    with _opened(file, "utf-16") as text:
        while line := text.readline(MOST_ROW + 1):
            yield line


@contextmanager
def _opened(file: BinaryIO, encoding: str) -> Iterator[TextIOWrapper]:
    text = TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()  # else the file is closed with it
