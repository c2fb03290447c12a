"""What every reader gives: records of cells, by the columns' names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forms.exports.columns import Value

_LISTED = 12


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
    """As a sentence lists them: each once, so many that a person can look, the rest as dots."""
    found = list(dict.fromkeys(name or "«»" for name in names))
    return [*found[:_LISTED], *(["…"] if len(found) > _LISTED else [])]
