"""The indicative price and the agent's offer, as rows to read and as data to keep."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dialogs import summaries, wording
from dialogs.desk import QUOTE, Desk
from dialogs.messages import Facts, Message, Notice, Row, Summary
from dialogs.state import Offer, Priced
from forms.flow import Step, worded_choices
from forms.types.base import Wire
from forms.types.showing import enumerated, named, side_by_side
from rules.tariff import CoverPrice, MissingAnswersError, Price, Referral, Tariff, price


@dataclass(frozen=True, slots=True)
class Submitted:
    """The price as it goes with a submission."""

    premium_cents: int | None = None
    tariff_version: str | None = None
    data: Mapping[str, object] | None = None


NOT_PRICED = Submitted()


def price_now(desk: Desk) -> Price | Referral | None:
    """The price of the answers so far, the tariff's defaults standing in for the rest; None before the quick path is done."""
    try:
        return price(tariff_of(desk), {**desk.walk(QUOTE).flat, "party_kind": desk.card.kind}, desk.today)
    except MissingAnswersError:
        return None


def tariff_of(desk: Desk) -> Tariff:
    return desk.catalogue.tariff()


def told(desk: Desk, key: str) -> str:
    """A sentence of the tariff's own words."""
    return str(desk.catalogue.tariff_words(desk.language)[key])


def name_of(desk: Desk, branch: str, code: str) -> str:
    """A cover, factor or referral as the tariff words it; its bare code where a broker's own tariff has no word."""
    names = desk.catalogue.tariff_words(desk.language)[branch]
    return code if isinstance(names, str) else names.get(code, code)


def tell(desk: Desk, path: str) -> None:
    """Says the price, the first time and when a correction has changed it."""
    priced, before = price_now(desk), desk.state.priced
    if priced is None:
        return
    cents = priced.total_cents if isinstance(priced, Price) else None
    if before is not None and cents == before.cents:
        return
    if before is not None:
        desk.say("price_changed")
    desk.messages.extend(price_messages(desk, priced))
    desk.set(priced=Priced(cents, path))


def price_messages(desk: Desk, priced: Price | Referral) -> list[Message]:
    """One row a factor, the premium last; then what was assumed, each row to be changed."""
    if isinstance(priced, Referral):
        return [Summary("referral", (), {"note": told(desk, "referral_note"), "reasons": " ".join(reasons(desk, priced))})]
    total = total_of(desk, priced)
    rows = [row for line in priced.covers for row in _cover_rows(desk, line)]
    rows.append(Row("", wording.say(desk.language, "price.net"), money(desk, priced.net)))
    rows.append(Row("", wording.say(desk.language, "price.tax"), money(desk, priced.tax)))
    rows.append(Row("premium", wording.say(desk.language, "price.premium"), total))
    facts: Facts = {"premium": total, "valid_until": priced.valid_until}
    messages: list[Message] = [Summary("assumptions", assumption_rows(desk, priced))] if priced.assumptions else []
    messages.append(Summary("price", tuple(rows), facts))
    if priced.not_priced:
        messages.append(
            Notice(
                " ".join(
                    [
                        told(desk, "not_priced_note"),
                        enumerated((name_of(desk, "covers", code) for code in priced.not_priced), desk.language),
                    ]
                )
            )
        )
    return messages


def total_of(desk: Desk, priced: Price) -> str:
    return money(desk, Decimal(priced.total_cents) / 100)


def reasons(desk: Desk, referral: Referral) -> list[str]:
    return [name_of(desk, "referrals", reason) for reason in referral.reasons]


def cover_name(desk: Desk, line: CoverPrice) -> str:
    return name_of(desk, "covers", line.code)


def factor_rows(desk: Desk, line: CoverPrice) -> Iterator[Row]:
    """Base, every factor, and the minimum where it was charged."""
    cover = next(one for one in tariff_of(desk).covers if one.code == line.code)
    rate = wording.factor(desk.language, cover.per_mille)
    yield Row("", f"{told(desk, 'base')} {rate} ‰ × {wording.number(desk.language, line.sum_insured)}", money(desk, line.base))
    for question, value, factor in line.factors:
        step = _step(desk, question)
        label = named(name_of(desk, "factors", question), _shown(desk, step, question, value), desk.language)
        yield Row(step.path if step and summaries.is_changeable(step) else "", label, f"× {wording.factor(desk.language, factor)}")
    if line.is_minimum:
        yield Row("", told(desk, "minimum"), money(desk, line.net))


