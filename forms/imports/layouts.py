"""What the columns of a file are called: by our names, or by those of another program whose mapping is read backwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.exports.columns import MARKED, Column, Kind, Value


@dataclass(frozen=True, slots=True)
class Layout:
    """`kinds`: of every column that a file may have, by its name there."""

    kinds: Mapping[str, Kind]

    def as_ours(self, cells: Mapping[str, Value]) -> Mapping[str, Value]:
        return cells


def own_layout(columns: Sequence[Column]) -> Layout:
    """Of a file that one of our exports wrote; its mark is no data."""
    return Layout(dict(_kinds(columns)))


def _kinds(columns: Sequence[Column]) -> Iterator[tuple[str, Kind]]:
    return ((column.name, column.kind) for column in (*columns, *MARKED))
