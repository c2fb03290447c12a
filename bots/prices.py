"""The indicative price on paper: each cover with its base and every factor, net, tax, tariff. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from forms.catalogue import Catalogue
from forms.model import Words
from forms.papers.model import PaperRow
from forms.papers.printing import grouped
from forms.papers.wording import paper_words
from forms.types.showing import day, money, plain_number

type Data = Mapping[str, Any]  # JSON, as dialogs/pricing.py keeps it with the submission


def price_rows(catalogue: Catalogue, words: Words, data: Data, currency: str, language: str) -> tuple[PaperRow, ...]:
    labels = paper_words(language).labels
    if data.get("kind") != "price":
        return (PaperRow(labels["indicative"], labels["referral"]),)
    total = money(f"{data['total_cents'] // 100}.{data['total_cents'] % 100:02d}", currency, language)
    names = _cover_names(catalogue, words)
    covers = [
        PaperRow(
            names.get(cover["code"], cover["code"]),
            money(cover["gross"], currency, language),
            detail=_how(cover, words, currency, language),
        )
        for cover in data["covers"]
    ]
    return (
        PaperRow(labels["indicative"], f"{total}. {labels['indicative_note']}"),
        *covers,
        PaperRow(labels["net"], money(data["net"], currency, language)),
        PaperRow(labels["tax"], money(data["tax"], currency, language)),
        *_assumptions(data, words, labels["assumed"]),
        PaperRow(labels["valid_until"], day(data["valid_until"], language)),
        PaperRow(labels["tariff"], data["tariff_version"]),
        PaperRow(labels["tariff_hash"], grouped(data["tariff_sha256"]), is_code=True),
    )


def _how(cover: Data, words: Words, currency: str, language: str) -> str:
    """`base 40,00 €, × 1,1 Tipo di casa (villa), tasse 8,20 €`."""
    labels = paper_words(language).labels
    parts = [labels["base"].format(amount=money(cover["base"], currency, language))]
    for question, value, factor in cover["factors"]:
        parts.append(f"× {plain_number(factor, language)} {_label(words, question)} ({_value(words, question, value)})")
    if cover["is_minimum"]:
        parts.append(labels["minimum"])
    parts.append(labels["with_tax"].format(amount=money(cover["tax"], currency, language)))
    return ", ".join(parts)


def _assumptions(data: Data, words: Words, assumed: str) -> Iterator[PaperRow]:
    for question, value in data["assumptions"]:
        values = value if isinstance(value, list) else [value]
        yield PaperRow(_label(words, question), f"{', '.join(_value(words, question, one) for one in values)} ({assumed})")


def _cover_names(catalogue: Catalogue, words: Words) -> dict[str, str]:
    """By the tariff's code; two lines of one cover are told apart by what they stand on."""
    covers = words.questions.get("covers")
    if covers is None:
        return {}
    tariff = catalogue.tariff()
    shared = [one.cover for one in tariff.covers]
    return {
        one.code: covers.choices.get(one.cover, one.cover) + (f" ({one.code})" if shared.count(one.cover) > 1 else "")
        for one in tariff.covers
    }


def _label(words: Words, question: str) -> str:
    told = words.questions.get(question)
    return told.label if told else question


def _value(words: Words, question: str, value: object) -> str:
    told = words.questions.get(question)
    return told.choices.get(str(value), str(value)) if told else str(value)
