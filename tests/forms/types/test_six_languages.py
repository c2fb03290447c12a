"""Numbers, dates and choices as people of each language write them; a row counts once its language is in use."""

from typing import Any

import pytest

from forms.types.base import Choice
from forms.types.vocabulary import languages
from rules.refusals import Reason
from tests.forms.types.asking import outcome, typed

BIRTH = {"name": "birth_date", "min": "1916-11-22", "max": "2008-11-22"}
START = {"name": "starts_on", "min": "2026-11-22", "max": "2027-11-22"}
UNKNOWN, DATE_UNKNOWN, IMPOSSIBLE = Reason.NUMBER_UNKNOWN, Reason.DATE_UNKNOWN, Reason.DATE_IMPOSSIBLE


def spoken(rows: list[tuple[str, str, Any]]) -> list[tuple[str, str, Any]]:
    return [row for row in rows if row[0] in languages()]


AMOUNTS = [
    ("es", "dos mil trescientos", "2300.00"),
    ("es", "unos 200.000€", "200000.00"),
    ("es", "25 mil 500", "25500.00"),
    ("es", "once mil", "11000.00"),
    ("es", "200 y pico", UNKNOWN),
    ("ru", "150к", "150000.00"),
    ("ru", "1,5 млн", "1500000.00"),
    ("ru", "2 млн 300 тыс", "2300000.00"),
    ("ru", "1 млн 500", UNKNOWN),
    ("ru", "1к5", UNKNOWN),
    ("ru", "к", UNKNOWN),
    ("ru", "25 000 рублей", UNKNOWN),
    ("zh", "三万五", "35000.00"),
    ("zh", "三万零五", "30005.00"),
    ("zh", "3万5千", "35000.00"),
    ("zh", "一千二百五", "1250.00"),
    ("zh", "3萬", "30000.00"),
    ("zh", "万", UNKNOWN),
    ("zh", "两三万", UNKNOWN),
    ("zh", "几万", UNKNOWN),
    ("fa", "۱۲/۵", "12.50"),
    ("fa", "۱۲/۵ هزار", "12500.00"),
    ("fa", "۱/۲", UNKNOWN),
    ("fa", "۲۵٬۰۰۰", "25000.00"),
    ("fa", "بیست و نه", "29.00"),
    ("fa", "نه", UNKNOWN),
    ("fa", "پانصد هزار تومان", UNKNOWN),
    ("it", "2k5", UNKNOWN),
    ("it", "2 mila 500", "2500.00"),
]
BIRTHS = [
    ("es", "nacida el 5 de mayo de 1975", "1975-05-05"),
    ("es", "doce de marzo de mil novecientos ochenta", "1980-03-12"),
    ("es", "de la mañana", DATE_UNKNOWN),
    ("ru", "12 марта 1980 г.", "1980-03-12"),
    ("ru", "12.03.80г", "1980-03-12"),
    ("ru", "05.05.1975 года рождения", "1975-05-05"),
    ("ru", "четвертое мая 1975", "1975-05-04"),
    ("ru", "31 июня 1980", IMPOSSIBLE),
    ("zh", "1980年3月12日", "1980-03-12"),
    ("zh", "一九八〇年三月十二日", "1980-03-12"),
    ("zh", "1980年3月12號", "1980-03-12"),
    ("zh", "80年3月12日", "1980-03-12"),
    ("zh", "农历1980年三月十二", DATE_UNKNOWN),
    ("zh", "民国69年3月12日", DATE_UNKNOWN),
    ("zh", "1980年2月30日", IMPOSSIBLE),
    ("zh", "19800312", "1980-03-12"),
    ("fa", "۲۱ اسفند ۱۳۵۸", "1980-03-11"),
    ("fa", "1358/12/21", "1980-03-11"),
    ("fa", "۲۱ حوت ۱۳۵۸", "1980-03-11"),
    ("fa", "۱۲ مارس ۱۹۸۰", "1980-03-12"),
    ("fa", "۳۰ اسفند ۱۳۵۹", IMPOSSIBLE),
    ("fa", "۲۱/۱۲/۵۸", ("candidates", "1958-12-21", "1980-03-11")),
    ("it", "nato il 12/3/1980", "1980-03-12"),
    ("it", "19031980", "1980-03-19"),
]
STARTS = [
    ("ru", "с первого января", "2027-01-01"),
    ("zh", "十二月一号", "2026-12-01"),
    ("fa", "۱۰ آذر", "2026-12-01"),
    ("fa", "۱۰/۹", ("candidates", "2027-09-10", "2026-12-01")),
    ("es", "a partir del 1 de enero", "2027-01-01"),
]
YEARS = [
    ("ru", "в 1975 г.", 1975),
    ("zh", "一九七五年", 1975),
    ("fa", "سال ۱۳۵۰", ("doubt", 1971, Reason.NUMBER_AMBIGUOUS)),
    ("it", "nel 1975", 1975),
    ("en", "in 1975", 1975),
]
CHOICES = (Choice("single", "Soltero", aliases=("no estoy casado",)), Choice("married", "Casado"), Choice("widowed", "Viudo"))


@pytest.mark.parametrize(("language", "text", "found"), spoken(AMOUNTS))
def test_an_amount(language: str, text: str, found: Any) -> None:
    assert outcome(typed("money", text, language, min=1, unit="EUR")) == found


@pytest.mark.parametrize(("language", "text", "found"), spoken(BIRTHS))
def test_a_day_of_birth(language: str, text: str, found: Any) -> None:
    assert outcome(typed("date", text, language, **BIRTH)) == found


@pytest.mark.parametrize(("language", "text", "found"), spoken(STARTS))
def test_a_day_within_a_year(language: str, text: str, found: Any) -> None:
    assert outcome(typed("date", text, language, **START)) == found


@pytest.mark.parametrize(("language", "text", "found"), spoken(YEARS))
def test_a_year_among_the_words_of_dates(language: str, text: str, found: Any) -> None:
    assert outcome(typed("integer", text, language, name="year_built", min=1000, max=2026)) == found


def test_a_choice_is_not_meant_by_words_without_its_no() -> None:
    assert outcome(typed("choice", "estoy casado", "es", choices=CHOICES)) == ("doubt", "married", Reason.CHOICE_GUESSED)
    assert outcome(typed("choice", "no estoy casado", "es", choices=CHOICES)) == "single"
