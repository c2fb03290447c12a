"""Conditions: three-valued over absent answers, converted by type, remembered by what they read; and the bounds."""

from datetime import date

import pytest

from forms.conditions import Condition, ConditionError, bound_value, is_answer_name, names_in

TYPES = {
    "need": "choices", "age": "integer", "value": "money", "power": "number", "born_on": "date", "role": "choice", "solar": "yes_no",
}  # fmt: skip
TODAY = date(2026, 2, 28)


def holds(source: str, **seen: object) -> bool | None:
    return Condition(source, TYPES).holds({"today": "2026-11-22", "this_year": 2026, "unanswered_needs": 0, **seen})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("solar || true", True),
        ("solar && false", False),
        ("solar || false", None),
        ("solar && true", None),
        ("!solar", None),
        ('role == "tenant" || true', True),
        ('"theft" in need && false', False),
        ("value > 500000", None),
    ],
)
def test_an_absent_answer_decides_only_what_it_cannot_change(source: str, expected: bool | None) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("value == 12345", {"value": "123.45"}),
        ("value * 5 > 100 && value / 100 == 1", {"value": "1.00"}),
        ("power > 0.4 && power < 1.0", {"power": "0.5"}),
        ('born_on < today && born_on == timestamp("1980-03-12T00:00:00Z")', {"born_on": "1980-03-12"}),
        ("this_year - age == 2000", {"age": 26}),
        ('"theft" in need && size(need) == 2', {"need": ("theft", "legal")}),
        ('need.exists(one, one in ["legal"])', {"need": ("theft", "legal")}),
        ("solar", {"solar": True}),
        ('role in ["tenant", "owner"]', {"role": "tenant"}),
        ("unanswered_needs == 0", {}),
        ("double(age) * 0.4 > 1.0", {"age": 5}),
    ],
)
def test_answers_come_in_as_their_type_says(source: str, seen: dict[str, object]) -> None:
    assert holds(source, **seen) is True


def test_what_is_no_truth_value_is_undetermined() -> None:
    assert holds("age", age=3) is None
    assert holds("age > 'x'", age=3) is None
    assert holds("9223372036854775807 + age > 0", age=3) is None


def test_a_condition_looks_only_at_the_names_it_reads() -> None:
    condition = Condition('role == "tenant"', TYPES)
    assert condition.inputs == ("role",)
    assert condition.holds({"role": "tenant", "need": object()}) is True  # type: ignore[dict-item] # what it does not read may be anything


def test_variables_of_macros_are_no_answers() -> None:
    assert names_in("need.exists(one, one == role)") == {"need", "role"}


def test_what_is_not_cel_is_said_at_once() -> None:
    with pytest.raises(ConditionError, match="Syntax error"):
        Condition("age >", TYPES)


def test_memory_of_a_condition_is_bounded() -> None:
    condition = Condition("age > 5000", TYPES)
    assert [condition.holds({"age": age}) for age in range(10_000)] == [age > 5000 for age in range(10_000)]
    assert len(condition._memo) <= 512


@pytest.mark.parametrize(
    ("bound", "kind", "expected"),
    [
        (None, "date", None),
        ("today", "date", "2026-02-28"),
        ("today-30d", "date", "2026-01-29"),
        ("today+1y", "date", "2027-02-28"),
        ("today+1m", "date", "2026-03-28"),
        ("today-18y", "date", "2008-02-28"),
        ("today-111y+1d", "date", "1915-03-01"),
        ("year", "integer", 2026),
        ("year+1", "integer", 2027),
        ("year_built", "integer", 1970),
        ("never_answered", "integer", None),
        ("1900-01-01", "date", "1900-01-01"),
        (5000, "money", "5000.00"),
        (3, "number", "3"),
        (3, "integer", 3),
        ("0.5", "number", "0.5"),
    ],
)
def test_bounds_are_values_of_the_type_on_that_day(bound: int | str | None, kind: str, expected: object) -> None:
    assert bound_value(bound, kind, TODAY, {"year_built": 1970}) == expected  # type: ignore[arg-type] # parametrized as str


def test_a_day_that_the_month_does_not_have_becomes_its_last() -> None:
    assert bound_value("today+1y", "date", date(2028, 2, 29), {}) == "2029-02-28"
    assert bound_value("today+1m", "date", date(2026, 1, 31), {}) == "2026-02-28"


def test_only_plain_names_are_answers() -> None:
    assert is_answer_name("year_built")
    assert not any(is_answer_name(bound) for bound in ("today", "year", "year-1", "today+1d", "today-111y+1d", "0.5", "1900-01-01", 3))
