"""Tables as text: no cell does anything in a spreadsheet or a terminal, and every value is read back as it was."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.exports.cells import escape, neutralise, read_phone, restore, show_phone, unescape
from forms.exports.sheets import read_cells, read_csv, read_txt
from rules.exports import Format
from tests.forms.exports.rows import COLUMNS, MARK, RECORD, a_file
from tests.journeys.rows import ROWS, the, unfolded

BEGINNINGS = "=+-@\t\r＝＋－＠"
SEPARATORS = ",;|\t\"'\n"
READ = {Format.CSV: read_csv, Format.TXT: read_txt}
TEXTS = st.one_of(st.text(), st.text(BEGINNINGS + SEPARATORS + " '\\u{}1a", max_size=12))
NASTY = [unfolded(row.input) for row in ROWS if "export" in row.channels and row.field != "*"]


def assert_inert(cell: str) -> None:
    """Whatever it is parted by, no part begins a formula."""
    parts = [cell]
    for separator in SEPARATORS.replace("'", ""):
        parts += cell.split(separator)
    assert not [
        part for part in parts if part.lstrip(" ").startswith(tuple(BEGINNINGS.replace("\t", "").replace("\r", "").replace("\n", "")))
    ]


@given(TEXTS)
def test_what_was_neutralised_is_inert_and_read_back_to_the_letter(text):
    assert_inert(neutralise(text))
    assert not neutralise(text).startswith(tuple(BEGINNINGS))
    assert restore(neutralise(text)) == text


@given(TEXTS)
def test_what_was_escaped_is_read_back_to_the_letter(text):
    assert unescape(escape(text)) == text
    assert escape(text, breaks=True).isprintable() or not text.isprintable()
    assert len(escape(text, breaks=True).splitlines()) <= 1


@given(st.one_of(TEXTS, st.from_regex(r"\+[0-9]{4,19}", fullmatch=True)))
def test_a_phone_is_text_that_can_be_dialled_and_is_read_back(number):
    assert read_phone(show_phone(number)) == number
    assert_inert(show_phone(number))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+393331234567", "(+39) 3331234567"),
        ("+12025550123", "(+1) 2025550123"),
        ("+79161234567", "(+7) 9161234567"),
        ("+989121234567", "(+98) 9121234567"),
        ("+3726123456", "(+372) 6123456"),
    ],
)
def test_a_phone_stands_with_its_country_apart(number, shown):
    assert show_phone(number) == shown


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text[:20]))
def test_each_bad_input_is_one_cell_and_comes_back(form, text):
    content = a_file(form, {"id": "1", "name": text}, {"id": "2", "name": "Demo"}).decode()
    first, second = READ[form](content)
    assert read_cells(COLUMNS, first) == {"id": "1", **({"name": text} if text else {})}
    assert second["name"] == "Demo"
    assert_inert(first["name"])


@pytest.mark.parametrize("form", READ)
def test_every_kind_of_value_is_read_back(form):
    (cells,) = READ[form](a_file(form, RECORD).decode())
    assert read_cells(COLUMNS, cells) == RECORD
    assert cells["adults"] == "-2"
    assert cells["share"] == "-60.50"


@pytest.mark.parametrize("form", READ)
def test_each_line_says_who_took_it_when_and_what_for(form):
    told = list(READ[form](a_file(form, RECORD, RECORD).decode()))
    assert len(told) == 2
    for cells in told:
        assert (cells["export_id"], cells["exported_by"], cells["exported_at"]) == (MARK.export, MARK.by, "2026-11-22T08:26:53Z")
        assert restore(cells["export_purpose"]) == MARK.purpose


def test_any_reader_of_csv_finds_the_columns():
    content = a_file(Format.CSV, {"id": "1", "name": 'Anna "Demo", Esempio\r\nseconda riga'}).decode()
    assert content.startswith("id,name,mobile,")
    (row,) = csv.DictReader(StringIO(content, newline=""))
    assert row["name"] == 'Anna "Demo", Esempio\r\nseconda riga'


def test_nothing_moves_a_terminal():
    cell = str(the("terminal escape").input["cell"])
    content = a_file(Format.TXT, {"id": "1", "name": cell})
    assert b"\x1b" not in content
    assert rb"\u{1b}[31m" in content


def test_a_formula_is_text():
    cell = str(the("leading quote").input["cell"])
    assert b",'=1+1," in a_file(Format.CSV, {"id": "1", "name": cell})
