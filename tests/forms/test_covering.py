"""Identifiers in free text, covered as on the pages that show them as answers (R9, S4-21); every other word stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.covering import as_number, cover_text, covered
from forms.types.characters import clean_line

TAX_CODE, IBAN, DOCUMENT = "SMPDTR80C52F839N", "IT60X0542811101000000123456", "CA00000AA"


def read(text: str, *known: str) -> str:
    """Without the invisible signs that keep dots and end in their order."""
    told = clean_line(cover_text(text, known))
    assert isinstance(told, str)
    return told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"Il mio codice è {TAX_CODE}.", "Il mio codice è ···· 839N."),
        ("smpdtr80c52f839n, nata nel 1980", "···· 839N, nata nel 1980"),
        ("SMP DTR 80C52 F839N", "···· 839N"),
        ("L’IBAN è it60 x054 2811 1010 0000 0123 456 grazie", "L’IBAN è ···· 3456 grazie"),
        (f"(IBAN:{IBAN})", "(IBAN:···· 3456)"),
        ("DE89 3704 0044 0532 0130 00 e NO93 8601 1117 947", "···· 3000 e ···· 7947"),
        (f"我的税号{TAX_CODE}对吗", "我的税号···· 839N对吗"),
        (f"کد مالیاتی من {TAX_CODE} است", "کد مالیاتی من ···· 839N است"),
    ],
)
def test_r9_what_its_check_digits_tell_is_covered_wherever_it_stands(text: str, told: str) -> None:
    assert read(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("il documento è ca 00000 aa, rilasciato nel 2021", "il documento è ···· 00AA, rilasciato nel 2021"),
        ("CA00000AAX e XCA00000AA sono altri", "CA00000AAX e XCA00000AA sono altri"),
        ("证件号CA00000AA", "证件号···· 00AA"),
    ],
)
def test_r9_a_number_that_is_known_is_covered_however_it_is_spaced(text: str, told: str) -> None:
    assert read(text, DOCUMENT) == told


def test_r9_digits_of_another_script_hide_nothing() -> None:
    assert read("شمارهٔ من ۰۰۱ ۲۳۴ ۵۶۷ ۹ است", "0012345679") == "شمارهٔ من ···· 5679 است"


def test_a_short_number_is_not_told_even_by_its_end() -> None:
    assert read("Passaporto AB1234", "AB1234") == "Passaporto ····"


@pytest.mark.parametrize(
    "text",
    [
        "Chiamami al +39 333 1234567 dopo le 18:30",
        "Il premio è 1.234,56 EUR, dal 22/11/2026",
        "SMPDTR80C52F839A non è un codice",  # its check letter is another
        "IT61 X054 2811 1010 0000 0123 456",  # its check digits are others
        "La polizza P-2026-000001 e il preventivo",
    ],
)
def test_every_other_word_stays(text: str) -> None:
    assert cover_text(text, {DOCUMENT}) == text


def test_only_what_is_a_number_is_looked_for() -> None:
    assert [as_number(value) for value in ("ca 00000-aa", "non lo so", "12", True, ["AB12345"], None)] == [
        DOCUMENT,
        None,
        None,
        None,
        None,
        None,
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_wherever_it_stands_it_is_gone_and_the_rest_is_there(before: str, after: str) -> None:
    told = cover_text(f"{before} {DOCUMENT} {after}", {DOCUMENT})
    assert DOCUMENT not in told
    assert covered(DOCUMENT) in told
    assert told.startswith(f"{before} ")
    assert told.endswith(f" {after}")
