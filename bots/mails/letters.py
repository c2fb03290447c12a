"""What a mail says, once: both its bodies are made from the same letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel, ConfigDict

from forms.types.showing import in_digits, isolated, manner, named
from rules.languages import direction


class KindWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    preheader: str
    title: str
    paragraphs: tuple[str, ...]
    rows: dict[str, str] = {}
    """Label by fact: a row is shown where the fact is given."""
    closing: str | None = None
    file: str | None = None
    """First word of the attachment's name."""
    steps: tuple[str, ...] = ()
    code: bool = False
    button: bool = True
    open: str | None = None
    safe: str | None = ""
    """Empty: the common sentence; null: none."""
    foot: str | None = None
    """In place of the common one, which says that it is no advertising."""


class CommonWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    stamp: str
    head: str
    root: str
    check: str
    next: str
    attached: str
    open: str
    safe: str
    foot: str
    mail_file: str
    changed: str


class MailWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    common: CommonWords
    kinds: dict[str, KindWords]
    what: dict[str, str]
    topics: dict[str, str]
    """What whoever wants to be called was at, by goal."""
    act: str


@dataclass(frozen=True, slots=True)
class House:
    """Who writes, and where the customer goes back to."""

    agency: str
    email: str
    under: str
    url: str


@dataclass(frozen=True, slots=True)
class LetterRow:
    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    language: str
    subject: str
    preheader: str
    title: str
    paragraphs: tuple[str, ...]
    code: str | None
    rows: tuple[LetterRow, ...]
    stamp: LetterRow | None
    closing: tuple[str, ...]
    next_title: str
    steps: tuple[str, ...]
    button: tuple[str, str] | None
    safe: str | None
    foot: str
    agency: str
    attachment: str | None

    @property
    def dir(self) -> str:
        return direction(self.language)

    @property
    def start(self) -> str:
        """The edge where lines begin: mail programs know no logical sides."""
        return "right" if self.dir == "rtl" else "left"


@cache
def mail_words(language: str) -> MailWords:
    text = files("bots.mails").joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
    return MailWords.model_validate(yaml.load(text, yaml.CSafeLoader))


REMINDS = frozenset({"receipt_registration", "receipt_quote", "receipt_card_confirmation", "receipt_offer_acceptance", "offer", "policy"})
"""Kinds with which a customer is reminded to say so where they can be reached otherwise (S4-26)."""
CODES = frozenset({"number", "phone"})  # facts shown in mono


def compose(
    kind: str, language: str, facts: Mapping[str, str], house: House, *, more_rows: tuple[LetterRow, ...] = (), with_file: bool = False
) -> Letter:
    """The letter of `kind`. Facts are worded values; `stamp` is printed to the letter, `number` names the file."""
    words = mail_words(language)
    kind_words, common = words.kinds[kind], words.common
    known = _Told({name: isolated(fact, language) for name, fact in {"agency": house.agency, **facts}.items()})
    name = common.mail_file.format(word=kind_words.file, number=facts.get("number", "")) if with_file and kind_words.file else None
    rows = [LetterRow(label, facts[fact], fact in CODES) for fact, label in kind_words.rows.items() if facts.get(fact)]
    closing = [kind_words.closing] if kind_words.closing and with_file else []
    closing += [common.changed] if kind in REMINDS else []
    safe = common.safe if kind_words.safe == "" else kind_words.safe
    return Letter(
        language=language,
        subject=_one_line(kind_words.subject.format_map(_Told({"agency": house.agency, **facts}))),
        preheader=kind_words.preheader,
        title=kind_words.title.format_map(known),
        paragraphs=tuple(paragraph.format_map(known) for paragraph in kind_words.paragraphs),
        code=_Told(facts)["code"] if kind_words.code else None,
        rows=(*rows, *more_rows),
        stamp=LetterRow(common.stamp, facts["stamp"], is_code=True) if "stamp" in facts and not kind_words.code else None,
        closing=(*closing, *([common.attached.format(name=isolated(name, language))] if name else [])),
        next_title=common.next,
        steps=kind_words.steps,
        button=(kind_words.open or common.open, house.url) if kind_words.button else None,
        safe=safe,
        foot=(kind_words.foot or common.foot).format(agency=isolated(house.agency, language), under=isolated(house.under, language)),
        agency=house.agency,
        attachment=name,
    )


class _Told(dict[str, str]):
    """A fact that is not known leaves a dash: a mail goes out all the same."""

    def __missing__(self, fact: str) -> str:
        return "—"


def _one_line(text: str) -> str:
    """A subject from facts that may hold line breaks; a header may not."""
    return " ".join(text.split())


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("bots.mails"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(named=named, colon=lambda language: manner(language).colon.rstrip(), in_digits=in_digits)
    return made


def as_html(letter: Letter) -> str:
    return _templates().get_template("mail.html").render(letter=letter)


def as_text(letter: Letter) -> str:
    return _templates().get_template("mail.txt").render(letter=letter)
