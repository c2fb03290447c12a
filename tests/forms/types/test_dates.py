"""Dates as they are typed in both languages; what may mean two days is asked, what no calendar has is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.types.base import Candidates, Choice, Read
from forms.types.dates import age_on
from rules.refusals import Reason, Refused
from tests.forms.types.asking import TODAY, outcome, sent, shown, typed

BIRTH = {"name": "birth_date", "min": "1916-11-22", "max": "2008-11-22"}
START = {"name": "starts_on", "min": "2026-11-22", "max": "2027-11-22"}


@pytest.mark.parametrize(
    "text",
    [
        "1980-03-12",
        "12/3/80",
        "12.3.1980",
        "12-03-1980",
        "12 / 3 / 1980",
        "12 3 1980",
        "12031980",
        "1980/03/12",
        "12 marzo 1980",
        "12 mar. 80",
        "12-mar-1980",
        "dodici marzo 1980",
        "il 12 marzo del 1980",
        "sabato 12 marzo '80",
        "nato il 12 marzo 1980",
        "dodici marzo millenovecentottanta",
        "March 12, 1980",
        "12th March 1980",
        "twelfth of march nineteen eighty",
        "۱۲/۳/۱۹۸۰",
        "１２/０３/１９８０",
    ],
)
def test_many_ways_of_writing_one_date(text: str) -> None:
    assert typed("date", text, **BIRTH) == Read("1980-03-12")


@pytest.mark.parametrize("text", ["1° marzo 1980", "1º marzo 1980", "primo marzo 1980", "1 marzo 80"])
def test_the_first_of_a_month_has_its_own_words(text: str) -> None:
    assert typed("date", text, **BIRTH) == Read("1980-03-01")


@pytest.mark.parametrize("text", ["12 marzo 1980", "March 12th 1980", "march twelve 1980", "13/4/80", "3.4.80", "4/4/80"])
def test_english_takes_what_can_be_read_one_way(text: str) -> None:
    assert isinstance(typed("date", text, "en", **BIRTH), Read)


def test_day_and_month_are_asked_in_english_and_known_in_italian() -> None:
    assert outcome(typed("date", "3/4/1980", "en", **BIRTH)) == ("candidates", "1980-04-03", "1980-03-04")
    assert outcome(typed("date", "3/4/1980", "it", **BIRTH)) == "1980-04-03"
    assert outcome(typed("date", "3/13/1980", "it", **BIRTH)) == ("doubt", "1980-03-13", Reason.DATE_AMBIGUOUS)


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_shortest_form_is_asked_in_every_language(language: str) -> None:
    assert outcome(typed("date", "3/4/80", language, **BIRTH)) == ("candidates", "1980-04-03", "1980-03-04")


@pytest.mark.parametrize(
    ("text", "iso"),
    [("12/3/80", "1980-03-12"), ("3.4.80", "1980-04-03"), ("3-4-80", "1980-04-03"), ("4/4/80", "1980-04-04")],
)
def test_any_longer_form_puts_the_day_first_in_italian(text: str, iso: str) -> None:
    assert outcome(typed("date", text, **BIRTH)) == iso


def test_the_shortest_form_of_a_day_out_of_bounds_is_not_turned_round_in_italian() -> None:
    bounds = {"name": "document_issued_on", "min": "1980-03-01", "max": "1980-03-31"}
    assert outcome(typed("date", "3/4/80", **bounds)) is Reason.DATE_IN_FUTURE


@pytest.mark.parametrize("text", ["3 aprile", "il 3 aprile", "3 aprile 1980"])
def test_of_two_days_offered_one_is_chosen_by_its_day_and_month(text: str) -> None:
    offered = (Choice("1980-04-03", "3 aprile 1980"), Choice("1980-03-04", "4 marzo 1980"))
    assert outcome(typed("date", text, choices=offered, **BIRTH)) == "1980-04-03"


def test_a_reading_out_of_bounds_drops_out_of_the_candidates() -> None:
    assert outcome(typed("date", "12/11/2026", "en", name="starts_on", min="2026-11-22", max="2027-11-22")) == "2026-12-11"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("30 febbraio 1980", Reason.DATE_IMPOSSIBLE),
        ("29/02/1981", Reason.DATE_IMPOSSIBLE),
        ("45/13/1980", Reason.DATE_IMPOSSIBLE),
        ("0/1/1980", Reason.DATE_IMPOSSIBLE),
        ("12 marzo", Reason.DATE_NEEDS_YEAR),
        ("12/3", Reason.DATE_NEEDS_YEAR),
        ("marzo 1980", Reason.DATE_UNKNOWN),
        ("non ricordo", Reason.DATE_UNKNOWN),
        ("31/12/2999", Reason.BIRTH_YEAR),
        ("23/11/2008", Reason.UNDER_AGE),
        ("oggi", Reason.DATE_UNKNOWN),
        ("21/11/1915", Reason.TOO_OLD),
    ],
)
def test_a_birth_date_is_refused_for_its_own_reason(text: str, reason: Reason) -> None:
    assert outcome(typed("date", text, **BIRTH)) == reason


def test_who_is_merely_insured_may_be_a_child() -> None:
    assert outcome(typed("date", "3/5/2019", name="insured_birth_date")) == "2019-05-03"
    assert outcome(typed("date", "13/5/19", name="insured_birth_date")) == "2019-05-13"


@pytest.mark.parametrize(
    ("text", "more", "iso"),
    [
        ("12/3/80", BIRTH, "1980-03-12"),
        ("12/3/08", BIRTH, "2008-03-12"),
        ("12/3/30", {"name": "document_expires_on", "min": "2026-11-23"}, "2030-03-12"),
        ("12/3/19", {"name": "document_issued_on", "max": "2026-11-22"}, "2019-03-12"),
        ("12/3/96", {"name": "document_issued_on", "max": "2026-11-22"}, "1996-03-12"),
        ("12/3/27", {}, "2027-03-12"),
    ],
)
def test_two_digits_of_a_year_are_read_by_sense(text: str, more: dict[str, Any], iso: str) -> None:
    assert outcome(typed("date", text, **more)) == iso


def test_a_year_that_could_make_a_child_or_a_centenarian_is_asked() -> None:
    assert outcome(typed("date", "12/3/20", **BIRTH)) == ("doubt", "1920-03-12", Reason.DATE_AMBIGUOUS)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("oggi", "2026-11-22"),
        ("domani", "2026-11-23"),
        ("dopodomani", "2026-11-24"),
        ("tomorrow", "2026-11-23"),
        ("12 marzo", "2027-03-12"),
        ("3/12", "2026-12-03"),
    ],
)
def test_words_and_days_without_year_serve_where_bounds_say_which(text: str, iso: str) -> None:
    assert outcome(typed("date", text, **START)) == iso


@pytest.mark.parametrize(("name", "text"), [("mortgage_expires_on", "oggi"), ("starts_on", "24/11/2026")])
def test_a_day_before_the_first_is_told_as_a_date_wherever_today_is(name: str, text: str) -> None:
    first = "2026-11-25" if name == "starts_on" else "2026-11-23"
    shown = "25 novembre 2026" if name == "starts_on" else "23 novembre 2026"
    assert typed("date", text, name=name, min=first) == Refused(Reason.DATE_IN_PAST, min=shown)


def test_a_day_after_the_last_is_told_as_a_date_wherever_today_is() -> None:
    told = Refused(Reason.DATE_IN_FUTURE, max="31 gennaio 2020")
    assert typed("date", "1/2/2020", name="document_issued_on", max="2020-01-31") == told


@pytest.mark.parametrize("name", ["document_expires_on", "representative_document_expires_on"])
def test_a_document_that_has_expired_is_told_as_such(name: str) -> None:
    bounds = {"name": name, "min": "2026-11-23"}
    assert typed("date", "3/5/2020", **bounds) == Refused(Reason.DOCUMENT_EXPIRED, on="3 maggio 2020", count=2394)
    assert typed("date", "oggi", **bounds) == Refused(Reason.DOCUMENT_EXPIRED, on="22 novembre 2026", count=0)
    assert outcome(typed("date", "domani", **bounds)) == "2026-11-23"


def test_bounds_are_told_as_past_and_future() -> None:
    assert outcome(typed("date", "ieri", **START)) is Reason.DATE_IN_PAST
    assert outcome(typed("date", "1/1/2030", **START)) is Reason.DATE_IN_FUTURE
    assert outcome(sent("date", "2026-11-22", name="starts_on", min="2026-11-22")) == "2026-11-22"


@pytest.mark.parametrize(
    ("language", "words"), [("it", "ieri"), ("en", "today"), ("es", "ayer"), ("ru", "вчера"), ("fa", "دیروز"), ("zh", "昨天")]
)
def test_nobody_was_born_yesterday(language: str, words: str) -> None:
    """Under age would end the conversation."""
    bounds = {"min": "1916-11-22", "max": "2008-11-22"}
    assert outcome(typed("date", words, language, name="birth_date", **bounds)) is Reason.DATE_UNKNOWN


def test_dates_are_shown_in_words() -> None:
    assert shown("date", "1980-03-12") == "12 marzo 1980"
    assert shown("date", "1980-03-12", "en") == "12 March 1980"


@given(st.dates(min_value=TODAY.replace(year=1917), max_value=TODAY.replace(year=2008)))
def test_a_shown_date_reads_back_as_itself(day: Any) -> None:
    for language in ("it", "en"):
        assert typed("date", shown("date", day.isoformat(), language), language, **BIRTH) == Read(day.isoformat())


def test_a_birthday_counts_from_its_day_on() -> None:
    assert age_on(TODAY.replace(year=2008), TODAY) == 18
    assert age_on(TODAY.replace(year=2008, day=23), TODAY) == 17


def test_every_day_that_is_offered_is_named() -> None:
    reading = typed("date", "3/4/60", "fa", **BIRTH)
    assert isinstance(reading, Candidates)
    assert len(reading.choices) > 2
    said = f"{reading.facts['first']}، {reading.facts['second']}"
    assert said == "، ".join(choice.label for choice in reading.choices)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "12/03/2026"), ("it", "12/03/2026"), ("en", "3 December 2026"), ("en", "12 March 2026")]
)
def test_a_birth_of_this_year_is_a_slip_of_who_signs(language: str, text: str) -> None:
    assert outcome(typed("date", text, language, name="birth_date", max="2008-11-22")) is Reason.BIRTH_YEAR


def test_of_two_readings_of_a_birth_the_past_one_is_told() -> None:
    refused = typed("date", "12/03/2026", "en", name="birth_date", max="2008-11-22")
    assert refused == Refused(Reason.BIRTH_YEAR, guess="12 March 2026")


def test_who_is_insured_may_have_been_born_this_year() -> None:
    assert typed("date", "3 March 2026", "en", name="insured_birth_date") == Read("2026-03-03")
