"""The page of a bundle: what it proves and what not, in the customer's language and in English."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from bots.papers import GivenAct, Press
from dialogs.paths import act_words
from forms.papers.showing import grouped, instant
from forms.types.showing import in_digits, isolated
from rules.languages import direction
from storage.acts import OpenedAct

SHORT = 16
OPTION = Markup('<code dir="ltr">--seen</code>')


class BundleWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    lead: str
    proved_title: str
    proved: tuple[str, ...]
    unproved_title: str
    unproved: tuple[str, ...]
    check_title: str
    check: tuple[str, ...]
    stamps: str
    acts_title: str
    acts_head: tuple[str, ...]
    receipts_title: str
    receipts_head: tuple[str, ...]
    documents_title: str
    missing: str
    unprinted: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What the page lists: acts, and receipts and documents as the bundle tells them; the file of each text by module and version."""

    acts: Sequence[OpenedAct]
    receipts: Sequence[Mapping[str, Any]]
    documents: Sequence[Mapping[str, Any]]
    texts: Mapping[tuple[str, str], str]


@cache
def bundle_words(language: str) -> BundleWords:
    text = files("bots.evidence").joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
    return BundleWords.model_validate(yaml.safe_load(text))


def page(press: Press, language: str, at: datetime, listed: Listed, stamped: Sequence[str]) -> str:
    """`stamped`: days whose root has a time stamp."""
    templates = Environment(loader=PackageLoader("bots.evidence"), autoescape=True, undefined=StrictUndefined)
    receipts = [
        {**each, "at": _shown(press, datetime.fromisoformat(each["at"]), language), "head": grouped(each["head"][:SHORT])}
        for each in listed.receipts
    ]
    return templates.get_template("index.html").render(
        languages=[_spoken(press, each, at) for each in dict.fromkeys((language, "en"))],
        acts=list(_acts(press, language, listed)),
        receipts=receipts,
        documents=[each for each in listed.documents if each["kind"] != "receipt" or each["file"] is None],
        option=OPTION,
        seen=receipts[0]["head"] if receipts else "0123abcd 4567ef89",
        stamp=f"timestamps/{stamped[-1]}" if stamped else "",
    )


def _spoken(press: Press, language: str, at: datetime) -> dict[str, object]:
    words = bundle_words(language)
    lead = words.lead.format(agency=isolated(press.agency.name, language), made=isolated(_shown(press, at, language), language))
    return {"language": language, "dir": direction(language), "words": words, "lead": lead}


def _acts(press: Press, language: str, listed: Listed) -> Iterator[dict[str, object]]:
    for act in listed.acts:
        row = act.row
        given = GivenAct(row.question, row.module, row.version, row.answer, row.at, "")
        title, answer = act_words(press.catalogue, given, language)
        told = {
            "number": in_digits(str(row.number), language),
            "at": _shown(press, row.at, language),
            "title": title,
            "answer": answer,
            "version": row.version[:SHORT],
        }
        yield told | {"text": listed.texts.get((row.module, row.version))}


def _shown(press: Press, at: datetime, language: str) -> str:
    return instant(at.astimezone(press.zone), language)
