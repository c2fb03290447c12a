"""A tariff as loaded: questions it looks at, covers with their factors, when a person prices instead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

type Default = str | int | bool | tuple[str, ...]
type Condition = tuple[tuple[str, frozenset[str]], ...]
"""(question, values): holds where any of these questions has one of its values; empty = always."""

type Basis = Literal["building", "contents", "home", "first_loss", "liability", "fixed"]
"""What a cover's sum is: rebuilding value, contents, both together, the sum for theft, the liability limit, a sum of the tariff."""


class TariffError(ValueError):
    """A tariff that cannot be used; says where and why. `place`: the keys that lead there, `at` the last of them where it goes without saying."""

    def __init__(self, where: str, what: str, *, at: str = "") -> None:
        super().__init__(f"{where}: {what}")
        keys = (*where.split("."), *(at.split(".") if at else ()))
        self.place = keys[1:] if keys[0] == "tariff" else keys


@dataclass(frozen=True, slots=True)
class TariffQuestion:
    """One question that the price looks at. `default` None = part of the quick path: answered wherever `when` holds."""

    name: str
    values: tuple[str, ...]
    """Its choices; empty for a number."""
    default: Default | None
    when: Condition
    falls: bool
    """Factors must not rise from one value to the next: a higher excess or better security never costs more."""


@dataclass(frozen=True, slots=True)
class FactorTable:
    """The factors of one question for one cover: by value, or by bands of a number (`of_age`: of the years since)."""

    name: str
    by_value: Mapping[str, Decimal]
    bands: tuple[tuple[int | None, Decimal], ...]
    """(up to and including, factor), rising; the last is open (None)."""
    of_age: bool

    def rows(self, answer: object, today: date) -> Iterator[tuple[str, str, Decimal]]:
        """(question, value, factor); several where several choices were made."""
        if self.bands:
            yield self.name, as_text(answer), self._banded(int(str(answer)), today)
            return
        for value in answer if isinstance(answer, list | tuple) else (answer,):
            yield self.name, as_text(value), self.by_value[as_text(value)]

    def _banded(self, number: int, today: date) -> Decimal:
        measure = today.year - number if self.of_age else number
        return next(factor for up_to, factor in self.bands if up_to is None or measure <= up_to)


@dataclass(frozen=True, slots=True)
class Cover:
    """One line of the price. `cover` is the choice of the question `covers` that asks for it; several lines may share one."""

    code: str
    cover: str
    basis: Basis
    fixed_sum: Decimal | None
    per_mille: Decimal
    minimum: Decimal
    tax_rate: Decimal
    factors: tuple[FactorTable, ...]


@dataclass(frozen=True, slots=True)
class ReferralRule:
    """A person prices it where the answer is one of `values`, or a number above `above`."""

    code: str
    question: str
    values: frozenset[str]
    above: int | None

    def applies(self, answer: object) -> bool:
        if answer is None:
            return False
        if self.above is not None:
            return int(str(answer)) > self.above
        return bool(values_of(answer) & self.values)


@dataclass(frozen=True, slots=True)
class Tariff:
    name: str
    version: str
    sha256: str
    """Over the canonical JSON of all its data."""
    currency: str
    validity_days: int
    questions: Mapping[str, TariffQuestion]
    proposed: Mapping[str, tuple[str, ...]]
    """Covers by need, until `covers` is answered."""
    proposed_for: Mapping[str, Mapping[str, tuple[str, ...]]]
    """The same, whole, for a kind of customer (`party_kind`) that is proposed others."""
    owner_roles: frozenset[str]
    """Who can insure the building."""
    limits: Mapping[str, Decimal]
    """The sum behind each choice of `liability_limit`."""
    rebuild_per_m2: tuple[Decimal, Decimal]
    """Beyond these a person prices it."""
    valuables_share: Decimal
    """Of the contents; above it a person prices it."""
    referrals: tuple[ReferralRule, ...]
    covers: tuple[Cover, ...]


def values_of(answer: object) -> frozenset[str]:
    if answer is None:
        return frozenset()
    return frozenset(as_text(value) for value in answer) if isinstance(answer, list | tuple) else frozenset((as_text(answer),))


def as_text(value: object) -> str:
    """A choice's value as the tariff's tables name it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
