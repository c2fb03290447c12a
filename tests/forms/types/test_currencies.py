"""Amounts in the agency's currency: read with the words people use for it, never for another; rials and tomans told apart."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.types.base import Candidates, Choice, Read
from forms.types.showing import amount_as_typed
from forms.types.vocabulary import languages
from rules.currencies import rounded
from rules.refusals import Reason
from tests.forms.types.asking import outcome, shown, typed

UNKNOWN = Reason.NUMBER_UNKNOWN
CURRENCIES = ("EUR", "RUB", "CNY", "IRR")

ROWS: list[tuple[str, str, str, object]] = [
    ("ru", "RUB", "25 тыс. руб.", "25000.00"),
    ("ru", "RUB", "1,5 млн рублей", "1500000.00"),
    ("ru", "RUB", "25 000 ₽", "25000.00"),
    ("ru", "RUB", "25 000 р.", "25000.00"),
    ("ru", "RUB", "25 000 евро", UNKNOWN),
    ("zh", "CNY", "25万", "250000.00"),
    ("zh", "CNY", "25万元", "250000.00"),
    ("zh", "CNY", "三万五千块", "35000.00"),
    ("zh", "CNY", "¥25,000", "25000.00"),
    ("zh", "CNY", "三万欧", UNKNOWN),
    ("zh", "CNY", "5千欧元", UNKNOWN),
    ("zh", "EUR", "5千欧", "5000.00"),
    ("zh", "EUR", "三万欧元", "30000.00"),
    ("fa", "IRR", "۵۰۰ میلیون تومان", "5000000000.00"),
    ("fa", "IRR", "پانصد هزار تومان", "5000000.00"),
    ("fa", "IRR", "۵ میلیارد ریال", "5000000000.00"),
    ("fa", "IRR", "۵۰۰ میلیون", ("candidates", "500000000.00", "5000000000.00")),
    ("fa", "IRR", "۵۰۰ یورو", UNKNOWN),
    ("it", "IRR", "2,5 milioni di toman", "25000000.00"),
    ("it", "IRR", "25.000 rial", "25000.00"),
    ("it", "RUB", "25.000 rubli", "25000.00"),
    ("it", "RUB", "25.000 euro", UNKNOWN),
    ("it", "EUR", "25.000 rubli", UNKNOWN),
    ("en", "IRR", "5 million tomans", "50000000.00"),
    ("en", "CNY", "25,000 yuan", "25000.00"),
    ("es", "RUB", "2 millones de rublos", "2000000.00"),
]


@pytest.mark.parametrize(("language", "currency", "text", "expected"), [row for row in ROWS if row[0] in languages()])
def test_amounts_are_read_in_their_currency_only(language: str, currency: str, text: str, expected: object) -> None:
    assert outcome(typed("money", text, language, unit=currency)) == expected


@pytest.mark.parametrize("language", languages())
@given(cents=st.integers(0, 10**13), currency=st.sampled_from(CURRENCIES))
def test_what_stands_in_a_field_to_be_changed_reads_back_as_the_same_amount(language: str, cents: int, currency: str) -> None:
    amount = rounded(Decimal(cents) / 100, currency)
    assert typed("money", amount_as_typed(f"{amount:.2f}", currency, language), language, unit=currency) == Read(f"{amount:.2f}")


@pytest.mark.parametrize("language", languages())
@given(rials=st.integers(1, 10**12))
def test_a_bare_amount_of_rials_is_never_taken_without_asking(language: str, rials: int) -> None:
    reading = typed("money", str(rials), language, unit="IRR")
    assert isinstance(reading, Candidates)
    assert [choice.value for choice in reading.choices] == [f"{rials}.00", f"{rials * 10}.00"]
    assert len({choice.label for choice in reading.choices}) == 2


def test_where_only_one_unit_is_possible_it_is_asked_about() -> None:
    assert outcome(typed("money", "500", unit="IRR", min="1000.00")) == ("doubt", "5000.00", Reason.NUMBER_AMBIGUOUS)


def test_rials_have_no_fractions_and_are_told_in_tomans_too() -> None:
    assert shown("money", "5000000.00", "it", unit="IRR") == "5.000.000\u00a0rial (500.000\u00a0toman)"
    assert shown("money", "5000000.00", "en", unit="IRR") == "5,000,000\u00a0rials (500,000\u00a0tomans)"
    assert outcome(typed("money", "12,5 rial", unit="IRR")) == Reason.NUMBER_WHOLE


@pytest.mark.parametrize(
    ("currency", "it", "en"),
    [
        ("EUR", "1.250,50\u00a0€", "€1,250.50"),
        ("RUB", "1.250,50\u00a0RUB", "RUB\u00a01,250.50"),
        ("CNY", "1.250,50\u00a0CN¥", "CN¥1,250.50"),
    ],
)
def test_each_language_writes_a_sign_in_its_own_place(currency: str, it: str, en: str) -> None:
    assert (shown("money", "1250.50", "it", unit=currency), shown("money", "1250.50", "en", unit=currency)) == (it, en)


@pytest.mark.parametrize(
    ("label", "said"), [("500.000 €", "500 mila euro"), ("500.000 rubli", "500 mila rubli"), ("500.000 toman", "500 mila toman")]
)
def test_a_choice_of_a_sum_is_found_by_the_sum_in_its_own_currency(label: str, said: str) -> None:
    choices = (Choice("other", label.replace("500", "100")), Choice("meant", label))
    assert outcome(typed("choice", said, choices=choices)) == "meant"


def test_a_sum_in_another_currency_is_none_of_the_choices() -> None:
    choices = (Choice("a", "500.000 €"), Choice("b", "1.000.000 €"))
    assert outcome(typed("choice", "500 mila rubli", choices=choices)) == Reason.CHOICE_UNKNOWN
