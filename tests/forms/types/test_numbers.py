"""Numbers and amounts in digits and words; separators that could mean something else are asked about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.types.base import Read
from rules.refusals import Reason, Refused
from tests.forms.types.asking import outcome, sent, shown, typed

EURO = {"unit": "EUR", "min": "0.00", "max": "10000000.00"}
AREA = {"unit": "m2", "min": 15, "max": 2000}


@pytest.mark.parametrize(
    "text",
    ["95", "95 m²", "95mq", "95 m2", "circa 95", "95 metri quadri", "novantacinque", "۹۵", "９５", "95,0", "about 95 square metres", "~95"],
)
def test_an_area_is_read_with_and_without_its_unit(text: str) -> None:
    assert typed("integer", text, **AREA) == Read(95)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("centomila", "100000.00"),
        ("cento mila", "100000.00"),
        ("100 mila", "100000.00"),
        ("100k", "100000.00"),
        ("€ 1.500", "1500.00"),
        ("1.250", "1250.00"),
        ("1'250", "1250.00"),
        ("125.000,00", "125000.00"),
        ("250 000", "250000.00"),
        ("1250.50", "1250.50"),
        ("1,5 milioni", "1500000.00"),
        ("mille e cinquecento euro", "1500.00"),
        ("duecentocinquantamila", "250000.00"),
        ("centoventitremilaquattrocentocinquantasei", "123456.00"),
        ("ottantotto", "88.00"),
        ("one hundred thousand", "100000.00"),
    ],
)
def test_amounts_in_italian(text: str, amount: str) -> None:
    assert typed("money", text, **EURO) == Read(amount)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("one hundred thousand", "100000.00"),
        ("one hundred and fifty thousand euros", "150000.00"),
        ("a hundred thousand", "100000.00"),
        ("1,250.50", "1250.50"),
        ("€1,250", "1250.00"),
        ("1.5 million", "1500000.00"),
        ("centomila", "100000.00"),
    ],
)
def test_amounts_in_english(text: str, amount: str) -> None:
    assert typed("money", text, "en", **EURO) == Read(amount)


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [("150,000.00", "it", "150000.00"), ("150,000", "it", "150000.00"), ("1.250,50", "en", "1250.50"), ("1.250", "en", "1250.00")],
)
def test_the_other_languages_separators_are_asked_about(text: str, language: str, amount: str) -> None:
    assert outcome(typed("money", text, language, **EURO)) == ("doubt", amount, Reason.NUMBER_AMBIGUOUS)


def test_a_number_out_of_bounds_one_way_is_asked_about_the_other_way() -> None:
    assert outcome(typed("number", "3.500", unit="kWp", min="0.5", max="30")) == ("doubt", "3.5", Reason.NUMBER_AMBIGUOUS)
    assert typed("number", "3,5 kWp", unit="kWp", min="0.5", max="30") == Read("3.5")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1e9", Reason.NUMBER_UNKNOWN),
        ("NaN", Reason.NUMBER_UNKNOWN),
        ("inf", Reason.NUMBER_UNKNOWN),
        ("1²", Reason.NUMBER_UNKNOWN),
        ("½", Reason.NUMBER_UNKNOWN),
        ("①", Reason.NUMBER_UNKNOWN),
        ("95 o 96", Reason.NUMBER_UNKNOWN),
        ("80-90", Reason.NUMBER_UNKNOWN),
        ("venti dodici", Reason.NUMBER_UNKNOWN),
        ("mila milioni", Reason.NUMBER_UNKNOWN),
        ("1.2.3", Reason.NUMBER_UNKNOWN),
        ("$100", Reason.NUMBER_UNKNOWN),
        ("99999999999999999999", Reason.TOO_LARGE),
        ("novecento miliardi", Reason.TOO_LARGE),
        ("-5", Reason.TOO_SMALL),
    ],
)
def test_what_is_no_amount_is_refused(text: str, reason: Reason) -> None:
    assert outcome(typed("money", text, **EURO)) == reason


def test_a_whole_number_takes_no_decimals() -> None:
    assert outcome(typed("integer", "95,5", **AREA)) is Reason.NUMBER_WHOLE


def test_bounds_are_named_as_they_are_shown() -> None:
    assert typed("integer", "2500", **AREA) == Refused(Reason.TOO_LARGE, max="2.000\u00a0m²")
    assert typed("money", "1", "en", unit="EUR", min="5000.00") == Refused(Reason.TOO_SMALL, min="€5,000.00")


def test_counts_may_name_what_they_count() -> None:
    assert outcome(typed("integer", "due adulti", min=1, max=12)) == 2
    assert outcome(typed("integer", "siamo in tre", min=1, max=12)) == 3
    assert outcome(typed("integer", "nessuno", min=0, max=10)) == 0


@pytest.mark.parametrize(
    ("value", "reason"), [("95", Reason.WRONG_KIND), (True, Reason.WRONG_KIND), (95.5, Reason.WRONG_KIND), (5000, Reason.TOO_LARGE)]
)
def test_a_structured_integer_is_a_json_number(value: object, reason: Reason) -> None:
    assert outcome(sent("integer", value, **AREA)) == reason
    assert sent("integer", 95, **AREA) == Read(95)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("125000.00", "125000.00"),
        ("125000", "125000.00"),
        ("125.000,00", Reason.NUMBER_UNKNOWN),
        ("1e5", Reason.NUMBER_UNKNOWN),
        (5, Reason.WRONG_KIND),
    ],
)
def test_structured_money_is_a_string_with_a_dot(value: object, expected: Any) -> None:
    assert outcome(sent("money", value, **EURO)) == expected


def test_amounts_are_shown_in_each_language() -> None:
    assert shown("money", "1250.00") == "1.250,00\u00a0€"
    assert shown("money", "1250.00", "en") == "€1,250.00"
    assert shown("integer", 1250) == "1.250"
    assert shown("integer", 1985, name="year_built", min=1000, max=2026) == "1985"


@given(st.integers(0, 10**9), st.sampled_from(["it", "en"]))
def test_a_shown_amount_reads_back_as_itself(cents: int, language: str) -> None:
    amount = f"{cents // 100}.{cents % 100:02d}"
    assert typed("money", shown("money", amount, language), language, unit="EUR") == Read(amount)


@pytest.mark.parametrize(
    ("language", "said", "amount"),
    [
        ("it", "mezzo milione", "500000.00"),
        ("it", "un milione e mezzo", "1500000.00"),
        ("en", "half a million", "500000.00"),
        ("es", "medio millón", "500000.00"),
        ("es", "un millón y medio", "1500000.00"),
        ("fa", "نیم میلیون", "500000.00"),
        ("ru", "полмиллиона", "500000.00"),
        ("zh", "一点五万", "15000.00"),
        ("zh", "一點五萬", "15000.00"),
        ("zh", "十二点三四万", "123400.00"),
    ],
)
def test_halves_of_large_numbers_are_read(language: str, said: str, amount: str) -> None:
    assert typed("money", said, language, unit="EUR") == Read(amount)


@pytest.mark.parametrize("said", ["1975-й", "1975-й год", "в 1975-м", "1975-го года"])
def test_a_year_may_be_counted(said: str) -> None:
    assert typed("integer", said, "ru", name="year_built", min=1200, max=2026) == Read(1975)


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("it", "solo io", 1), ("it", "Io e mia moglie.", 2), ("en", "just me", 1), ("en", "a couple", 2), ("en", "My husband and I", 2),
        ("es", "vivo sola", 1), ("es", "mi mujer y yo", 2), ("ru", "только я", 1), ("ru", "мы с женой", 2), ("zh", "我一个人住", 1),
        ("zh", "夫妻俩", 2), ("fa", "فقط خودم", 1), ("fa", "من و شوهرم", 2),
    ],
)  # fmt: skip
def test_grown_ups_are_counted_as_they_are_named(language: str, text: str, number: int) -> None:
    assert typed("integer", text, language, name="adults", min=1, max=12) == Read(number)
    assert outcome(typed("integer", text, language, name="storeys", min=1, max=12)) is Reason.NUMBER_UNKNOWN


@pytest.mark.parametrize("text", ["me and my wife and two kids", "io, mia moglie e i bambini", "мы с женой и двое детей"])
def test_who_names_children_too_is_asked_again(text: str) -> None:
    assert outcome(typed("integer", text, "en", name="adults", min=1, max=12)) is Reason.NUMBER_UNKNOWN
