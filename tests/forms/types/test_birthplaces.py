"""Places of birth by code and day, as python-codicefiscale has them."""

import json
from datetime import date

import pytest
from codicefiscale import codicefiscale

from forms.types.birthplaces import was_a_place
from forms.types.municipalities import package_file

TODAY = date.today()
LISTS = ("municipalities.json", "countries.json", "deleted-countries.json")


@pytest.mark.slow
def test_our_judgement_is_the_librarys() -> None:
    codes = {row["code"] for name in LISTS for row in json.loads(package_file("codicefiscale", "data", name).read_bytes())}
    sample = [*sorted(codes)[::23], *(code for code in sorted(codes) if code.startswith("Z")), "Z999", "A000"]
    different = [(code, born) for code in sample for born in days(code) if was_a_place(code, born) != accepts(code, born)]
    assert different == []


def days(code: str) -> list[date]:
    """Of the last hundred years, so that the two digits mean no other."""
    seed = sum(code.encode())
    return [date(TODAY.year - 1 - (seed * 7 + years) % 99, 1 + seed % 12, 1 + seed % 28) for years in (0, 20, 45, 70)]


def accepts(code: str, born: date) -> bool:
    """The library also takes the day a hundred years before for one it does not take: that is tried by the reading, and not asked here."""
    bare = f"RSSMRA{codicefiscale.encode_birthdate(born.isoformat(), 'M')}{code}"
    try:
        return bool(codicefiscale.decode(bare + codicefiscale.encode_cin(bare))["birthdate"].date() == born)
    except ValueError:
        return False


def test_a_place_that_ended_is_taken_until_its_last_day() -> None:
    assert was_a_place("Z105", date(1993, 1, 1))  # Czechoslovakia
    assert not was_a_place("Z105", date(1993, 1, 2))
    assert not was_a_place("Z999", date(1980, 1, 1))
