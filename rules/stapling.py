"""The path of acts: which receipt tells each act, and which act and receipt it took the place of (S0-21)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """An act by its number in the chain; `subject`: a later act on the same subject takes its place, None = none does."""

    number: int
    subject: str | None


@dataclass(frozen=True, slots=True)
class Stapled:
    """Empty or None: no receipt tells it (yet); it took the place of none."""

    number: int
    receipt: str
    replaces: int | None
    replaced_receipt: str


def staple(acts: Iterable[Given], receipts: Sequence[tuple[str, int]]) -> tuple[Stapled, ...]:
    """Each act with its papers. `receipts`: number, and number of the last act it tells; both lists the oldest first."""
    latest: dict[str, Stapled] = {}
    found, place = [], 0
    for act in acts:
        while place < len(receipts) and receipts[place][1] < act.number:
            place += 1
        receipt = receipts[place][0] if place < len(receipts) else ""
        before = latest.get(act.subject) if act.subject is not None else None
        stapled = Stapled(act.number, receipt, before.number if before else None, before.receipt if before else "")
        if act.subject is not None:
            latest[act.subject] = stapled
        found.append(stapled)
    return tuple(found)


def replaced_receipts(stapled: Iterable[Stapled]) -> Mapping[str, tuple[str, ...]]:
    """By receipt: those it takes the place of, in whole or in part, in the order in which it does so."""
    found: dict[str, dict[str, None]] = {}
    for one in stapled:
        if one.receipt and one.replaced_receipt and one.receipt != one.replaced_receipt:
            found.setdefault(one.receipt, {})[one.replaced_receipt] = None
    return {receipt: tuple(replaced) for receipt, replaced in found.items()}
