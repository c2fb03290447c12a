"""The path of a customer's acts, whole or from an agreed day: each with its words, its text, its receipt and what it took the place of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from forms.cards import CARD_OF_FORM
from forms.catalogue import Catalogue
from forms.papers.wording import paper_words
from rules.consents import WITHDRAWN
from rules.stapling import Given, Stapled, staple
from storage.acts import KeptAct, read_acts
from storage.receipts import receipts_of
from storage.sealing import Owner


@dataclass(frozen=True, slots=True)
class PathRow:
    """One act. Empty: unknown, or none."""

    number: int
    at: datetime
    kind: str
    question: str
    label: str
    answer: str
    told: str
    """The answer as the module words it."""
    module: str
    version: str
    language: str
    channel: str
    stamp: str
    text_sha256: str
    is_text_kept: bool
    """The catalogue still holds the very text that was shown."""
    receipt: str
    replaces: int | None
    replaced_receipt: str
    link: str


async def read_path(
    session: AsyncSession, owner: Owner, catalogue: Catalogue, language: str, *, zone: ZoneInfo, since: date | None = None
) -> tuple[PathRow, ...]:
    """The oldest first. What an act took the place of is told also where that lies before the agreed day."""
    acts = await read_acts(session, owner)
    receipts = [(row.number, row.sequence) for row in reversed(await receipts_of(session, owner.id))]
    stapled = staple(given(catalogue, acts), receipts)
    rows = (_row(catalogue, act, papers, language) for act, papers in zip(acts, stapled, strict=True))
    return tuple(row for row in rows if since is None or row.at.astimezone(zone).date() >= since)


def given(catalogue: Catalogue, acts: Iterable[KeptAct]) -> tuple[Given, ...]:
    return tuple(Given(act.number, _subject(catalogue, act)) for act in acts)


def _subject(catalogue: Catalogue, act: KeptAct) -> str | None:
    """A later card takes the place of an earlier one, a later answer to a module that of the one before; each quote stands by itself."""
    if act.question.startswith("modules."):
        module = catalogue.published.get((act.module, act.version))
        return None if module is not None and module.module.occasion == "quote" else act.question
    if act.question in {"card.update", "quote_home.card_confirm"} or act.module in CARD_OF_FORM:
        return "card"
    return f"{act.question} {act.facts.get('offer') or act.facts.get('submission', '')}"


def _row(catalogue: Catalogue, act: KeptAct, papers: Stapled, language: str) -> PathRow:
    label, told = act_words(catalogue, act, language)
    shown = act.facts.get("text_sha256", "")
    module = catalogue.published.get((act.module, act.version))
    return PathRow(
        number=act.number,
        at=act.at,
        kind=act.kind,
        question=act.question,
        label=label,
        answer=act.answer,
        told=told,
        module=act.module,
        version=act.version,
        language=act.facts.get("language", ""),
        channel=act.facts.get("channel", ""),
        stamp=act.facts.get("stamp", ""),
        text_sha256=shown,
        is_text_kept=module is not None and shown in {module.text_sha256(each) for each in module.texts},
        receipt=papers.receipt,
        replaces=papers.replaces,
        replaced_receipt=papers.replaced_receipt,
        link=act.link.hex(),
    )


class Acted(Protocol):
    @property
    def question(self) -> str: ...
    @property
    def module(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def answer(self) -> str: ...


def _form_title(catalogue: Catalogue, question: str, language: str) -> str:
    """As the form is called today: a card's confirmation and a quote's stand on one receipt."""
    form = question.partition(".")[0]
    return catalogue.words(form, language).title if form in catalogue.forms else form


def act_words(catalogue: Catalogue, act: Acted, language: str) -> tuple[str, str]:
    """Label and answer as the module words them in the version that was answered; in the papers' own words where it belongs to none."""
    words, name = paper_words(language), act.question.rpartition(".")[2]
    own = words.own_acts.get(name, act.question), words.own_answers.get(act.answer, act.answer)
    module = catalogue.published.get((act.module, act.version))
    if module is None or language not in module.words:
        return own[0].format(title=_form_title(catalogue, act.question, language)), own[1]
    told = module.words[language].acts.get(name)
    if told is None:
        return own[0].format(title=module.words[language].title), own[1]
    return told.label, own[1] if act.answer == WITHDRAWN else told.answers.get(act.answer, own[1])
