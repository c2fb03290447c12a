"""Which lists leave the house, in which formats, and when a second person must agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.refusals import Reason, Refused
from rules.writing import cleaned, is_writing

LEAST_PURPOSE, MOST_PURPOSE = 8, 200  # characters: "x" says nothing, and it stands in every line of the file
VALID = timedelta(days=1)
"""An order that nobody fetched by then must be given again, with its purpose."""


class Subject(StrEnum):
    CLIENTS = "clients"
    SUBMISSIONS = "submissions"
    ACTS = "acts"
    DEADLINES = "deadlines"


class Aim(StrEnum):
    """What a list is for, beside the purpose in the colleague's own words (S4-20)."""

    SERVICE = "service"
    """The customers' own requests and contracts."""
    PROGRAM = "program"
    """Another program of the agency's."""
    LAW = "law"
    """A duty, an authority, a dispute."""
    ADVERTISING = "advertising"
    """Refused: in a list there are also those who did not agree."""


class Format(StrEnum):
    CSV = "csv"
    TXT = "txt"
    XML = "xml"
    JSON = "json"
    JSONL = "jsonl"
    VCF = "vcf"
    VCF3 = "vcf3"
    ICS = "ics"


_TABLES = (Format.CSV, Format.TXT, Format.XML, Format.JSON, Format.JSONL)
FORMATS: Mapping[Subject, tuple[Format, ...]] = {
    Subject.CLIENTS: (*_TABLES, Format.VCF, Format.VCF3),
    Subject.SUBMISSIONS: _TABLES,
    Subject.ACTS: _TABLES,
    Subject.DEADLINES: (*_TABLES, Format.ICS),
}
ENDINGS: Mapping[Format, str] = {Format.VCF3: "vcf"}
"""Of the files' names, where it is not the format's own."""


@dataclass(frozen=True, slots=True)
class Order:
    """A list that a colleague asked for; `rows` as counted when they did."""

    by: str
    at: datetime
    rows: int
    agreed_by: str | None = None

    def has_ended(self, now: datetime) -> bool:
        return now >= self.at + VALID


def check_purpose(told: str, *, too_short: str = "purpose_needed") -> str:
    """The purpose as it is kept. Raises Refused, where it says too little with the state `too_short`."""
    purpose = " ".join(cleaned(told).split())
    if len(purpose) < LEAST_PURPOSE:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state=too_short)
    if len(purpose) > MOST_PURPOSE:
        raise Refused(Reason.TOO_LONG, max_length=MOST_PURPOSE)
    if not is_writing(purpose):
        raise Refused(Reason.UNREADABLE_CHARACTERS)
    return purpose


def check_aim(aim: Aim) -> None:
    """Raises Refused for what customers have not allowed a list for."""
    if aim is Aim.ADVERTISING:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="export_advertising")


def needs_second(rows: int, most_alone: int, alone: int = 0) -> bool:
    """`alone`: lines of their other lists that who ordered it has fetched on their own within `VALID`, else a long list goes in slices."""
    return rows + alone > most_alone


def check_agreement(order: Order, colleague: str, now: datetime) -> None:
    """Raises Refused: nobody agrees to what they ordered themselves, nor to what has ended."""
    if order.by == colleague:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="own_export")
    if order.has_ended(now):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="export_ended")


def check_destruction(by: str | None, colleague: str, *, is_fetched: bool) -> None:
    """Raises Refused. Only who has the file can say that it is gone; of one from the command line, or whose colleague has left (`by` is None),
    whoever answers for lists."""
    if by not in {None, colleague}:
        raise Refused(Reason.NOT_ALLOWED)
    if not is_fetched:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="export_not_fetched")


def check_fetch(order: Order, colleague: str, rows: int, *, alone: int, most_alone: int, now: datetime) -> None:
    """Raises Refused. `rows` as counted now: what has grown past the limit since needs a second person too, and what has grown
    past what the second person saw by more than the limit needs one anew. `alone`: as in `needs_second`."""
    if order.by != colleague:
        raise Refused(Reason.NOT_ALLOWED)
    if order.has_ended(now):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="export_ended")
    is_agreed = order.agreed_by is not None
    if needs_second(rows, order.rows + most_alone) if is_agreed else needs_second(rows, most_alone, alone):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="second_person")
