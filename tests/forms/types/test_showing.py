"""Values stand as each language writes them, also in the languages that are still on their way."""

from datetime import date, timedelta

import pytest

from forms.types.showing import day, day_of_year, isolated, listed, manner, money, named, plain_number, short_day
from forms.types.solar import solar_date, solar_parts
from rules.languages import LANGUAGES
from tests.forms.types.asking import choices, shown, typed

WROTE = {
    #      the day, without its year, and short; money; a number; a list; a name and its value; an area; a peak power
    "it": ("12 marzo 1980", "12 marzo", "12 mar 1980", "1.250,00 €", "1.250,5", "a, b", "a: b", "95 m²", "3 kWp"),
    "en": ("12 March 1980", "12 March", "12 Mar 1980", "€1,250.00", "1,250.5", "a, b", "a: b", "95 m²", "3 kWp"),
    "es": ("12 de marzo de 1980", "12 de marzo", "12 mar 1980", "1.250,00 €", "1.250,5", "a, b", "a: b", "95 m²", "3 kWp"),
    "ru": ("12 марта 1980 г.", "12 марта", "12 мар. 1980 г.", "1 250,00 €", "1 250,5", "a, b", "a: b", "95 м²", "3 кВт пик"),
    "zh": ("1980年3月12日", "3月12日", "1980/3/12", "€1,250.00", "1,250.5", "a、b", "a：b", "95 平方米", "3 千瓦峰值"),
    "fa": (
        *("۲۲ اسفند ۱۳۵۸ (۱۲ مارس ۱۹۸۰)",) * 2,
        "۲۲ اسفند ۱۳۵۸",
        "۱٬۲۵۰٫۰۰ یورو",
        "۱٬۲۵۰٫۵",
        "a، b",
        "a: b",
        "۹۵ متر مربع",
        "۳ کیلووات پیک",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_stand_as_the_language_writes_them(language):
    written = (
        day("1980-03-12", language),
        day_of_year("1980-03-12", language),
        short_day(date(1980, 3, 12), language),
        money("1250", "EUR", language),
        plain_number("1250.5", language),
        listed(["a", "b"], language),
        named("a", "b", language),
        shown("integer", 95, language, unit="m2"),
        shown("number", "3", language, unit="kWp"),
    )
    assert tuple(" ".join(value.split()) for value in written) == WROTE[language]


def test_every_language_names_the_same_units():
    assert {frozenset(manner(language).units) for language in LANGUAGES} == {frozenset({"year", "m2", "kWp", "kW", "kB", "MB", "percent"})}


def test_a_year_has_no_separators_but_the_languages_own_digits():
    assert [shown("integer", 1975, language, name="year_built") for language in ("it", "fa")] == ["1975", "۱۹۷۵"]


def test_several_choices_stand_as_a_list_of_the_language():
    assert shown("choices", ["fire", "theft"], "zh", choices=choices(fire="火灾", theft="盗窃")) == "火灾、盗窃"


def test_rials_are_named_by_their_word_and_told_in_tomans_too():
    assert money("500000", "IRR", "fa").replace("\u00a0", " ") == "۵۰۰٬۰۰۰ ریال (۵۰٬۰۰۰ تومان)"


def test_two_readings_of_one_year_are_told_without_it():
    for language, told in {"it": ("3 aprile", "4 marzo"), "en": ("3 April", "4 March")}.items():
        reading = typed("date", "3/4/80", language, name="issued_on")
        assert (reading.facts["first"], reading.facts["second"]) == told


@pytest.mark.parametrize(
    ("common", "solar"),
    [((1979, 2, 11), (1357, 11, 22)), ((2021, 3, 20), (1399, 12, 30)), ((2021, 3, 21), (1400, 1, 1)), ((2024, 3, 20), (1403, 1, 1)), ((1900, 1, 1), (1278, 10, 11))],
)  # fmt: skip
def test_the_solar_calendar_at_days_that_are_known(common, solar):
    assert solar_parts(date(*common)) == solar
    assert solar_date(*solar) == date(*common)


@pytest.mark.slow
def test_every_day_of_two_centuries_has_one_solar_date():
    days = [date(1850, 1, 1) + timedelta(days=number) for number in range(365 * 300)]
    parts = [solar_parts(each) for each in days]
    assert parts == sorted(set(parts))
    assert [solar_date(*each) for each in parts] == days


@pytest.mark.parametrize("parts", [(1403, 13, 1), (1403, 0, 1), (1404, 12, 30), (1403, 7, 31), (1403, 1, 0)])
def test_a_day_that_the_solar_calendar_does_not_have_is_none(parts):
    with pytest.raises(ValueError, match=str(parts[0])):
        solar_date(*parts)


def test_latin_values_keep_their_order_in_a_sentence_from_the_right():
    assert isolated("+39 333 123 4567", "fa") == "\u2068+39 333 123 4567\u2069"
    assert isolated("۲۲ اسفند", "fa") == "۲۲ اسفند"
    assert isolated("+39 333 123 4567", "it") == "+39 333 123 4567"


def test_a_telephone_number_inside_a_sentence_from_the_right_keeps_its_order():
    for number in ("+39 333 123 4567", "+۳۹ ۳۳۳ ۱۲۳ ۴۵۶۷"):
        assert isolated(f"مثلاً {number}.", "fa") == f"\u2068مثلاً \u2068{number}\u2069.\u2069"
    assert isolated("e.g. +39 333 123 4567.", "en") == "e.g. +39 333 123 4567."
