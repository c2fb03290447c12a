"""Texts as Telegram takes them: escaped, split where a reader would."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.messengers.buttons import Button, Place
from bots.telegram.layout import MOST, Span, messages, paper, plain, units
from bots.telegram.rendering import File, Scene, Text, render, taking_keyboard_away
from tests.telegram_html import read_html

pytestmark = pytest.mark.slow

SCENE = Scene(Place("01990000-0000-7000-8000-0123456789ab", 1), "it", date(2026, 11, 22))


def texts(html: list[str]) -> list[str]:
    return [read_html(one)[0] for one in html]


@pytest.mark.parametrize("text", ["<b>x</b>", "a & b < c", "&lt;", "</b>", "<script>alert(1)</script>", "[x](tg://y)", "&#x41;"])
def test_what_people_write_is_never_markup(text: str) -> None:
    assert texts(messages(plain(text, "b"))) == [text]


def test_a_long_text_is_split_between_paragraphs() -> None:
    parts = ["a" * 3000, "b" * 1000, "c" * 500]
    assert texts(messages(plain("\n\n".join(parts)))) == ["\n\n".join(parts[:2]), parts[2]]


def test_a_long_paragraph_is_split_between_lines_and_a_long_line_between_words() -> None:
    lines = ["x" * 3000, "y" * 2000]
    assert texts(messages(plain("\n".join(lines)))) == lines
    assert all(part.split() == ["parola"] * len(part.split()) for part in texts(messages(plain("parola " * 2000))))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=9000), st.sampled_from(["", "b", "i"]))
def test_nothing_is_lost_and_no_message_is_too_long(text: str, style) -> None:
    told = texts(messages(plain(text, style)))
    assert all(0 < units(part) <= MOST for part in told)
    assert "".join("".join(told).split()) == "".join(text.split())


def test_a_module_has_its_headings_and_items() -> None:
    [html] = messages(paper("## Perché\n- uno\n- due\n\nFine."))
    assert html == "<b>Perché</b>\n• uno\n• due\n\nFine."


def test_a_turn_is_one_message_where_it_can_be_and_files_stand_in_their_place() -> None:
    document = {"id": "d1", "title": "Offerta", "media_type": "application/pdf", "bytes": 1}
    told = [
        {"kind": "text", "text": "È arrivata"},
        {"kind": "document", "text": "Eccola", "document": document},
        {"kind": "problem", "text": "Fine"},
    ]
    assert render(told, None, SCENE) == [Text("È arrivata\n\nEccola"), File("d1", "Offerta"), Text("Fine")]


def test_a_number_that_is_there_is_kept_by_one_tap_and_none_is_asked_to_share_theirs() -> None:
    """S0-08: as a colleague has prepared it."""
    asked = {
        "path": "registration_person.identity.mobile", "type": "phone", "text": "Il tuo cellulare?", "hint": None, "why": None, "required": True,
        "choices": None, "unit": None, "name": "mobile", "value": "+393331234567",
    }  # fmt: skip
    (kept,) = render([], asked, SCENE)
    assert isinstance(kept, Text)
    assert (kept.keyboard, [button.text for row in kept.rows for button in row]) == ("", ["Va bene: +39 333 123 4567"])
    (shared,) = render([], {**asked, "value": None}, SCENE)
    assert isinstance(shared, Text)
    assert shared.keyboard == "contact"


def test_a_keyboard_takes_the_place_of_the_one_before_without_a_word() -> None:
    shared = Text("Hai anche un fisso?", keyboard="contact", words=("Salta",))
    assert taking_keyboard_away([shared], "it") == [shared]
    asked = Text("E la PEC?", rows=((Button("Salta", "x"),),))
    assert taking_keyboard_away([asked], "it") == [Text("Ricevuto.", keyboard="none"), asked]


def test_rows_to_check_stand_under_each_other() -> None:
    rows = [{"question": "q", "label": "Nome", "value": "<Demetra>"}, {"question": "q", "label": "Età", "value": "46"}]
    assert render([{"kind": "summary", "text": "Controlla.", "rows": rows}], None, SCENE) == [
        Text("Controlla.\n\n<b>Nome: </b>&lt;Demetra&gt;\n<b>Età: </b>46")
    ]


def test_an_empty_span_has_no_tag() -> None:
    assert Span(" ", "b").html == " "
