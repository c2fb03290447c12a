"""The certificate of erasure: what went, what stays and until when. It names nobody, so that it can stay for ever."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from forms.papers.model import Agency, Paper, PaperRow, PaperSection
from forms.papers.wording import paper_words
from forms.types.showing import day, in_digits


@dataclass(frozen=True, slots=True)
class Staying:
    """So many of a kind (`act`, or a kind of document), until that day included."""

    kind: str
    count: int
    until: date
    basis: str


@dataclass(frozen=True, slots=True)
class ErasureRecord:
    """What a certificate says; how many of each went."""

    language: str
    conversations: int
    documents: int
    mails: int
    acts: int
    programs: int = 0
    """Other programs that are told to delete it."""
    staying: tuple[Staying, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"staying": [asdict(each) | {"until": each.until.isoformat()} for each in self.staying]}


def record_from(kept: dict[str, Any]) -> ErasureRecord:
    staying = tuple(Staying(each["kind"], each["count"], date.fromisoformat(each["until"]), each["basis"]) for each in kept["staying"])
    return ErasureRecord(**{**kept, "staying": staying})


def erasure_paper(record: ErasureRecord, *, number: str, party: str, erased_at: datetime, agency: Agency) -> Paper:
    """`erased_at` in the agency's zone. The same record is always the same paper: it need not be kept."""
    words = paper_words(record.language)
    told = words.erasure
    return Paper(
        occasion="erasure",
        language=record.language,
        number=number,
        state="erased",
        agency=agency,
        made_at=erased_at,
        parties=(PaperSection(words.labels["path_of"], (PaperRow(told["number"], party, is_code=True),)),),
        sections=(PaperSection(told["gone"], tuple(_gone(record, told))), PaperSection(told["kept"], tuple(_staying(record, told)))),
        declarations=tuple(told[name] for name in ("apart", "chain", "sent", "backups") if name != "apart" or record.staying),
    )


def _gone(record: ErasureRecord, told: dict[str, str]) -> Iterator[PaperRow]:
    yield PaperRow(told["keys"], told["destroyed"])
    for name in ("conversations", "documents", "mails", "acts"):
        yield PaperRow(told[name], in_digits(str(getattr(record, name)), record.language))
    if record.programs:
        yield PaperRow(told["programs"], in_digits(str(record.programs), record.language))


def _staying(record: ErasureRecord, told: dict[str, str]) -> Iterator[PaperRow]:
    if not record.staying:
        yield PaperRow(told["kept"], told["nothing"])
    for each in record.staying:
        count, until = in_digits(str(each.count), record.language), day(each.until.isoformat(), record.language)
        yield PaperRow(told[each.kind], told["until"].format(count=count, day=until), detail=each.basis)
