"""Colleagues write as their script is written."""

import pytest

from rules.exports import check_purpose
from rules.writing import cleaned, is_writing


@pytest.mark.parametrize(
    "text", ["شماره پاسخ نمی\u200cدهد؛ لطفاً دوباره", "号码打不通\u3000请重写", "10\u00a0000 €", "👨\u200d👩\u200d👧", "Dall’1 gennaio"]
)
def test_every_script_is_writing(text):
    assert is_writing(text)
    assert check_purpose(f"{text} DEMO DEMO")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\tb", "a\nb", "\ue000", "a\u0085"])
def test_control_signs_and_halves_are_none(text):
    assert not is_writing(text)


def test_what_a_telephone_pastes_along_unseen_is_left_out():
    assert cleaned(" \u202a+39 333 1234567\u202c\u200e ") == "+39 333 1234567"
    assert cleaned("نمی\u200cدهد") == "نمی\u200cدهد"
