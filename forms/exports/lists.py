"""JSON: a list of objects, or an object a line; and the schema of one object."""

from collections.abc import Iterable, Mapping

import orjson

from forms.exports.columns import MARKED, Column, Kind, Mark, Record

_SCHEMAS: Mapping[Kind, Mapping[str, str]] = {
    "text": {"type": "string"},
    "phone": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer"},
    "number": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    "yes_no": {"type": "boolean"},
}


class JsonLines:
    def __init__(self, mark: Mark | None) -> None:
        self._mark = mark.record if mark else {}

    def head(self) -> bytes:
        return b""

    def row(self, record: Record) -> bytes:
        return orjson.dumps({**record, **self._mark}, option=orjson.OPT_APPEND_NEWLINE)

    def foot(self) -> bytes:
        return b""


class JsonList:
    """`[` and `]` stand on lines of their own, each object on one."""

    def __init__(self, mark: Mark | None) -> None:
        self._lines = JsonLines(mark)
        self._before = b"[\n"

    def head(self) -> bytes:
        return b""

    def row(self, record: Record) -> bytes:
        before, self._before = self._before, b","
        return before + self._lines.row(record)

    def foot(self) -> bytes:
        return b"]\n" if self._before == b"," else b"[]\n"


def json_schema(subject: str, columns: Iterable[Column]) -> bytes:
    """Of one object (JSON Schema 2020-12); what is not known is left out."""
    properties = {column.name: _SCHEMAS[column.kind] for column in (*columns, *MARKED)}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": subject,
        "type": "object",
        "properties": properties,
        "required": ["id", *(column.name for column in MARKED)],
        "additionalProperties": False,
    }
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
