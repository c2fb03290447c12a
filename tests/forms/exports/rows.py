"""What the exports of the tests hold: a record with every kind of column, and its mark."""

from datetime import UTC, datetime

from forms.exports.columns import Column, Mark, Record
from forms.exports.files import Words, writer
from rules.exports import Format, Subject

AT = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
MARK = Mark("0192f0c1-demo", "Demo Responsabile", AT, "Giro di telefonate, =DEMO()")
COLUMNS = (
    Column("id"), Column("name"), Column("mobile", "phone"), Column("birth_date", "date"), Column("at", "instant"),
    Column("adults", "integer"), Column("share", "number"), Column("is_owner", "yes_no"),
)  # fmt: skip
RECORD: Record = {
    "id": "1", "name": "Demo", "mobile": "+393331234567", "birth_date": "1980-03-12", "at": "2026-11-22T08:26:53Z",
    "adults": -2, "share": "-60.50", "is_owner": True,
}  # fmt: skip
WORDS = Words("it", {"person": "Persone", "company": "Imprese", "suspended": "In sospeso"}, {"offer_ends": "Scade: {customer}"})


def a_file(form: Format, *records: Record, subject: Subject = Subject.CLIENTS, columns: tuple[Column, ...] = COLUMNS) -> bytes:
    file = writer(subject, form, columns, MARK, WORDS)
    return b"".join([file.head(), *(file.row(record) for record in records), file.foot()])
