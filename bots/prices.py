"""The indicative price on paper: each cover with its base and every factor, net, tax, tariff. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.catalogue import Catalogue
from forms.model import Words
from forms.papers.model import PaperRow
from forms.papers.showing import grouped
from forms.papers.wording import paper_words
from forms.types.confirmations import yes_or_no
from forms.types.showing import day, enumerated, in_digits, listed, money, plain_number

type Data = Mapping[str, Any]  # JSON, as dialogs/pricing.py keeps it with the submission


@dataclass(frozen=True, slots=True)
class PriceWords:
    """The tariff's words, the form's, and the papers'."""

    catalogue: Catalogue
    form: Words
    currency: str
    language: str

    def label(self, name: str) -> str:
        return paper_words(self.language).labels[name]

    def name(self, branch: str, code: str) -> str:
        """A cover, factor or referral as the tariff words it; its bare code where a broker's own has no word."""
        names = self.catalogue.tariff_words(self.language).get(branch, "")
        return code if isinstance(names, str) else names.get(code, code)

    def question(self, name: str) -> str:
        told = self.form.questions.get(name)
        return told.label if told else name

    def value(self, question: str, value: object) -> str:
        """A choice by its label, yes or no by its word, a number in the language's digits."""
        told, wire = self.form.questions.get(question), str(value).lower()
        if told and wire in told.choices:
            return told.choices[wire]
        if wire in {"true", "false"}:
            return yes_or_no(self.language, is_yes=wire == "true")
        return in_digits(str(value), self.language)

    def money(self, value: str) -> str:
        return money(value, self.currency, self.language)


def price_rows(words: PriceWords, data: Data) -> tuple[PaperRow, ...]:
    if data.get("kind") != "price":
        reasons = " ".join(words.name("referrals", reason) for reason in data.get("reasons", ()))
        return (PaperRow(words.label("indicative"), words.label("referral"), detail=reasons),)
    total = words.money(f"{data['total_cents'] // 100}.{data['total_cents'] % 100:02d}")
    return (
        PaperRow(words.label("indicative"), words.label("indicative_note").format(amount=total)),
        *(PaperRow(words.name("covers", line["code"]), words.money(line["gross"]), detail=_how(words, line)) for line in data["covers"]),
        *(PaperRow(words.name("covers", code), words.label("referral")) for code in data["not_priced"]),
        PaperRow(words.label("net"), words.money(data["net"])),
        PaperRow(words.label("tax"), words.money(data["tax"])),
        *_assumptions(words, data),
        PaperRow(words.label("valid_until"), day(data["valid_until"], words.language)),
        PaperRow(words.label("tariff"), data["tariff_version"]),
        PaperRow(words.label("tariff_hash"), grouped(data["tariff_sha256"]), is_code=True),
    )


def _how(words: PriceWords, line: Data) -> str:
    """`base 40,00 €, × 1,1 Tipo di casa (villa), tasse 8,20 €`."""
    parts = [words.label("base").format(amount=words.money(line["base"]))]
    for question, value, factor in line["factors"]:
        told = words.name("factors", question), words.value(question, value)
        parts.append(words.label("factor").format(factor=plain_number(factor, words.language), name=told[0], value=told[1]))
    if line["is_minimum"]:
        parts.append(words.label("minimum"))
    parts.append(words.label("with_tax").format(amount=words.money(line["tax"])))
    return listed(parts, words.language)


def _assumptions(words: PriceWords, data: Data) -> Iterator[PaperRow]:
    """What was not asked yet and is assumed."""
    for question, value in data["assumptions"]:
        values = value if isinstance(value, list) else [value]
        shown = enumerated((words.value(question, one) for one in values), words.language)
        yield PaperRow(words.question(question), words.label("assumed").format(value=shown))
