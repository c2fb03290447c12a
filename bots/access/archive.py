"""The archive of all that is held about a customer: data.json for programs, index.html for people, every document."""

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import IO, Any, Literal
from uuid import UUID

import orjson
import yaml
from jinja2 import Environment as Templates
from jinja2 import PackageLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict

from bots.access.gathering import Json, gather, gather_talks
from bots.evidence.bundle import ENDINGS
from bots.mails.letters import mail_words
from dialogs.desk import local_day
from dialogs.services import Services
from forms.computed import Environment
from forms.papers.showing import instant, second
from forms.papers.wording import paper_words
from forms.showing import ShownSection, show_answers
from rules.languages import direction
from storage.audit import Audited, audit
from storage.documents import UNREAD
from storage.sealing import Owner
from storage.tables.evidence import Document

CHUNK = 1 << 16


class ArchiveWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    lead: str
    card: str
    requests: str
    imported: str
    prepared: str
    policies: str
    acts: str
    account: str
    documents: str
    mails: str
    programs: str
    programs_due: str
    programs_maybe: str
    programs_theirs: str
    talks: str
    looked_at: str
    looked_lead: str
    refused: str
    none: str
    missing: str
    also: str
    who: dict[str, str]
    roles: dict[str, str]
    actions: dict[str, str]
    letters: dict[str, str]


@cache
def archive_words(language: str) -> ArchiveWords:
    text = files("bots.access").joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
    return ArchiveWords.model_validate(yaml.safe_load(text))


async def write_archive(services: Services, party: UUID, out: IO[bytes], *, who: Literal["customer", "operator"]) -> list[str]:
    """Titles of the documents that could be read in neither store. Raises LookupError for a party there is not, ErasedError for one erased.

    That it was made is the last line of who looked at the data."""
    at = services.clock()
    async with services.database.transaction() as session:
        await audit(session, Audited("access.made", at, who, party=party))
        told, owner, documents = await gather(session, services, party)
        told["conversations"] = await gather_talks(session, services, party)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry, row in zip(told["documents"], documents, strict=True):
            entry["file"] = await _add_document(services, owner, row, packed)
        head = {"format": "sospeso.access.v1", "made_at": at, "agency": services.settings.agency_name}
        packed.writestr("data.json", orjson.dumps(head | told, default=str, option=orjson.OPT_INDENT_2))
        packed.writestr("index.html", await asyncio.to_thread(_page, services, told, at))
    return [str(each["title"]) for each in told["documents"] if each["file"] is None]


async def stream_archive(services: Services, party: UUID, *, who: Literal["customer", "operator"]) -> AsyncIterator[bytes]:
    """The same, whole before its first piece is given: what fails is an error, and no half of a file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the pieces close it
    try:
        await write_archive(services, party, file, who=who)
    except BaseException:
        file.close()
        raise
    return _pieces(file)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


async def _add_document(services: Services, owner: Owner, row: Document, packed: zipfile.ZipFile) -> str | None:
    try:
        content = await services.documents.read(owner, row)
    except UNREAD:
        return None
    path = f"documents/{row.kind}-{row.id}.{ENDINGS.get(row.media_type, 'bin')}"
    packed.writestr(path, content)
    return path


def _page(services: Services, told: Json, at: datetime) -> str:
    language = told["customer"]["language"]
    words, zone = archive_words(language), services.settings.zone

    def shown(moment: datetime) -> str:
        return second(moment.astimezone(zone), language)

    card = told["cards"][-1] if told["cards"] else None
    return _templates().get_template("index.html").render(
        language=language,
        dir=direction(language),
        words=words,
        titles=_titles(language),
        channels=paper_words(language).certificate.channels,
        lead=words.lead.format(agency=services.settings.agency_name, made=instant(at.astimezone(zone), language)),
        told=told,
        card=list(_shown(services, told, card["form"], card["form_version"], card["answers"])) if card else [],
        imported=[list(_shown(services, told, each["form"], "", each["values"])) for each in told["imported"]],
        prepared=[list(_shown(services, told, each["form"], "", each["values"])) for each in told["prepared"]],
        requests=[
            (
                services.catalogue.words(each["form"], language).title,
                each,
                list(_shown(services, told, each["form"], each["form_version"], each["answers"])),
            )
            for each in told["requests"]
        ],
        shown=shown,
    )  # fmt: skip


def _titles(language: str) -> Mapping[str, str]:
    """Of the mails by kind: those whose own title names nothing in particular are called in words of this page."""
    mails = {kind: mail.title for kind, mail in mail_words(language).kinds.items() if "{" not in mail.title}
    return mails | paper_words(language).titles | archive_words(language).letters


def _shown(services: Services, told: Json, form: str, version: str, answers: Mapping[str, Any]) -> Iterator[ShownSection]:
    """By the form in the version that was answered, where it is kept; else today's."""
    catalogue, language, kind = services.catalogue, told["customer"]["language"], told["customer"]["kind"]
    try:
        asked, words = catalogue.form(form, version), catalogue.words(form, language, version, kind)
    except KeyError:
        asked, words = catalogue.form(form), catalogue.words(form, language, party_kind=kind)
    card = told["cards"][-1]["answers"] if told["cards"] else {}
    today = local_day(services.clock(), services.settings.timezone)
    yield from show_answers(asked, words, answers, Environment(today, card, catalogue.tables, services.settings.currency, kind), language)


@cache
def _templates() -> Templates:
    return Templates(loader=PackageLoader("bots.access"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
