"""What a receipt, an offer, a policy says: records and catalogue in, a `Paper` out. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bots.prices import PriceWords, price_rows
from bots.web.verify import verify_address
from dialogs.paths import act_words
from dialogs.proposals import origin_told
from forms.cards import Card, card_with
from forms.catalogue import Catalogue
from forms.differences import differences, said
from forms.flow import CompiledForm, Environment, Step, standing
from forms.model import Words
from forms.papers.model import Agency, Occasion, Paper, PaperAct, PaperRow, PaperSection, PaperState, PaperSum, Proof, Signed
from forms.papers.showing import instant
from forms.papers.wording import PaperWords, paper_words
from forms.showing import label_of, show_signer
from forms.types import IDENTIFIERS, TYPES
from forms.types.base import Wire
from forms.types.showing import day, listed, money
from rules.origins import Origins
from rules.stamps import Binding

CODES = IDENTIFIERS | {"phone"}  # types printed in mono, to be compared letter by letter
SHORT_VERSION = 12  # a form's version is a SHA-256: its beginning names it
OCCASIONS: Mapping[str, Occasion] = {
    "registration": "registration",
    "quote": "quote",
    "card_update": "card_update",
    "card_confirmation": "card_confirmation",
    "offer_acceptance": "offer_acceptance",
    "offer_refusal": "offer_refusal",
    "consents": "consents",
    "withdrawal": "withdrawal",
}
STATES: Mapping[str, PaperState] = {
    "card_confirmation": "confirmed",
    "offer_acceptance": "issue_requested",
    "offer_refusal": "refused",
    "consents": "recorded",
    "withdrawal": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Press:
    """What all papers of an agency share."""

    catalogue: Catalogue
    agency: Agency
    zone: ZoneInfo
    currency: str
    public_url: str

    def verify_url(self, number: str, digest: str) -> str:
        """The page that says whether a paper with this number and this text exists."""
        return verify_address(self.public_url, number, digest)


@dataclass(frozen=True, slots=True)
class GivenAct:
    question: str
    module: str
    version: str
    answer: str
    at: datetime
    text_sha256: str
    number: int = 0
    """In the customer's chain."""
    channel: str = ""
    language: str = ""
    """Of the text that was shown."""


class Renewed(NamedTuple):
    """A module that was answered again because its text had changed."""

    module: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A form's answers as they were confirmed, by key."""

    form: str
    version: str
    answers: Mapping[str, Wire]
    unanswered: tuple[str, ...] = ()
    """Questions on the customer's needs that were refused (Reg. 40 art. 58)."""
    origins: Origins = field(default_factory=dict)
    """Of answers that somebody had prepared for the customer."""


@dataclass(frozen=True, slots=True)
class Offered:
    number: str
    premium_cents: int
    valid_until: date
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    number: str
    premium_cents: int
    starts_on: date | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept about the matter of one paper."""

    language: str
    name: str
    emails: tuple[str, ...]
    card: Mapping[str, Wire]
    """The customer's card, by key."""
    parts: tuple[Answered, ...] = ()
    acts: tuple[GivenAct, ...] = ()
    pricing: Mapping[str, Any] | None = None
    """The indicative price with its factors, or why there is none, as dialogs/pricing.py keeps it."""
    offer: Offered | None = None
    binding: Binding | None = None
    """The customer's confirmation that this paper is about."""
    renewed: tuple[Renewed, ...] = ()
    replaces: tuple[str, ...] = ()
    """Receipts whose place this one takes, in whole or in part."""
    since: int = 0
    """Number of the last act that an earlier receipt tells: those after it are this one's own."""
    confirmed_at: datetime | None = None
    signed: Signed | None = None
    """What the agency signed about that confirmation."""


def receipt_paper(press: Press, kind: str, number: str, record: Record) -> Paper:
    """The receipt for one confirmation. Its instant is the confirmation's."""
    if record.binding is None or record.confirmed_at is None:
        raise ValueError("a receipt prints a confirmation")
    words = paper_words(record.language)
    at = record.confirmed_at.astimezone(press.zone)
    offered = [_offer_section(press, record, record.offer, words)] if record.offer else []
    return Paper(
        occasion=OCCASIONS[kind],
        language=record.language,
        number=number,
        state=STATES.get(kind, "suspended"),
        agency=press.agency,
        made_at=at,
        parties=(_party(press, record, words, words.labels["customer"]),),
        sections=(
            *_decided(press, kind, record, words),
            *offered,
            *_price(press, record),
            *_answers(press, record),
            *_changes(press, record, words),
        ),
        declarations=tuple(_declarations(press, record)),
        acts=tuple(_acts(press, record)),
        proof=_proof(record.binding, at, record.signed, listed(record.replaces, record.language)),
        verify_url=press.verify_url(number, record.binding.text_sha256),
    )


