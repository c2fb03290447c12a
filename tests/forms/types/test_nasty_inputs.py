"""Every row of the project's list of bad inputs that is an answer to a question gets its class from the type that reads it."""

import json
from pathlib import Path

import pytest

from forms.types.base import Doubt, Read, Reading
from rules.refusals import Refused
from tests.forms.types.asking import TODAY, typed

ROWS = json.loads(Path(__file__).with_name("nasty_rows.json").read_text())
ASKED = {
    "amount": ("money", {"unit": "EUR", "min": "1.00", "max": "10000000.00"}),
    "cap": ("postcode", {}),
    "cf": ("it_tax_code", {}),
    "date": ("date", {"name": "birth_date"}),
    "email": ("email", {}),
    "iban": ("iban", {}),
    "iva": ("it_vat", {}),
    "m2": ("integer", {"unit": "m2", "min": 1, "max": 2000}),
    "name": ("name", {}),
    "phone": ("phone", {}),
    "year": ("integer", {"name": "year_built", "min": 1000, "max": TODAY.year}),
}


def classes(reading: Reading, written: str) -> set[str]:
    match reading:
        case Read(value=value) if value == written:
            return {"accept", "store_literal"}
        case Read():
            return {"accept_normalised"}
        case Refused():
            return {"reject_reask"}
        case Doubt():
            return {"flag_review"}
        case _:
            return set()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['field']}: {row['why']}" for row in ROWS])
def test_a_bad_input_gets_its_class(row: dict[str, str]) -> None:
    kind, more = ASKED[row["field"]]
    reading = typed(kind, row["input"], **more)
    expected = row["expected_class"]
    if row["field"] == "date" and expected == "accept_normalised":
        assert reading == Read("1985-12-10")
        return
    assert expected in classes(reading, row["input"]), reading
