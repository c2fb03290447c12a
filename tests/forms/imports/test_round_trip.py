"""What one of our exports wrote is read back whole (S0-44), whatever stands in it."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.exports.columns import Record
from forms.exports.subjects import columns
from forms.imports.files import Handed, read_records, survey
from forms.imports.layouts import own_layout
from rules.exports import Format, Subject
from tests.forms.content.shipped import catalogue
from tests.forms.exports.rows import a_file

pytestmark = pytest.mark.slow

COLUMNS = columns(Subject.CLIENTS, catalogue())
LAYOUT = own_layout(COLUMNS)
TABLES = (Format.CSV, Format.TXT, Format.XML, Format.JSON, Format.JSONL)
SIGNS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")  # no answer holds either (forms/types/characters.py)
TEXTS = st.one_of(st.text(SIGNS, max_size=40), st.text("=+-@\t\r\n＝,;|\"' \\u{}1a", max_size=14)).filter(bool)
VALUES = {
    "text": TEXTS,
    "phone": st.from_regex(r"\+[1-9][0-9]{7,13}", fullmatch=True),
    "date": st.dates().map(str),
    "instant": st.just("2026-11-22T08:26:53Z"),
    "integer": st.integers(-99, 99),
    "number": st.decimals("-999", "999", places=2).map(str),
    "yes_no": st.booleans(),
}


@st.composite
def records(draw: st.DrawFn) -> Record:
    chosen = draw(st.lists(st.sampled_from(COLUMNS), max_size=12, unique=True))
    return {"id": "1", **{column.name: draw(VALUES[column.kind]) for column in chosen if column.name != "id"}}


def read_back(content: bytes, form: Format) -> list[dict[str, str]]:
    handed = Handed(BytesIO(content), form)
    assert not survey(handed, LAYOUT).left_out
    return [
        {name: _plain(cell) for name, cell in record.cells.items() if name in {c.name for c in COLUMNS}}
        for record in read_records(handed, LAYOUT)
    ]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("form", TABLES)
@given(written=st.lists(records(), min_size=1, max_size=3))
def test_what_an_export_wrote_is_read_back_whole(form: Format, written: list[Record]) -> None:
    content = a_file(form, *written, columns=COLUMNS)
    assert read_back(content, form) == [{name: _plain(value) for name, value in record.items()} for record in written]


@pytest.mark.parametrize("form", [Format.VCF, Format.VCF3])
def test_an_address_book_that_an_export_wrote_is_read_back_as_far_as_it_goes(form: Format) -> None:
    told = {
        "id": "1", "kind": "person", "state": "suspended", "language": "it", "updated_at": "2026-11-22T08:26:53Z",
        "display_name": "Esempio; Demetra, detta \\n", "family_name": "Esempio; Demetra", "given_name": "Anna\\, Maria" + " lunga" * 20,
        "birth_date": "1980-03-12", "email": "demo@example.org", "emails_other_1_email": "altra@example.org", "mobile": "+393331234567",
        "landline": "+390812345678", "street": "Via 25 Aprile", "house_number": "12/A", "municipality": "F839",
        "municipality_name": "Napoli", "province": "NA", "postcode": "80134", "country": "IT",
    }  # fmt: skip
    firm = {name: value for name, value in told.items() if name not in {"mobile", "landline"}}
    firm |= {"kind": "company", "display_name": "Officine Demo S.r.l.", "phone": "+390812345678", "fax": "+390812345679"}
    person, company = read_back(a_file(form, told, firm, columns=COLUMNS), form)
    left = {"id", "state", "language", "updated_at", "display_name", "municipality", "country"}
    assert person == {name: value for name, value in told.items() if name not in left} | {"country": "Italia"}
    assert (company["kind"], company["company_name"], company["phone"], company["fax"]) == (
        "company", "Officine Demo S.r.l.", "+390812345678", "+390812345679",
    )  # fmt: skip
