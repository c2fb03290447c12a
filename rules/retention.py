"""What the law obliges to keep of a customer whose data are erased, and until when."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

IMPORT_DAYS = 30  # as long as what is released from it waits for its customers
PREPARED_DAYS = 30  # long enough for a holiday, short enough that nobody's data lie about who never came


@dataclass(frozen=True, slots=True)
class Duty:
    """So many months from the day it was made, or from the end of the customer's last contract; without a contract then none."""

    months: int
    since: Literal["made", "contract"]
    basis: str


@dataclass(frozen=True, slots=True)
class Retention:
    """Duties by kind of act, by code of a module (before its kind's), by kind of document. What is not named goes at once."""

    contract_months: int
    """How long a policy runs."""
    acts: Mapping[str, Duty]
    modules: Mapping[str, Duty]
    documents: Mapping[str, Duty]
    import_days: int = IMPORT_DAYS
    """How long a list that was read in waits for somebody to decide on it; then it is destroyed."""
    prepared_days: int = PREPARED_DAYS
    """How long a card prepared for somebody waits for them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An act or a document: `id` is its number or id, `module` empty for a document."""

    id: str
    kind: str
    made: date
    module: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    piece: Piece
    until: date
    """That day included."""
    basis: str


def contracts_end(rules: Retention, begins: Iterable[date]) -> date | None:
    """The last day of the policies that began on these days; None where there was none."""
    return max((months_after(day, rules.contract_months) for day in begins), default=None)


def what_stays(rules: Retention, pieces: Iterable[Piece], contracts_ended: date | None, today: date) -> tuple[Kept, ...]:
    """In the order given; what has been kept long enough goes."""
    found = ((piece, _duty(rules, piece)) for piece in pieces)
    kept = [_kept(piece, duty, contracts_ended) for piece, duty in found if duty is not None]
    return tuple(each for each in kept if each is not None and each.until >= today)


def months_after[D: date](day: D, months: int) -> D:
    """The same day of that month, or its last; of an instant the same time."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, last))


def _duty(rules: Retention, piece: Piece) -> Duty | None:
    if piece.module:
        return rules.modules.get(piece.module) or rules.acts.get(piece.kind)
    return rules.documents.get(piece.kind)


def _kept(piece: Piece, duty: Duty, contracts_ended: date | None) -> Kept | None:
    since = piece.made if duty.since == "made" else contracts_ended
    return None if since is None else Kept(piece, months_after(since, duty.months), duty.basis)
