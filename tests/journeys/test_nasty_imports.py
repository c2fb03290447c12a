"""Every row of the list of bad inputs as a cell of a list that is read in, and every bad file: none is taken for what it is not."""

from datetime import date
from io import BytesIO

import orjson
import pytest

from forms.exports.subjects import columns
from forms.imports.files import Handed, read_records, survey
from forms.imports.layouts import own_layout
from forms.imports.rows import Row as ReadRow
from forms.imports.rows import RowReader
from rules.exports import Format, Subject
from rules.imports import Encoding, Fault
from rules.refusals import Reason, Refused
from tests.forms.content.shipped import TODAY, catalogue
from tests.journeys.rows import ANSWERS, QUESTIONS, Row

COLUMNS = columns(Subject.CLIENTS, catalogue())
LAYOUT = own_layout(COLUMNS)
READER = RowReader(catalogue(), COLUMNS, language="it", today=TODAY, currency="EUR")
CARD = "registration_person."
ROWS = [row for row in ANSWERS if "import" in row.channels and (QUESTIONS[row.field].startswith(CARD) or row.field == "email")]
BESIDE = {"employment": "self_employed", "country": "IT"}
MET = {"reject_reask", "flag_review", "accept", "accept_normalised", "store_literal"}


def column_of(row: Row) -> str:
    return "email" if row.field == "email" else QUESTIONS[row.field].rpartition(".")[2]


def read(content: bytes, form: Format = Format.CSV, encoding: Encoding = Encoding.UTF_8) -> list[ReadRow]:
    handed = Handed(BytesIO(content), form, encoding)
    survey(handed, LAYOUT)
    return [READER.read(record) for record in read_records(handed, LAYOUT)]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_bad_cell_is_refused_doubted_or_taken_as_its_class_says(row: Row) -> None:
    assert row.expected in MET
    name = column_of(row)
    try:
        content = orjson.dumps([{**BESIDE, name: row.text}])
    except TypeError:  # a lone surrogate: no file in UTF-8 can hold it
        with pytest.raises(Refused):
            read(f"email,{name}x\n".replace(f"{name}x", name).encode() + b"a," + row.text.encode("utf-8", "surrogatepass") + b"\n")
        return
    (found,) = read(content, Format.JSON)
    key = next(key for column in COLUMNS if column.name == name for key in column.keys if key.startswith(CARD))
    match row.expected:
        case "reject_reask":
            assert key not in found.values
            assert found.refused or not row.text.strip()
        case "store_literal":
            assert found.values[key] == row.text
        case "flag_review":
            assert found.doubts or found.refused
        case _:
            assert key in found.values
            assert not found.refused


@pytest.mark.parametrize("row", [row for row in ROWS if row.expected == "store_literal"], ids=str)
def test_a_formula_stays_the_text_it_is_however_it_is_written(row: Row) -> None:
    (found,) = read(b'family_name;email\n"' + row.text.replace('"', '""').encode() + b'";demo@example.org\n')
    assert found.values[f"{CARD}identity.family_name"] == row.text


def test_semicolons_and_comma_decimals_of_an_italian_spreadsheet() -> None:
    (found,) = read("company_name;legal_form;registered_capital\nOfficine Demo;srl;10.000,50\n".encode("utf-8-sig"))
    assert found.values["registration_company.company.registered_capital"] == "10000.50"


def test_what_a_spreadsheet_damaged_flags_its_row() -> None:
    (found,) = read(b"postcode;tax_code;email\n185;1.23457E+10;demo@example.org\n")
    assert [(problem.column, problem.reason) for problem in found.refused] == [
        ("tax_code", Reason.TAX_CODE_LENGTH),
        ("postcode", Reason.POSTCODE_FORM),
    ]


def test_utf_16_with_its_mark_and_cp1252_as_told_are_read() -> None:
    text = "family_name\temail\nDe’ Perù €\tdemo@example.org\n"
    for content, encoding in ((text.encode("utf-16"), Encoding.UTF_8), (text.encode("cp1252"), Encoding.CP1252)):
        (found,) = read(content, encoding=encoding)
        assert found.values[f"{CARD}identity.family_name"] == "De’ Perù €"


def test_a_spreadsheet_s_day_is_a_date() -> None:
    (found,) = read(b"birth_date;email\n29292;demo@example.org\n")
    assert found.values[f"{CARD}identity.birth_date"] == date(1980, 3, 12).isoformat()


def test_workbooks_and_external_entities_are_refused() -> None:
    xxe = b'<?xml version="1.0"?><!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><export><record>&x;</record></export>'
    for content, form, fault in ((b"PK\x03\x04xl/externalLinks", Format.CSV, Fault.PACKED), (xxe, Format.XML, Fault.ENTITIES)):
        with pytest.raises(Refused) as refusal:
            read(content, form)
        assert refusal.value.facts["state"] == fault
