"""The price: figures are data, arithmetic is Decimal, every factor is a row.

net(cover) = max(minimum, base per mille x sum x product of factors), rounded half up to cents for each cover; tax for each cover.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rules.currencies import rounded
from rules.tariff_model import (
    Basis,
    Cover,
    Default,
    FactorTable,
    ReferralRule,
    Tariff,
    TariffError,
    TariffQuestion,
    as_text,
    values_of,
)
from rules.tariff_reading import read_tariff

__all__ = [
    "Answers",
    "Cover",
    "CoverPrice",
    "FactorTable",
    "MissingAnswersError",
    "Price",
    "Referral",
    "ReferralRule",
    "Tariff",
    "TariffError",
    "TariffQuestion",
    "load_tariff",
    "price",
]

type Answers = Mapping[str, object]
"""Answers by flat name, in wire form: money and number as strings with a dot, choices as lists. `party_kind` beside them where it is known."""


class MissingAnswersError(ValueError):
    """The quick path is not finished: these answers have no default."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"not answered yet: {', '.join(names)}")
        self.names = names


@dataclass(frozen=True, slots=True)
class CoverPrice:
    code: str
    sum_insured: Decimal
    base: Decimal
    """Per mille x sum, before factors and minimum."""
    factors: tuple[tuple[str, str, Decimal], ...]
    """(question, value, factor)."""
    net: Decimal
    tax_rate: Decimal
    tax: Decimal
    gross: Decimal
    is_minimum: bool
    """The cover's minimum was charged, not base times factors."""


@dataclass(frozen=True, slots=True)
class Price:
    """For one year; indicative, not an offer."""

    covers: tuple[CoverPrice, ...]
    net: Decimal
    tax: Decimal
    total_cents: int
    assumptions: tuple[tuple[str, Default], ...]
    """(question, the tariff's default): not asked yet."""
    not_priced: tuple[str, ...]
    """Codes of wanted covers without a sum to price: the building where the customer does not own it, a cover whose sum was not asked."""
    tariff_version: str
    tariff_sha256: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class Referral:
    """No price by tariff: a person prices it."""

    reasons: tuple[str, ...]


def load_tariff(data: Mapping[str, object], choices: Mapping[str, Sequence[str]] | None = None) -> Tariff:
    """A tariff from its file's data. `choices`: the form's, by question; then the tariff must know exactly these.

    Raises TariffError where anything is missing, unknown, out of range or not monotonic where it must be.
    """
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return read_tariff(data, choices or {}, sha256=hashlib.sha256(canonical.encode()).hexdigest())


def price(tariff: Tariff, answers: Answers, today: date) -> Price | Referral:
    """The indicative premium of the given answers, the tariff's defaults standing in for what was not asked yet.

    Raises MissingAnswersError before the quick path is finished.
    """
    given = _Given(tariff, answers)
    if missing := given.missing():
        raise MissingAnswersError(missing)
    sums = _sums(tariff, answers)
    if reasons := _reasons(tariff, given, answers, sums):
        return Referral(reasons)
    wanted = [line for line in tariff.covers if line.cover in given.covers]
    lines = [(line, total) for line in wanted if (total := line.fixed_sum or sums[line.basis]) is not None]
    if not lines:
        return Referral(("nothing_to_price",))
    prices = tuple(_price_cover(line, total, given, today, tariff.currency) for line, total in lines)
    net, tax = sum(p.net for p in prices), sum(p.tax for p in prices)
    return Price(
        covers=prices,
        net=Decimal(net),
        tax=Decimal(tax),
        total_cents=int((net + tax) * 100),
        assumptions=given.assumptions([line for line, _ in lines]),
        not_priced=_not_priced(wanted, {line.code for line, _ in lines}, given),
        tariff_version=tariff.version,
        tariff_sha256=tariff.sha256,
        valid_until=today + timedelta(days=tariff.validity_days),
    )


