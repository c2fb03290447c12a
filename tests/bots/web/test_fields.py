"""A date where the language has a calendar of its own: three inputs, of either calendar, without a script."""

from dataclasses import replace

import msgspec
import pytest

from bots.web.fields import Field, field_of, kind_asked, said_by_form
from bots.web.uploads import Form
from bots.web.wording import furniture
from dialogs.events import Answered, TextSaid
from tests.browser.scenes import a_view

BIRTH = "registration_person.identity.birth_date"


def given(*parts: str) -> Form:
    return Form((("question", BIRTH), ("shown", "s"), *(("value", part) for part in parts)), None)


def field(language: str, value: object = None, typed: list[str] | None = None) -> Field:
    view = replace(a_view("it"), language=language)
    assert view.ask is not None
    shown = field_of(replace(view, ask=msgspec.structs.replace(view.ask, value=value)), furniture(language), typed)
    assert shown is not None
    return shown


@pytest.mark.parametrize("parts", [("۲۲", "اسفند", "۱۳۵۸"), ("22", "اسفند", "1358"), ("۱۲", "مارس", "۱۹۸۰"), (" 12 ", "مارس", "1980")])
def test_either_calendar_gives_the_day(parts):
    assert said_by_form(given(*parts), BIRTH, "date") == Answered(BIRTH, "1980-03-12", "s")


@pytest.mark.parametrize(
    "parts", [("31", "مهر", "1403"), ("12", "", "1358"), ("", "اسفند", ""), ("22", "اسفند", "1980"), ("12", "مارس", "1358"), ("x", "مارس", "1980")]
)  # fmt: skip
def test_what_no_calendar_has_is_read_as_typed(parts):
    assert said_by_form(given(*parts), BIRTH, "date") == TextSaid(" ".join(parts), "s")


def test_nothing_given_is_a_missing_answer():
    assert said_by_form(given("", "", ""), BIRTH, "date") == Answered(BIRTH, "", "s")


def test_the_kept_date_stands_in_the_solar_calendar():
    shown = field("fa", "1980-03-12")
    assert shown.parts == ("۲۲", "اسفند", "۱۳۵۸")
    assert [option.label for _, months in shown.months for option in months if option.is_chosen] == ["اسفند"]
    assert [len(months) for _, months in shown.months] == [12, 12]


def test_what_was_refused_stays():
    assert field("fa", "1980-03-12", ["31", "مهر", "1403"]).parts == ("31", "مهر", "1403")


@pytest.mark.parametrize("language", ["it", "en", "es", "ru", "zh"])
def test_other_languages_have_the_browsers_own_field(language):
    assert field(language, "1980-03-12").kind == "date"


@pytest.mark.parametrize(("language", "shown"), [("it", "1250,5"), ("en", "1250.5"), ("ru", "1250,5"), ("zh", "1250.5"), ("fa", "۱۲۵۰٫۵")])
def test_a_kept_amount_stands_as_it_would_be_typed(language, shown):
    view = replace(a_view("it"), language=language, input="decimal")
    assert view.ask is not None
    ask = msgspec.structs.replace(view.ask, type="money", value="1250.50", unit="EUR")
    told = field_of(replace(view, ask=ask), furniture(language))
    assert told is not None
    assert told.value == shown


def test_an_amount_of_rials_stands_with_its_unit_and_one_of_two_offered_is_an_answer():
    view = replace(a_view("it"), language="fa", input="decimal")
    assert view.ask is not None
    ask = msgspec.structs.replace(view.ask, path="f.s.value", type="money", value="5000000.00", unit="IRR")
    told = field_of(replace(view, ask=ask), furniture("fa"))
    assert told is not None
    assert (told.value, told.unit) == ("۵۰۰۰۰۰۰ ریال", None)
    offered = kind_asked({"type": "money", "choices": [{"value": "5000000.00", "label": "5"}]})
    form = Form((("question", "f.s.value"), ("shown", "s"), ("value", "5000000.00")), None)
    assert said_by_form(form, "f.s.value", offered) == Answered("f.s.value", "5000000.00", "s")
    assert said_by_form(form, "f.s.value", kind_asked({"type": "money"})) == TextSaid("5000000.00", "s")


@pytest.mark.parametrize(
    ("path", "labels"), [("journey.human.sure", ["Sì", "No"]), ("f.s.value.sure", ["Confermo", "No, voglio cambiare qualcosa"])]
)
def test_a_command_that_was_asked_about_is_wanted_or_not(path, labels):
    view = a_view("it")
    assert view.ask is not None
    shown = field_of(
        replace(view, ask=msgspec.structs.replace(view.ask, path=path, type="confirm", choices=None, value=None)), furniture("it")
    )
    assert shown is not None
    assert [option.label for option in shown.options] == labels
