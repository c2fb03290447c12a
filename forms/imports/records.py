"""What every reader gives: records of cells, by the columns' names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forms.exports.columns import Value

LISTED = 12
"""Columns that a sentence names."""
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Record:
    """`line`: where it begins in the file; of XML, JSON and address books too."""

    line: int
    cells: Mapping[str, Value]
    """Empty ones have no key."""
    is_broken: bool = False
    """It has more cells than the header names."""
    left_out: frozenset[str] = frozenset()
    """Properties of an address book that we have no question for."""


def told_columns(names: Iterable[str]) -> list[str]:
    """As a sentence lists them: each once, so many and so long that a person can look, the rest as dots."""
    shortened = (name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…" for name in names)
    found = list(dict.fromkeys(name or "«»" for name in shortened))
    return [*found[:LISTED], *(["…"] if len(found) > LISTED else [])]