class _Given:
    """The answers with the tariff's defaults behind them."""

    def __init__(self, tariff: Tariff, answers: Answers) -> None:
        self._tariff = tariff
        self._answers = answers
        needs = sorted(values_of(answers.get("need")), key=tariff.questions["need"].values.index)
        by_need = tariff.proposed_for.get(as_text(answers.get("party_kind")), tariff.proposed)
        proposed = (cover for need in needs for cover in by_need[need])
        self.needs = frozenset(needs)
        self.proposed: tuple[str, ...] = tuple(dict.fromkeys(proposed))
        self.covers = values_of(answers["covers"]) if "covers" in answers else frozenset(self.proposed)

    def answer(self, name: str) -> object:
        return self._answers.get(name, self._tariff.questions[name].default)

    def is_asked(self, name: str) -> bool:
        when = self._tariff.questions[name].when
        return not when or any(values_of(self._answers.get(other)) & values for other, values in when)

    def missing(self) -> tuple[str, ...]:
        questions = self._tariff.questions.values()
        return tuple(q.name for q in questions if q.default is None and q.name not in self._answers and self.is_asked(q.name))

    def assumptions(self, lines: Sequence[Cover]) -> tuple[tuple[str, Default], ...]:
        """Defaults that the price rests on, in the tariff's order of questions."""
        used = {table.name for line in lines for table in line.factors} | {rule.question for rule in self._tariff.referrals} | {"covers"}
        assumed = (question for question in self._tariff.questions.values() if question.name in used and self._is_assumed(question))
        return tuple((question.name, self._default(question)) for question in assumed)

    def _is_assumed(self, question: TariffQuestion) -> bool:
        return question.default is not None and question.name not in self._answers and self.is_asked(question.name)

    def _default(self, question: TariffQuestion) -> Default:
        assert question.default is not None  # noqa: S101 - only what is assumed
        return self.proposed if question.name == "covers" else question.default


def _sums(tariff: Tariff, answers: Answers) -> dict[Basis, Decimal | None]:
    building = _rebuild(answers) if answers.get("role") in tariff.owner_roles else None
    contents = _money(answers.get("contents_value"))
    known = [value for value in (building, contents) if value is not None]
    return {
        "building": building,
        "contents": contents,
        "home": sum(known, Decimal()) if known else None,
        "first_loss": _money(answers.get("first_loss")),
        "liability": tariff.limits.get(as_text(answers.get("liability_limit", ""))),
        "fixed": None,
    }


def _rebuild(answers: Answers) -> Decimal | None:
    """What the customer knows, else the estimate that the customer has not turned down."""
    if answers.get("rebuild_known") is True:
        return _money(answers.get("rebuild_value"))
    return _money(answers.get("rebuild_estimate")) if answers.get("rebuild_estimate_ok") is not False else None


def _reasons(tariff: Tariff, given: _Given, answers: Answers, sums: Mapping[Basis, Decimal | None]) -> tuple[str, ...]:
    reasons = [rule.code for rule in tariff.referrals if given.is_asked(rule.question) and rule.applies(given.answer(rule.question))]
    rebuild = _rebuild(answers)
    if "building" in given.needs and answers.get("role") in tariff.owner_roles and rebuild is None:
        reasons.append("rebuild_unknown")
    area = Decimal(str(answers["area_m2"]))
    least, most = tariff.rebuild_per_m2
    if rebuild is not None and not area * least <= rebuild <= area * most:
        reasons.append("rebuild_outside")
    valuables, contents = _money(answers.get("valuables_total")), sums["contents"]
    if valuables is not None and contents is not None and valuables > contents * tariff.valuables_share:
        reasons.append("valuables")
    return tuple(dict.fromkeys(reasons))


def _price_cover(line: Cover, total: Decimal, given: _Given, today: date, currency: str) -> CoverPrice:
    base = line.per_mille * total / 1000
    rows = tuple(
        row for table in line.factors if given.is_asked(table.name) for row in table.rows(given.answer(table.name), today)
    )  # fmt: skip
    loaded = base
    for _, _, factor in rows:
        loaded *= factor
    net = rounded(max(line.minimum, loaded), currency)
    tax = rounded(net * line.tax_rate, currency)
    return CoverPrice(line.code, total, rounded(base, currency), rows, net, line.tax_rate, tax, net + tax, is_minimum=loaded < line.minimum)


def _not_priced(wanted: Sequence[Cover], priced: set[str], given: _Given) -> tuple[str, ...]:
    """Lines without a sum: those of a cover that has no other line, and the building's where the building was to be protected."""
    alive = {line.cover for line in wanted if line.code in priced}
    left = (line for line in wanted if line.code not in priced)
    return tuple(line.code for line in left if line.cover not in alive or (line.basis == "building" and "building" in given.needs))


def _money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
