"""The writer of each format. A file is made line by line: no list is ever held whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol, assert_never

from forms.exports.calendars import Calendar
from forms.exports.columns import Column, Mark, Record
from forms.exports.contacts import Contacts
from forms.exports.lists import JsonLines, JsonList, json_schema
from forms.exports.markup import Markup, xml_schema
from forms.exports.sheets import Sheet, csv_line, txt_line
from rules.exports import Format, Subject

MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.TXT: "text/tab-separated-values; charset=utf-8",
    Format.XML: "application/xml",
    Format.JSON: "application/json",
    Format.JSONL: "application/jsonl",
    Format.VCF: "text/vcard; charset=utf-8",
    Format.VCF3: "text/vcard; charset=utf-8",
    Format.ICS: "text/calendar; charset=utf-8",
}


type TableFormat = Literal[Format.CSV, Format.TXT, Format.XML, Format.JSON, Format.JSONL]


type Delimiter = Literal[",", ";", "tab"]
DELIMITERS: Mapping[Delimiter, str] = {",": ",", ";": ";", "tab": "\t"}
"""Those that our reader knows again by the header."""


class Writer(Protocol):
    def head(self) -> bytes: ...

    def row(self, record: Record) -> bytes: ...

    def foot(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Words:
    """What address books and calendars show: groups by kind and state, titles by kind of deadline."""

    language: str
    groups: Mapping[str, str]
    titles: Mapping[str, str]


def writer(subject: Subject, form: Format, columns: Sequence[Column], mark: Mark, words: Words) -> Writer:
    match form:
        case Format.VCF | Format.VCF3:
            return Contacts(mark, "4.0" if form is Format.VCF else "3.0", words.groups, words.language)
        case Format.ICS:
            return Calendar(mark, words.titles)
        case _:
            return table_writer(subject, form, columns, mark)


def table_writer(
    subject: Subject, form: TableFormat, columns: Sequence[Column], mark: Mark | None, *, delimiter: Delimiter = ","
) -> Writer:
    """Without a mark: the columns themselves say it. `delimiter`: of csv."""
    match form:
        case Format.CSV:
            return Sheet(columns, mark, partial(csv_line, delimiter=DELIMITERS[delimiter]))
        case Format.TXT:
            return Sheet(columns, mark, txt_line)
        case Format.XML:
            return Markup(subject, columns, mark)
        case Format.JSON:
            return JsonList(mark)
        case Format.JSONL:
            return JsonLines(mark)
        case _:
            assert_never(form)


def schema(subject: Subject, form: Format, columns: Sequence[Column]) -> bytes | None:
    """What a file of this format is held against; None where the format has none."""
    if form is Format.XML:
        return xml_schema(subject, columns)
    return json_schema(subject, columns) if form in {Format.JSON, Format.JSONL} else None
