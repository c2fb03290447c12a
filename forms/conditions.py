"""Conditions of a form in CEL, compiled once, and the little language of bounds."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import cel

from forms.model import Bound, TypeName
from forms.types.base import Wire

type Seen = Mapping[str, Wire | tuple[str, ...]]
"""Live earlier answers by flat name, hashable (choices as tuples), and what is offered beside them (OFFERED)."""

OFFERED: Mapping[str, TypeName] = {"today": "date", "this_year": "integer", "unanswered_needs": "integer", "party_kind": "choice"}

# What one condition remembers; a form has some dozens of conditions, most with under ten distinct inputs.
_REMEMBERED = 512

_BOUND_BY_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")


class ConditionError(ValueError):
    """The source is not CEL."""


class Condition:
    """One compiled condition; `holds` looks only at the answers it names and remembers what it found."""

    __slots__ = ("_convert", "_memo", "_only", "_program", "functions", "inputs", "names", "source")

    def __init__(self, source: str, types: Mapping[str, TypeName]) -> None:
        try:
            self._program = cel.compile(source)
        except ValueError as error:
            raise ConditionError(str(error)) from error
        self.source = source
        self.names = names_in(source)
        self.functions = frozenset(self._program.functions())
        known = {**types, **OFFERED}
        self.inputs = tuple(sorted(self.names & known.keys()))
        self._convert = {name: _CONVERTERS.get(known[name], _unchanged) for name in self.inputs}
        self._only = self.inputs[0] if len(self.inputs) == 1 else None  # most read one answer: no tuple to make for these
        self._memo: dict[object, bool | None] = {}

    def holds(self, seen: Seen) -> bool | None:
        """True, false, or None where the answers given do not decide it."""
        only = self._only
        key = seen.get(only) if only is not None else tuple([seen.get(name) for name in self.inputs])
        try:
            return self._memo[key]
        except KeyError:
            if len(self._memo) >= _REMEMBERED:
                self._memo.clear()
            found = self._memo[key] = self._evaluate(seen)
            return found

    def _evaluate(self, seen: Seen) -> bool | None:
        given = {name: self._convert[name](seen[name]) for name in self.inputs if seen.get(name) is not None}
        try:
            result = self._program.execute(given)
        except (RuntimeError, TypeError, ValueError, ArithmeticError):
            return None  # an absent answer, or an overflow: undetermined, as in three-valued logic
        return result if isinstance(result, bool) else None

    def evaluate_strictly(self, seen: Seen) -> object:
        """The bare result; raises what CEL raises. For lint, which wants to know why."""
        return self._program.execute({name: self._convert[name](seen[name]) for name in self.inputs if seen.get(name) is not None})


@lru_cache(maxsize=4096)
def names_in(source: str) -> frozenset[str]:
    """The names that a condition reads; none where it is not CEL (compiling it says so)."""
    try:
        names = cel.compile(source).variables()
    except ValueError:
        return frozenset()
    return frozenset(names) - frozenset(_BOUND_BY_MACRO.findall(source))


def hashable(value: Wire) -> Wire | tuple[str, ...]:
    """An answer as conditions keep it: choices as a tuple, a file as its document id."""
    if type(value) is list:
        return tuple(value)
    if type(value) is dict:
        return value["document"]
    return value


def _unchanged(value: object) -> object:
    return value


def _cents(value: object) -> int:
    return int(Decimal(str(value)) * 100)


def _midnight(value: object) -> datetime:
    return datetime.combine(date.fromisoformat(str(value)), datetime.min.time(), UTC)


def _double(value: object) -> float:
    return float(str(value))


def _whole(value: object) -> int:
    return int(str(value))


def _several(value: object) -> list[str]:
    return list(value) if isinstance(value, tuple | list) else [str(value)]


_CONVERTERS: Mapping[TypeName, Callable[[object], object]] = {
    "money": _cents,
    "date": _midnight,
    "number": _double,
    "integer": _whole,
    "choices": _several,
}

_TODAY = re.compile(r"^today((?:[+-]\d{1,5}[dmy])*)$")
_SHIFT = re.compile(r"([+-]\d{1,5})([dmy])")
_YEAR = re.compile(r"^year(?:([+-])(\d{1,4}))?$")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


def is_answer_name(bound: Bound) -> bool:
    return isinstance(bound, str) and not _TODAY.match(bound) and not _YEAR.match(bound) and _NAME.match(bound) is not None


def bound_value(bound: Bound | None, kind: TypeName, today: date, seen: Seen) -> Wire | None:
    """The bound as a value of the type, for one conversation on one day; None = no bound (its answer is absent)."""
    if bound is None:
        return None
    if isinstance(bound, int):
        return _literal(bound, kind)
    if found := _TODAY.match(bound):
        return _shifted(today, found[1]).isoformat()
    if found := _YEAR.match(bound):
        return today.year + int((found[1] or "+") + (found[2] or "0"))
    if is_answer_name(bound):
        value = seen.get(bound)
        return None if value is None or isinstance(value, tuple) else value
    return bound


def _literal(bound: int, kind: TypeName) -> Wire:
    """Whole currency units for money, the wire form of the type for all else."""
    if kind == "money":
        return f"{bound}.00"
    return str(bound) if kind == "number" else bound


def _shifted(day: date, shifts: str) -> date:
    """One shift after the other: `-111y+1d` is the day after that of 111 years ago."""
    for amount, unit in _SHIFT.findall(shifts):
        day = day + timedelta(days=int(amount)) if unit == "d" else _months_later(day, int(amount) * (12 if unit == "y" else 1))
    return day


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
