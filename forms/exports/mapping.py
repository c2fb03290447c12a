"""How another program names what we know: its columns, codes and dates for ours. The same lines are read in both directions.

mapping:
  - {name: COD_CLI, from: id}
  - {name: COGNOME, from: family_name}
  - {name: SESSO, from: sex, values: {female: F, male: M}}
  - {name: NATO_IL, from: birth_date, dates: "%d/%m/%Y"}
  - {name: FONTE, always: SOSPESO}
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, model_validator

from forms.exports.columns import Column, Record, Value
from forms.model import Part

INSTANT = "%Y-%m-%dT%H:%M:%SZ"
DATES = r"^(%[dmYyHMS]|[^%\w])+$"
"""Day, month, year, hour, minute, second by number, and what stands between them: whatever is written so can be read again."""


class Mapped(Part):
    """One column of theirs."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f=+\-@]+$")]
    ours: Annotated[str | None, Field(alias="from")] = None
    always: str | None = None
    """Stands in every record: what their program wants to hear and we do not know."""
    values: Mapping[str, str] = Field(default_factory=dict)
    """Their code for each of ours; what is not named is told as it is."""
    dates: Annotated[str | None, Field(pattern=DATES)] = None

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.ours is None) == (self.always is None):
            raise ValueError(f"`{self.name}` has either `from` (a column of ours) or `always` (the same in every record)")
        if self.always is not None and (self.values or self.dates):
            raise ValueError(f"`{self.name}` is always the same: `values` and `dates` say nothing")
        if len(set(self.values.values())) < len(self.values):
            raise ValueError(f"`{self.name}` gives two of our values the same code: it could not be read back")
        return self


type ColumnMap = Sequence[Mapped]


def look_for_faults(mapping: ColumnMap, known: Sequence[Column]) -> Iterator[str]:
    """A sentence for each thing that cannot be."""
    kinds = {column.name: column.kind for column in known}
    yield from (f"two columns are called `{name}`" for name in _twice(each.name for each in mapping))
    yield from (f"`{name}` of ours is mapped twice" for name in _twice(each.ours for each in mapping if each.ours))
    for each in mapping:
        if each.ours is None:
            continue
        if each.ours not in kinds:
            close = get_close_matches(each.ours, kinds, n=1)
            yield f"`{each.name}`: we have no column `{each.ours}`{f'; is it `{close[0]}`?' if close else ''}"
        elif each.dates and kinds[each.ours] not in {"date", "instant"}:
            yield f"`{each.name}`: `{each.ours}` is no date, `dates` says nothing"


def map_columns(mapping: ColumnMap, known: Sequence[Column]) -> tuple[Column, ...]:
    """Theirs, in their order."""
    kinds = {column.name: column.kind for column in known}
    plain = (each.ours is not None and not each.values and not each.dates for each in mapping)
    return tuple(Column(each.name, kinds[each.ours or ""] if is_plain else "text") for each, is_plain in zip(mapping, plain, strict=True))


def map_record(mapping: ColumnMap, record: Record, zone: ZoneInfo) -> dict[str, Value]:
    """Ours as theirs; instants in `zone` where they are written otherwise than by ISO. What is not known has no key."""
    told: dict[str, Value] = {}
    for each in mapping:
        if each.always is not None:
            told[each.name] = each.always
        elif each.ours is not None and each.ours in record:
            told[each.name] = _told(each, record[each.ours], zone)
    return told


def _told(mapped: Mapped, value: Value, zone: ZoneInfo) -> Value:
    key = str(value).lower() if isinstance(value, bool) else str(value)
    if mapped.dates is not None:
        return _date(key, zone).strftime(mapped.dates)
    return mapped.values.get(key, value) if mapped.values else value


def _date(iso: str, zone: ZoneInfo) -> date:
    return datetime.strptime(iso, INSTANT).replace(tzinfo=UTC).astimezone(zone) if "T" in iso else date.fromisoformat(iso)


def _twice(names: Iterable[str]) -> Iterator[str]:
    return (name for name, count in Counter(names).items() if count > 1)
