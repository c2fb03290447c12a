"""Reading never raises on what a user sent, whatever it is; what was read can be shown and read again."""

import json

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from forms.model import TypeName
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Choice, Doubt, Read, Reading
from rules.refusals import Refused
from tests.forms.types.asking import choices, question, sent, typed

CHOICES = choices(building="Edificio", contents="Contenuto", theft="Furto e rapina", none="Nessuna")
SIGNS = st.one_of(
    st.text(),
    st.text(st.characters(codec=None)),
    st.text("0123456789.,-/ €²½k°'٣۴mila e"),
    st.text("abcdefgh @.+[]()<>\u0301\u202e\x00\ud800"),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), SIGNS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)
BOUNDS = st.sampled_from(
    [{}, {"min": 1, "max": 2000, "unit": "m2"}, {"min": "1.00", "max": "99.00", "unit": "EUR"}, {"min": "2020-01-01", "max": "2026-11-22"}]
)
NAMES = st.sampled_from(["question", "birth_date", "starts_on", "mobile", "birth_municipality", "document_expires_on", "year_built"])
HARD = [
    10**5000,
    -(10**5000),
    float("inf"),
    float("nan"),
    "9" * 5000,
    "1e400",
    "\ud800",
    "\x00",
    [[[[]]]],
    {"a": {"b": [None]}},
    [1, "a", None],
    ["building"] * 10_000,
    "cento" * 5000,
    "e " * 900,
    "a, " * 600,
    "un" * 40,
    "((((" * 400,
    "\u202e" * 100,
    "ﷺ" * 1900,
    None,
    True,
]


def standing(kind: str, language: str, name: str, bounds: dict[str, object]) -> Asked:
    return question(kind, language, name=name, choices=CHOICES, exclusive=("none",), **bounds)


def check(reading: Reading, kind: str, asked: Asked) -> None:
    assert isinstance(reading, Read | Doubt | Candidates | Refused)
    if isinstance(reading, Read | Doubt):
        text = TYPES[kind].show(reading.value, asked)
        assert isinstance(text, str)
        assert json.loads(json.dumps(reading.value)) == reading.value
        text.encode()
    if isinstance(reading, Candidates):
        assert all(isinstance(choice, Choice) and choice.label for choice in reading.choices)
        assert len(reading.choices) > 1


def test_there_is_a_type_for_every_name_of_the_catalogue() -> None:
    assert set(TYPES) == set(TypeName.__value__.__args__)
    assert all(TYPES[name].name == name and TYPES[name].input for name in TYPES)


ANY_TEXT = given(text=SIGNS, language=st.sampled_from(["it", "en", "fa"]), name=NAMES, bounds=BOUNDS)
ANY_JSON = given(value=JSON, name=NAMES, bounds=BOUNDS)


def read_any_text(text: str, language: str, name: str, bounds: dict[str, object]) -> None:
    """By every type: to think of a text takes longer than to read it."""
    for kind in TYPES:
        note(kind)
        asked = standing(kind, language, name, bounds)
        check(TYPES[kind].read_text(text, asked), kind, asked)


def read_any_json(value: object, name: str, bounds: dict[str, object]) -> None:
    for kind in TYPES:
        note(kind)
        asked = standing(kind, "it", name, bounds)
        check(TYPES[kind].read_value(value, asked), kind, asked)


@settings(max_examples=60)
@ANY_TEXT
def test_reading_any_text_never_raises(text: str, language: str, name: str, bounds: dict[str, object]) -> None:
    read_any_text(text, language, name, bounds)


@settings(max_examples=40)
@ANY_JSON
def test_reading_any_json_never_raises(value: object, name: str, bounds: dict[str, object]) -> None:
    read_any_json(value, name, bounds)


@pytest.mark.slow
@settings(max_examples=1000)
@ANY_TEXT
def test_reading_very_many_texts_never_raises(text: str, language: str, name: str, bounds: dict[str, object]) -> None:
    read_any_text(text, language, name, bounds)


@pytest.mark.slow
@settings(max_examples=600)
@ANY_JSON
def test_reading_very_many_values_never_raises(value: object, name: str, bounds: dict[str, object]) -> None:
    read_any_json(value, name, bounds)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("value", HARD, ids=range(len(HARD)))
def test_hard_values_are_refused_without_an_error(kind: str, value: object) -> None:
    asked = standing(kind, "en", "question", {})
    check(TYPES[kind].read_value(value, asked), kind, asked)
    if isinstance(value, str):
        check(TYPES[kind].read_text(value, asked), kind, asked)


def test_a_deep_json_value_is_of_the_wrong_kind() -> None:
    deep: object = []
    for _ in range(50_000):
        deep = [deep]
    for kind in TYPES:
        assert isinstance(sent(kind, deep), Refused)


@given(text=SIGNS)
def test_a_name_is_kept_to_the_letter_and_reads_the_same_again(text: str) -> None:
    first = typed("name", text)
    if isinstance(first, Read):
        assert typed("name", str(first.value)) == first


@pytest.mark.parametrize(
    "kind", ["text", "date", "money", "integer", "phone", "email", "iban", "it_vat", "postcode", "country", "province"]
)
@given(text=SIGNS)
def test_what_was_read_is_read_again_as_a_structured_answer(kind: str, text: str) -> None:
    first = typed(kind, text, unit="EUR" if kind == "money" else None)
    if isinstance(first, Read):
        assert sent(kind, first.value, unit="EUR" if kind == "money" else None) == first
