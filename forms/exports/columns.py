"""What stands in an exported list: typed columns, the same in every format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from forms.flow import CompiledForm
from forms.types.base import Wire
from forms.types.municipalities import municipality

type Kind = Literal["text", "phone", "date", "instant", "integer", "number", "yes_no"]
type Value = str | int | bool
type Record = Mapping[str, Value]
"""By the columns' names; what is not known has no key. Dates and instants are ISO 8601, numbers text with a dot, phones as +39…"""

_KINDS: Mapping[str, Kind] = {
    "phone": "phone", "date": "date", "integer": "integer", "number": "number", "money": "number", "yes_no": "yes_no",
}  # fmt: skip
_NEVER = frozenset({"file", "code", "confirm", "computed"})
"""Files are fetched one by one; codes and confirmations are no data; what is computed can be computed again."""


@dataclass(frozen=True, slots=True)
class Column:
    """`keys`: where in a form's answers the value stands; none for what the house itself knows."""

    name: str
    kind: Kind = "text"
    keys: tuple[str, ...] = ()
    is_place_name: bool = False
    """The name of the municipality whose code stands in the answers."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Stands in every file, in each line that can be cut out of it: who took the list, when and what for."""

    export: str
    by: str
    at: datetime
    purpose: str

    @property
    def record(self) -> Record:
        return dict(zip((column.name for column in MARKED), (self.export, self.by, instant(self.at), self.purpose), strict=True))


MARKED = (Column("export_id"), Column("exported_by"), Column("exported_at", "instant"), Column("export_purpose"))


def columns_of(forms: Iterable[CompiledForm], *, taken: Iterable[str] = ()) -> tuple[Column, ...]:
    """One column for each answer, called by its question; forms that ask the same of the same type share it, others put their name before."""
    found: dict[str, Column] = {}
    names = set(taken)
    for form in forms:
        for column in _columns(form):
            wished = (column.name, f"{form.name}_{column.name}", f"{form.name}_{column.name}_{column.kind}")
            name = next(one for one in wished if one not in names and (one not in found or found[one].kind == column.kind))
            known = found.get(name, replace(column, name=name, keys=()))
            found[name] = replace(known, keys=tuple(dict.fromkeys((*known.keys, *column.keys))))
    return tuple(found.values())


def record_of(columns: Iterable[Column], answers: Mapping[str, Wire]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for column in columns:
        for key in column.keys:
            if key in answers:
                found[column.name] = _value(column, answers[key])
                break
    return found


def instant(at: datetime) -> str:
    """In UTC, to the second: `2026-11-22T08:26:53Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _columns(form: CompiledForm) -> Iterable[Column]:
    for key, step in form.steps().items():
        if step.question is None or step.question.type in _NEVER:
            continue
        name = step.question.name if step.group is None else f"{step.group}_{step.number}_{step.question.name}"
        yield Column(name, _KINDS.get(step.question.type, "text"), (key,))
        if step.question.type == "municipality":
            yield Column(f"{name}_name", keys=(key,), is_place_name=True)


def _value(column: Column, value: Wire) -> Value:
    if column.is_place_name:
        place = municipality(str(value))
        return place.name if place else str(value)
    if isinstance(value, list):
        return " ".join(value)  # codes of choices: no space in any of them
    return value if isinstance(value, str | int) else str(value)
