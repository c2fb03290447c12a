"""The reader of each format, and a look through the whole file before anything of it counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO

from forms.exports.cells import read_phone, restore
from forms.exports.columns import Kind, Value
from forms.imports.contacts import read_vcf
from forms.imports.layouts import Layout
from forms.imports.markup import read_xml
from forms.imports.objects import read_json, read_jsonl
from forms.imports.records import LISTED, Record, told_columns
from forms.imports.sheets import read_csv, read_txt
from rules.exports import Format
from rules.imports import MOST_RECORDS, Encoding, Fault, unreadable

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What JSON and `\\u{d800}` can write and no text holds: NUL, and half of a pair of UTF-16."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as somebody hands it over; `file` can be read twice."""

    file: BufferedReader | BytesIO
    format: Format
    encoding: Encoding = Encoding.UTF_8
    leaves_out: bool = False
    """Columns that nobody knows are left out; otherwise the file is refused for them."""


@dataclass(frozen=True, slots=True)
class Survey:
    records: int
    left_out: tuple[str, ...]
    """Columns, in an address book properties, that are not taken over, as a sentence lists them."""


def survey(handed: Handed, layout: Layout) -> Survey:
    """From the first byte to the last: after it nothing in the file's form can surprise. Raises Refused."""
    unknown: dict[str, None] = {}
    left: dict[str, None] = {}
    records = 0
    for record in _records(handed, layout):
        records += 1
        if records > MOST_RECORDS:
            raise unreadable(Fault.TOO_MANY, max=MOST_RECORDS)
        if any(isinstance(each, str) and _NO_TEXT.search(each) for cell in record.cells.items() for each in cell):
            raise unreadable(Fault.NUL, line=record.line)
        if len(unknown) <= LISTED:
            unknown |= dict.fromkeys(name for name in record.cells if name not in layout.kinds)
        if len(left) <= LISTED:
            left |= dict.fromkeys(record.left_out)
    if unknown and not handed.leaves_out:
        raise unreadable(Fault.UNKNOWN_COLUMNS, fields=told_columns(unknown))
    if not records:
        raise unreadable(Fault.EMPTY)
    return Survey(records, tuple(told_columns((*unknown, *left))))


def read_records(handed: Handed, layout: Layout) -> Iterator[Record]:
    """Each with its cells by our names; what `survey` told as left out is left out."""
    for record in _records(handed, layout):
        known = {name: cell for name, cell in record.cells.items() if name in layout.kinds}
        yield Record(record.line, layout.as_ours(known), is_broken=record.is_broken)


def _records(handed: Handed, layout: Layout) -> Iterator[Record]:
    match handed.format:
        case Format.CSV:
            return _restored(read_csv(handed.file, handed.encoding, layout.kinds), layout)
        case Format.TXT:
            return _restored(read_txt(handed.file, handed.encoding, layout.kinds), layout)
        case Format.XML:
            return read_xml(handed.file)
        case Format.JSON:
            return read_json(handed.file)
        case Format.JSONL:
            return read_jsonl(handed.file)
        case Format.VCF | Format.VCF3:
            return read_vcf(handed.file, handed.encoding)
        case Format.ICS:
            raise ValueError("a calendar holds no customers")


def _restored(records: Iterator[Record], layout: Layout) -> Iterator[Record]:
    """Without the apostrophes that keep a spreadsheet from calculating, telephones put together again."""
    for record in records:
        cells = {name: _cell(str(cell), layout.kinds.get(name, "text")) for name, cell in record.cells.items()}
        yield Record(record.line, cells, record.is_broken, record.left_out)


def _cell(cell: str, kind: Kind) -> Value:
    return read_phone(cell) if kind == "phone" else restore(cell)
