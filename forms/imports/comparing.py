"""Whose a row is, and what in it differs from the card the house has. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from forms.cards import Card
from forms.imports.rows import Problem, Row
from forms.types.base import Wire
from rules.imports import Conflict, Outcome
from rules.refusals import Reason


@dataclass(frozen=True, slots=True)
class Difference:
    """`ours`: None where the card says nothing of it."""

    key: str
    ours: Wire | None
    theirs: Wire


@dataclass(frozen=True, slots=True)
class Match:
    """Whom the house knows by what stands in a row."""

    by_email: UUID | None = None
    by_tax_code: Collection[UUID] = ()
    alike: Collection[UUID] = ()
    """Who has one of its telephones, its IBAN or its document."""


@dataclass(frozen=True, slots=True)
class Judged:
    row: Row
    outcome: Outcome
    party: UUID | None = None
    conflict: Conflict | None = None


def judge(row: Row, match: Match, card: Card | None, ours: Mapping[str, Wire]) -> Judged:
    """`card` and `ours`: of who proved the address, where somebody did and has a card.

    Nobody proves a tax code: found by it alone, a row may be about somebody else than whoever typed it, and is never theirs."""
    party = match.by_email
    if row.refused:
        return Judged(row, Outcome.REFUSED, party)
    if party is None:
        return _judge_unknown(row, match)
    if any(holder != party for holder in match.by_tax_code):
        return Judged(row, Outcome.CONFLICT, party, Conflict.TWO_CUSTOMERS)
    if card is not None and card is not row.card:
        return Judged(row, Outcome.CONFLICT, party, Conflict.KIND)
    told = _without(row, row.card.email)  # found by it: whichever of their addresses it is, it is theirs
    return Judged(told, Outcome.CHANGED if differences(ours, told.values) else Outcome.SAME, party)


def differences(ours: Mapping[str, Wire], theirs: Mapping[str, Wire]) -> tuple[Difference, ...]:
    """In the questionnaire's order. Capitals and blanks are no difference: many programs write everything in capitals."""
    return tuple(Difference(key, ours.get(key), value) for key, value in theirs.items() if _folded(ours.get(key)) != _folded(value))


def _judge_unknown(row: Row, match: Match) -> Judged:
    if row.card.email not in row.values:
        needed = Problem("email", row.card.email, Reason.REQUIRED, {})
        return Judged(replace(row, refused=(needed,)), Outcome.REFUSED)
    if match.by_tax_code:
        return Judged(row, Outcome.CONFLICT, None, Conflict.TAX_CODE)
    alike = (Problem("", "", Reason.DOUBT, {"code": "alike"}),) if match.alike else ()
    return Judged(replace(row, doubts=(*row.doubts, *alike)), Outcome.NEW)


def _without(row: Row, key: str) -> Row:
    return replace(row, values={name: value for name, value in row.values.items() if name != key})


def _folded(value: Wire | None) -> Wire | None:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value
