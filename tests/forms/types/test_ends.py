""" "Until 1970" is an end, taken where one is asked for and asked about elsewhere."""

import pytest

from forms.types.base import Read
from rules.refusals import Reason
from tests.forms.types.asking import outcome, typed

YEAR = {"name": "year_built", "min": 1200, "max": 2026}
START = {"name": "starts_on", "min": "2026-11-22", "max": "2027-11-22"}
END = {"name": "document_expires_on", "min": "2026-11-23"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "until 1970"),
        ("en", "till 1970"),
        ("it", "fino al 1970"),
        ("es", "hasta 1970"),
        ("ru", "до 1970"),
        ("fa", "تا ۱۹۷۰"),
        ("zh", "到1970年"),
    ],
)
def test_until_a_year_is_asked_about(language: str, said: str) -> None:
    assert outcome(typed("integer", said, language, **YEAR)) == ("doubt", 1970, Reason.NUMBER_AMBIGUOUS)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "in 1970"), ("it", "nel 1970"), ("ru", "1970 год"), ("zh", "1970年"), ("es", "en 1970")]
)
def test_a_year_alone_is_taken(language: str, said: str) -> None:
    assert typed("integer", said, language, **YEAR) == Read(1970)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "fino al 1 dicembre"),
        ("en", "until 1 December"),
        ("es", "hasta el 1 de diciembre"),
        ("ru", "до 1 декабря"),
        ("fa", "تا ۱ دسامبر"),
        ("zh", "到12月1日"),
    ],
)
def test_until_a_day_is_asked_about_and_taken_where_an_end_is_asked_for(language: str, said: str) -> None:
    assert outcome(typed("date", said, language, **START)) == ("doubt", "2026-12-01", Reason.DATE_AMBIGUOUS)
    end = END | {"max": "2027-11-22"}
    assert typed("date", said, language, **end) == Read("2026-12-01")


def test_a_goodbye_is_no_start() -> None:
    assert outcome(typed("date", "hasta mañana", "es", **START)) == ("doubt", "2026-11-23", Reason.DATE_AMBIGUOUS)
