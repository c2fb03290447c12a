"""What stands under a question, and that no button carries more than Telegram takes."""

from datetime import date

import pytest

from bots.messengers import calendar, keyboards
from bots.messengers.buttons import MOST_DATA, Place, Rows, read_data
from dialogs.rendering import question
from forms.catalogue import Catalogue
from tests.dialogs.driver import HOME, PERSON, Talk, registered

PLACE = Place("01990000-0000-7000-8000-0123456789ab", 999_999_999)
TODAY = date(2026, 11, 22)


def labels(rows: Rows) -> list[list[str]]:
    return [[button.text for button in row] for row in rows]


@pytest.mark.slow
def test_no_button_of_any_question_carries_more_than_64_bytes(catalogue: Catalogue) -> None:
    asked = 0
    for talk, script in ((Talk(catalogue), PERSON), (registered(catalogue), HOME)):
        while talk.outcome.ask is not None and talk._play_one(talk.ask, script):
            open_question = question(talk.outcome.ask)
            assert open_question is not None
            for row in keyboards.under(open_question, PLACE, "it", TODAY):
                assert 1 <= len(row) <= 8
                for button in row:
                    assert 1 <= len(button.data.encode()) <= MOST_DATA
                    assert button.text.strip()
                    assert read_data(button.data) is not None
            asked += 1
            if asked > 250 or talk.ask.path == "journey.goal":
                break
    assert asked > 60


@pytest.mark.parametrize(
    "data", [None, "", "x", "0123456789ab.1.", "0123456789ab.1.c-1;", "0123456789AB.1.y", "0123456789ab.1.y\n", "۰" * 12 + ".1.y"]
)
def test_data_that_is_none_of_ours_is_nothing(data: str | None) -> None:
    assert read_data(data) is None


def test_a_birth_date_is_found_in_four_taps() -> None:
    first, last = "1916-11-22", "2008-11-22"
    page = calendar.first_page(PLACE, "it", first, last, TODAY)
    assert labels(page)[0] == ["1993", "1994", "1995", "1996"]
    back = next(button for row in page for button in row if button.text == "«")
    page = pressed(back.data, first, last)
    assert labels(page)[0] == ["1977", "1978", "1979", "1980"]
    page = pressed(page[0][3].data, first, last)
    assert labels(page)[1] == ["gen", "feb", "mar", "apr"]
    page = pressed(page[1][2].data, first, last)
    assert labels(page)[0] == ["«", "‹ mar 1980", "»"]
    day = next(button for row in page for button in row if button.text == "12")
    found = read_data(day.data)
    assert found is not None
    assert calendar.read_day(found.argument) == "1980-03-12"


def test_what_lies_outside_of_the_bounds_cannot_be_tapped() -> None:
    page = calendar.first_page(PLACE, "en", "2026-11-22", "2027-11-22", TODAY)
    days = [button for row in page[2:] for button in row]
    acts = {button.text: found.act for button in days if (found := read_data(button.data))}
    assert acts["22"] == "d"
    assert "21" not in acts
    assert labels(page)[0] == ["‹ Nov 2026", "»"]


@pytest.mark.parametrize("argument", ["", "y", "0000", "19801", "198013", "198000", "۱۹۸۰", "9999", "y99999", "-1980"])
def test_a_page_that_is_none_is_nothing(argument: str) -> None:
    assert calendar.page(PLACE, "it", argument, None, None) is None


@pytest.mark.parametrize("argument", ["19800230", "1980-3-1", "198003", "۱۹۸۰۰۳۱۲", ""])
def test_a_day_that_is_none_is_nothing(argument: str) -> None:
    assert calendar.read_day(argument) is None


@pytest.mark.slow
def test_every_page_of_a_century_stays_within_what_a_keyboard_takes() -> None:
    for year in range(1900, 2101):
        for argument in (f"y{year}", str(year), *(f"{year}{month:02}" for month in range(1, 13))):
            page = calendar.page(PLACE, "it", argument, None, None)
            assert page is not None
            assert sum(map(len, page)) <= 100
            assert all(1 <= len(row) <= 8 for row in page)


CHOICES = [{"value": "none", "label": "Nessuna"}, {"value": "dog", "label": "Cane"}, {"value": "cat", "label": "Gatto"}]
ASKED = {
    "path": "f.s.q",
    "type": "choices",
    "name": "q",
    "choices": CHOICES,
    "value": ["dog"],
    "required": False,
    "why": None,
    "unit": None,
}


def test_ticks_travel_in_the_buttons_and_nothing_is_kept() -> None:
    rows = keyboards.under(ASKED, PLACE, "it", TODAY)
    assert labels(rows) == [["Nessuna"], ["✓ Cane"], ["Gatto"], ["Fatto"], ["Salta"]]
    ticked = read_data(rows[2][0].data)
    assert ticked is not None
    assert keyboards.values_of(ASKED, int(ticked.argument, 16)) == ["dog", "cat"]


def test_a_label_too_long_for_a_narrow_phone_is_numbered() -> None:
    long = [{"value": "a", "label": "x" * 40}, {"value": "b", "label": "y"}]
    assert keyboards.labels(long) == [f"1. {'x' * 40}", "2. y"]


def test_a_value_that_is_there_is_kept_by_one_tap() -> None:
    asked = {**ASKED, "type": "money", "choices": None, "value": "25000.00", "unit": "EUR"}
    [[keep], _] = keyboards.under(asked, PLACE, "it", TODAY)
    assert keep.text.replace("\N{NO-BREAK SPACE}", " ") == "Va bene: 25.000,00 €"


def test_a_date_that_is_there_is_kept_by_one_tap_or_chosen_anew() -> None:
    asked = {**ASKED, "type": "date", "choices": None, "value": "1980-03-12", "min": "1916-11-22", "max": "2008-11-22"}
    [[keep], *rest] = keyboards.under(asked, PLACE, "it", TODAY)
    assert keep.text == "Va bene: 12 marzo 1980"
    assert len(rest) > 4


def pressed(data: str, first: str, last: str) -> Rows:
    found = read_data(data)
    assert found is not None
    page = calendar.page(PLACE, "it", found.argument, first, last)
    assert page is not None
    return page
