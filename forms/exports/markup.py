"""XML with its schema: an element a record, in it an element a value."""

import re
from collections.abc import Iterable, Mapping, Sequence

from forms.exports.cells import escape
from forms.exports.columns import MARKED, Column, Kind, Mark, Record, Value

_TYPES: Mapping[Kind, str] = {
    "text": "xs:string",
    "phone": "xs:string",
    "date": "xs:date",
    "instant": "xs:dateTime",
    "integer": "xs:integer",
    "number": "xs:decimal",
    "yes_no": "xs:boolean",
}
_SPECIAL = re.compile('[&<>"\t\r\n]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\r": "&#13;", "\n": "&#10;"}


def namespace(subject: str) -> str:
    return f"urn:sospeso:export:{subject}:1"


class Markup:
    def __init__(self, subject: str, columns: Sequence[Column], mark: Mark | None) -> None:
        self._subject, self._names, self._mark = subject, [column.name for column in columns], mark

    def head(self) -> bytes:
        marks = "".join(f' {name}="{_text(value)}"' for name, value in self._mark.record.items()) if self._mark else ""
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<export xmlns="{namespace(self._subject)}"{marks}>\n'.encode()

    def row(self, record: Record) -> bytes:
        values = "".join(f"<{name}>{_text(record[name])}</{name}>" for name in self._names if name in record)
        return f"<record>{values}</record>\n".encode()

    def foot(self) -> bytes:
        return b"</export>\n"


def xml_schema(subject: str, columns: Iterable[Column]) -> bytes:
    elements = "\n".join(
        f'          <xs:element name="{column.name}" type="{_TYPES[column.kind]}"{"" if column.name == "id" else ' minOccurs="0"'}/>'
        for column in columns
    )
    marks = "\n".join(f'      <xs:attribute name="{column.name}" type="{_TYPES[column.kind]}" use="required"/>' for column in MARKED)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace(subject)}" elementFormDefault="qualified">
  <xs:element name="export">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="record" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
{elements}
        </xs:sequence></xs:complexType></xs:element>
      </xs:sequence>
{marks}
    </xs:complexType>
  </xs:element>
</xs:schema>
""".encode()


def _text(value: Value) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], escape(text))