def assumption_rows(desk: Desk, priced: Price) -> tuple[Row, ...]:
    rows = []
    for question, default in priced.assumptions:
        step = _step(desk, question)
        values = default if isinstance(default, tuple) else (default,)
        each = (_shown(desk, step, question, str(value).lower() if isinstance(value, bool) else str(value)) for value in values)
        shown = enumerated(each, desk.language)
        path = step.path if step and summaries.is_changeable(step) else ""
        rows.append(Row(path, summaries.label(desk, step) if step else question, shown))
    return tuple(rows)


def for_submission(desk: Desk) -> Submitted:
    """What the agency gets with the answers: the price with all its factors, or why there is none."""
    priced = price_now(desk)
    if isinstance(priced, Price):
        return Submitted(priced.total_cents, priced.tariff_version, _price_data(priced))
    if isinstance(priced, Referral):
        return Submitted(None, tariff_of(desk).version, {"kind": "referral", "reasons": list(priced.reasons)})
    return NOT_PRICED


def _price_data(priced: Price) -> dict[str, object]:
    """JSON with amounts as strings."""
    return {
        "kind": "price",
        "net": str(priced.net),
        "tax": str(priced.tax),
        "total_cents": priced.total_cents,
        "valid_until": priced.valid_until.isoformat(),
        "tariff_version": priced.tariff_version,
        "tariff_sha256": priced.tariff_sha256,
        "not_priced": list(priced.not_priced),
        "assumptions": [[name, list(value) if isinstance(value, tuple) else value] for name, value in priced.assumptions],
        "covers": [_cover_data(line) for line in priced.covers],
    }


def _cover_data(line: CoverPrice) -> dict[str, object]:
    return {
        "code": line.code,
        "sum_insured": str(line.sum_insured),
        "base": str(line.base),
        "factors": [[question, value, str(factor)] for question, value, factor in line.factors],
        "net": str(line.net),
        "tax_rate": str(line.tax_rate),
        "tax": str(line.tax),
        "gross": str(line.gross),
        "is_minimum": line.is_minimum,
    }


def offer_summary(desk: Desk, offer: Offer) -> Summary:
    """What is accepted or refused."""
    premium = money(desk, Decimal(offer.premium_cents) / 100)
    until = date.fromisoformat(offer.valid_until)
    rows = (
        Row("", wording.say(desk.language, "price.valid_until"), wording.day(desk.language, until)),
        Row("premium", wording.say(desk.language, "price.offered"), premium),
    )
    return Summary("offer", rows, {"premium": premium, "valid_until": until})


def _cover_rows(desk: Desk, line: CoverPrice) -> Iterator[Row]:
    name = cover_name(desk, line)
    for row in factor_rows(desk, line):
        yield Row(row.question, side_by_side((name, row.label), desk.language), row.value)
    yield Row("", name, money(desk, line.net))


def _step(desk: Desk, question: str) -> Step | None:
    return next(
        (step for step in desk.form(QUOTE).steps().values() if step.group is None and step.question and step.question.name == question),
        None,
    )


def _shown(desk: Desk, step: Step | None, question: str, value: str) -> str:
    if step is None or step.question is None or step.question.type == "computed":
        return value if value != "unknown" else wording.say(desk.language, "price.unknown")
    if step.question.choices:
        return _choice_label(desk, question, value)
    wire: Wire = value == "true" if step.question.type == "yes_no" else int(value) if step.question.type == "integer" else value
    return summaries.shown(desk, step, wire)


def _choice_label(desk: Desk, question: str, value: str) -> str:
    step = _step(desk, question)
    if step is None or step.question is None:
        return value
    choices = worded_choices(step.question, desk.words(QUOTE))
    return next((choice.label for choice in choices if choice.value == value), value)


def money(desk: Desk, amount: Decimal) -> str:
    return wording.money(desk.language, amount, desk.circumstances.currency)
