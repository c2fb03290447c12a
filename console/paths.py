"""The path of a customer's acts as a colleague reads and hands it out: page, PDF, CSV, JSON. Every look is an audit event."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

import orjson

from console.acting import Actor, acting
from dialogs.paths import PathRow, read_path
from dialogs.services import Services, agency_of
from forms.papers.model import Paper, PaperAct, PaperRow, PaperSection
from forms.papers.wording import paper_words
from forms.types.showing import day, side_by_side
from rules.access import Action

MEDIA = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "json": "application/json"}
COLUMNS = (
    "number", "at", "kind", "label", "told", "question", "answer", "module", "version", "language", "channel", "stamp", "text_sha256",
    "is_text_kept", "receipt", "replaces", "replaced_receipt", "link",
)  # fmt: skip
_FORMULA = tuple("=+-@|%\t\r＝＋－＠")
"""Signs at which a spreadsheet begins to calculate, full-width ones too."""


@dataclass(frozen=True, slots=True)
class Path:
    party: UUID
    customer: str
    since: date | None
    rows: tuple[PathRow, ...]


async def open_path(services: Services, actor: Actor, party: UUID, language: str, since: date | None = None, *, form: str = "page") -> Path:
    """`form`: as what it is handed out. Raises Refused(NOT_ALLOWED) for a customer who is not there or in another's portfolio."""
    async with acting(services, actor, Action.READ_CLIENT, party) as work:
        owner = await work.owner(party)
        rows = await read_path(work.session, owner, services.catalogue, language, zone=services.settings.zone, since=since)
        work.detail |= {"what": "path", "form": form, "rows": len(rows)}
        return Path(party, (await work.row(party)).display_name or "", since, rows)


async def write_path(services: Services, actor: Actor, party: UUID, language: str, since: date | None = None, *, form: str) -> bytes:
    """`form`: one of MEDIA. Raises as `open_path`."""
    path = await open_path(services, actor, party, language, since, form=form)
    if form == "csv":
        return as_csv(path.rows)
    if form == "json":
        return as_json(path)
    return await services.print_paper(as_paper(services, path, language, services.clock()))


def as_csv(rows: Sequence[PathRow]) -> bytes:
    """For spreadsheets: none of its cells is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(getattr(row, column)) for column in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case bool():
            return int(value)
        case str() if value.lstrip(" ").startswith(_FORMULA):
            return f"'{value}"
        case _:
            return value


def as_json(path: Path) -> bytes:
    told = {"party": str(path.party), "since": path.since, "acts": [asdict(row) for row in path.rows]}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def as_paper(services: Services, path: Path, language: str, now: datetime) -> Paper:
    words = paper_words(language)
    since = day(path.since.isoformat(), language) if path.since else words.labels["from_start"]
    rows = (PaperRow(words.labels["name"], path.customer), PaperRow(words.labels["since"], since))
    return Paper(
        occasion="path",
        language=language,
        number=str(path.party),
        state="path",
        agency=agency_of(services.settings),
        made_at=now.astimezone(services.settings.zone),
        parties=(PaperSection(words.labels["path_of"], rows),),
        acts=tuple(_act(services, row, language) for row in path.rows),
    )


def _act(services: Services, row: PathRow, language: str) -> PaperAct:
    words = paper_words(language)
    papers = [row.receipt, words.labels["replaces_one"].format(receipt=row.replaced_receipt) if row.replaced_receipt else ""]
    note = side_by_side((part for part in papers if part), language)
    return PaperAct(row.label, row.told, row.version[:12], row.text_sha256, row.at.astimezone(services.settings.zone), note)