def offer_paper(press: Press, record: Record) -> Paper:
    """The agency's offer: its premium, until when it is valid, on which answers it rests."""
    if record.offer is None:
        raise ValueError("no offer in the record")
    words, offer = paper_words(record.language), record.offer
    valid = day(offer.valid_until.isoformat(), record.language)
    note = words.labels["offer_note"].format(day=valid)
    return Paper(
        occasion="offer",
        language=record.language,
        number=offer.number,
        state="quoted",
        agency=press.agency,
        made_at=offer.made_at.astimezone(press.zone),
        parties=(_party(press, record, words, words.labels["policyholder"]),),
        sum=_sum(press, record.language, offer.premium_cents, note),
        sections=(_offer_section(press, record, offer, words), *_answers(press, record)),
    )


def policy_paper(press: Press, policy: Issued, record: Record) -> Paper:
    """The policy, with the confirmation by which the customer asked for it."""
    words = paper_words(record.language)
    rows = [
        PaperRow(words.labels["policy_number"], policy.number, is_code=True),
        PaperRow(words.labels["starts_on"], day(policy.starts_on.isoformat(), record.language) if policy.starts_on else ""),
        PaperRow(words.labels["issued_at"], instant(policy.issued_at.astimezone(press.zone), record.language)),
    ]
    if record.offer:
        rows.append(PaperRow(words.labels["offer_number"], record.offer.number, is_code=True))
    binding, at = record.binding, record.confirmed_at
    return Paper(
        occasion="policy",
        language=record.language,
        number=policy.number,
        state="issued",
        agency=press.agency,
        made_at=policy.issued_at.astimezone(press.zone),
        parties=(_party(press, record, words, words.labels["policyholder"]),),
        sum=_sum(press, record.language, policy.premium_cents, words.labels["policy_note"]),
        sections=(PaperSection(words.labels["policy"], tuple(rows)), *_answers(press, record)),
        declarations=tuple(_declarations(press, record)),
        acts=tuple(_acts(press, record)),
        proof=_proof(binding, at.astimezone(press.zone)) if binding and at else None,
        verify_url=press.verify_url(policy.number, binding.text_sha256) if binding else None,
    )


def decided(record: Record) -> tuple[GivenAct, ...]:
    """Of a receipt for consents: the acts it receipts."""
    return tuple(act for act in record.acts if act.number > record.since)


def _decided(press: Press, kind: str, record: Record, words: PaperWords) -> Iterator[PaperSection]:
    if kind == "consents":
        rows = (act_words(press.catalogue, act, record.language) for act in decided(record))
        yield PaperSection(words.labels["decided"], tuple(PaperRow(label, answer) for label, answer in rows))


def _changes(press: Press, record: Record, words: PaperWords) -> Iterator[PaperSection]:
    """What the texts that were answered again say otherwise than before: old and new are told apart in words."""
    for module, before, after in record.renewed:
        old, new = press.catalogue.published.get((module, before)), press.catalogue.published.get((module, after))
        if old is None or new is None or not {record.language} <= old.texts.keys() & new.texts.keys():
            continue
        told = words.labels["changed"].format(title=new.words[record.language].title, before=before, after=after)
        found = differences(old.text(record.language), new.text(record.language))
        if rows := tuple(PaperRow(words.labels[side], said(text)) for change in found for side, text in change.told):
            yield PaperSection(told, rows)


def amount(press: Press, cents: int, language: str) -> str:
    return money(f"{cents // 100}.{cents % 100:02d}", press.currency, language)


def _sum(press: Press, language: str, cents: int, note: str) -> PaperSum:
    return PaperSum(amount(press, cents, language), paper_words(language).labels["per_year"], note)


def _proof(binding: Binding, at: datetime, signed: Signed | None = None, replaces: str = "") -> Proof:
    return Proof(binding.stamp, at, binding.sequence, binding.text_sha256, binding.head, signed, replaces)


def _party(press: Press, record: Record, words: PaperWords, title: str) -> PaperSection:
    labels, card = words.labels, card_with(record.card)
    rows = [PaperRow(_name_label(press, card, record.language) or labels["name"], record.name)]
    if tax_code := record.card.get(card.tax_code):
        rows.append(PaperRow(labels["tax_code"], str(tax_code), is_code=True))
    rows += [PaperRow(label, value) for label, value in show_signer(press.catalogue, record.card, record.language)]
    rows.append(PaperRow(labels["emails"], listed(record.emails, record.language)))
    return PaperSection(title, tuple(rows))


def _name_label(press: Press, card: Card, language: str) -> str | None:
    """As the card's form calls it, where one question tells the whole name."""
    first, *others = card.names
    return None if others else press.catalogue.words(card.form, language).questions[first.rpartition(".")[2]].label


