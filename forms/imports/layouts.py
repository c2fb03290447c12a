"""What the columns of a file are called: by our names, or by those of another program whose mapping is read backwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from forms.exports.columns import MARKED, Column, Kind, Value, instant
from forms.exports.mapping import ColumnMap, Mapped, map_columns


def _same(cells: Mapping[str, Value]) -> Mapping[str, Value]:
    return cells


@dataclass(frozen=True, slots=True)
class Layout:
    kinds: Mapping[str, Kind]
    """Of every column that a file may have, by its name there."""
    as_ours: Callable[[Mapping[str, Value]], Mapping[str, Value]] = _same
    """Its cells by our names and codes."""


def own_layout(columns: Sequence[Column]) -> Layout:
    """Of a file that one of our exports wrote; its mark is no data."""
    return Layout({column.name: column.kind for column in (*columns, *MARKED)})


def mapped_layout(mapping: ColumnMap, columns: Sequence[Column], zone: ZoneInfo) -> Layout:
    """`columns`: all that the mapping may name. What it writes the same in every record is no data."""
    theirs = {column.name: column.kind for column in map_columns(mapping, columns)}
    sources = tuple((each, each.ours) for each in mapping if each.ours is not None)

    def as_ours(cells: Mapping[str, Value]) -> Mapping[str, Value]:
        return {ours: _as_ours(each, cells[each.name], zone) for each, ours in sources if each.name in cells}

    return Layout(theirs, as_ours)


def _as_ours(mapped: Mapped, cell: Value, zone: ZoneInfo) -> Value:
    """What the mapping does not know is left as it is: the question's own type reads or refuses it."""
    if mapped.dates is not None:
        return _iso(str(cell).strip(), mapped.dates, zone)
    if not mapped.values:
        return cell
    told = str(cell).strip()
    return next((ours for ours, theirs in mapped.values.items() if theirs == told), cell)


def _iso(told: str, dates: str, zone: ZoneInfo) -> str:
    try:
        read = datetime.strptime(told, dates).replace(tzinfo=zone)
    except ValueError:
        return told
    return instant(read.astimezone(UTC)) if "%H" in dates else read.date().isoformat()
