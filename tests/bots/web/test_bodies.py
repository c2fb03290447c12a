"""JSON bodies: exactly one of the API's forms, whatever is sent; never anything but a refusal that says so."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.web.bodies import read_opening, read_turn
from bots.web.problems import ApiProblem
from dialogs.events import Answered, Commanded, TextSaid


def as_body(**parts: object) -> bytes:
    return json.dumps(parts).encode()


def test_the_three_forms_are_read() -> None:
    assert read_turn(as_body(id="1", text="ciao", shown="s")) == ("1", TextSaid("ciao", "s"))
    assert read_turn(as_body(id="2", question="a.b", value=None)) == ("2", Answered("a.b", None))
    assert read_turn(as_body(id="3", question="a.b", value=["x"], shown="s")) == ("3", Answered("a.b", ["x"], "s"))
    assert read_turn(as_body(id="4", command="change", argument="a.b")) == ("4", Commanded("change", "a.b"))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"text"', b"{}", b"{", b"\xff\xfe", b"[" * 100_000, b'{"id":"1","question":"a","value":' + b"[" * 100_000,
        as_body(id="1"), as_body(text="x"), as_body(id="", text="x"), as_body(id="x" * 65, text="x"), as_body(id=1, text="x"),
        as_body(id="a\nb", text="x"), as_body(id="a\0", text="x"), as_body(id="1", text=5), as_body(id="1", text=None), as_body(id="1", text="x", command="back"),
        as_body(id="1", question="a"), as_body(id="1", value="a"), as_body(id="1", text="x", value=1), as_body(id="1", command="dance"),
        as_body(id="1", command="change", argument=5), as_body(id="1", text="x", argument="y"), as_body(id="1", text="x", extra=1), as_body(id="1", text="x", shown=5),
        b'{"id":"1","question":"a","value":1e999}', b'{"id":"1","question":"a","value":NaN}',
    ],
)  # fmt: skip
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(ApiProblem) as refused:
        read_turn(body)
    assert refused.value.status == 422


def test_half_a_surrogate_pair_becomes_an_unreadable_character_and_not_an_error() -> None:
    assert read_turn(b'{"id":"1","text":"a\\ud800b"}') == ("1", TextSaid("a\0b"))
    assert read_turn(b'{"id":"1","question":"q","value":["\\udc00"]}') == ("1", Answered("q", ["\0"]))


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_fail_otherwise(body: bytes) -> None:
    try:
        read_turn(body)
    except ApiProblem as refused:
        assert refused.status == 422  # noqa: PT017 - either outcome is right


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_value_may_be_an_answer(value: object) -> None:
    _, said = read_turn(json.dumps({"id": "1", "question": "q", "value": value}).encode())
    assert isinstance(said, Answered)


def test_a_conversation_may_be_opened_with_nothing_or_a_language() -> None:
    assert read_opening(b"").language is None
    assert read_opening(b"{}").language is None
    assert read_opening(b'{"language":"en"}').language == "en"
    for body in (b"[]", b'{"language":5}', b'{"x":1}', b"{"):
        with pytest.raises(ApiProblem):
            read_opening(body)


def test_numbers_and_nesting_beyond_what_can_be_stored_are_tamed() -> None:
    _, said = read_turn(as_body(id="1", question="q", value=[10**400, -(10**30), True]))
    assert said == Answered("q", [2**63 - 1, -(2**63 - 1), True])
    with pytest.raises(ApiProblem):
        read_turn(b'{"id":"1","question":"q","value":' + b"[" * 100 + b"]" * 100 + b"}")