def _offer_section(press: Press, record: Record, offer: Offered, words: PaperWords) -> PaperSection:
    labels, language = words.labels, record.language
    rows = [
        PaperRow(labels["offer_number"], offer.number, is_code=True),
        PaperRow(labels["premium"], amount(press, offer.premium_cents, language)),
        PaperRow(labels["valid_until"], day(offer.valid_until.isoformat(), language)),
    ]
    if offer.reason:
        rows.append(PaperRow(labels["reason"], offer.reason))
    return PaperSection(labels["offer"], tuple(rows))


def _price(press: Press, record: Record) -> Iterator[PaperSection]:
    """The price as it was shown: indicative with its factors, or a person's to make."""
    if record.pricing is None:
        return
    part = record.parts[0]
    words = PriceWords(press.catalogue, _words(press, part, record), press.currency, record.language)
    yield PaperSection(paper_words(record.language).labels["price"], price_rows(words, record.pricing))


def _declarations(press: Press, record: Record) -> Iterator[str]:
    for part in record.parts:
        declaration = _words(press, part, record).declaration
        if declaration:
            yield declaration


def _answers(press: Press, record: Record) -> Iterator[PaperSection]:
    """The answers by section, in the form's order; what was skipped is said to be not given."""
    for part in record.parts:
        form = _form(press, part)
        kind = card_with(record.card).kind
        environment = Environment(_today(record, press), record.card, press.catalogue.tables, press.currency, kind)
        words = _words(press, part, record)
        sections: dict[str, list[PaperRow]] = {}
        for step in _printed_steps(form, part.answers, environment):
            row = _row(step, part.answers, environment, words, record.language)
            origin = part.origins.get(step.key)
            told = origin_told(record.language, origin, press.agency.name) if origin is not None else ""
            sections.setdefault(step.section, []).append(replace(row, detail=told))
        for section, rows in sections.items():
            yield PaperSection(words.sections[section].title, tuple(rows))
        if part.unanswered:
            yield _unanswered(form, part, words, record.language)


def _unanswered(form: CompiledForm, part: Answered, words: Words, language: str) -> PaperSection:
    own, steps = paper_words(language), form.steps()
    questions = [steps[key].question for key in part.unanswered if key in steps]
    labels = [words.questions[question.name].label for question in questions if question is not None]
    return PaperSection(own.labels["unanswered"], tuple(PaperRow(label, own.missing) for label in labels))


def _printed_steps(form: CompiledForm, answers: Mapping[str, Wire], environment: Environment) -> Iterator[Step]:
    """Every question that has an answer, and those that applied and were skipped."""
    applied = {step.key for step in form.walk(answers, environment).steps}
    for key, step in form.steps().items():
        if step.question is None or step.question.type in {"confirm", "code"}:
            continue
        if key in answers or (key in applied and step.group is None and step.question.type != "computed"):
            yield step


def _row(step: Step, answers: Mapping[str, Wire], environment: Environment, words: Words, language: str) -> PaperRow:
    assert step.question is not None  # noqa: S101 - only questions are printed
    label = label_of(step, words, language)
    if step.key not in answers:
        return PaperRow(label, "")
    known = standing(step, environment, words, language)
    return PaperRow(label, TYPES[known.type].show(answers[step.key], known), is_code=step.question.type in CODES)


def _acts(press: Press, record: Record) -> Iterator[PaperAct]:
    for act in record.acts:
        title, answer = act_words(press.catalogue, act, record.language)
        yield PaperAct(title, answer, act.version[:SHORT_VERSION], act.text_sha256, act.at.astimezone(press.zone))


def act_rows(press: Press, acts: Sequence[GivenAct], language: str) -> tuple[tuple[str, str, str], ...]:
    """(title, answer, version) of each act on a module, as a mail names it."""
    on_modules = [act for act in acts if act.question.startswith("modules.")]
    return tuple((*act_words(press.catalogue, act, language), act.version) for act in on_modules)


def _form(press: Press, part: Answered) -> CompiledForm:
    """In the version it was confirmed in; in today's where that is no longer kept."""
    try:
        return press.catalogue.form(part.form, part.version)
    except KeyError:
        return press.catalogue.form(part.form)


def _words(press: Press, part: Answered, record: Record) -> Words:
    """As this kind of customer was asked."""
    kind = card_with(record.card).kind
    try:
        return press.catalogue.words(part.form, record.language, part.version, kind)
    except KeyError:
        return press.catalogue.words(part.form, record.language, party_kind=kind)


def _today(record: Record, press: Press) -> date:
    """The day of the confirmation: conditions that look at today must find what they found then."""
    at = record.confirmed_at or (record.offer.made_at if record.offer else None)
    return at.astimezone(press.zone).date() if at else date.min
