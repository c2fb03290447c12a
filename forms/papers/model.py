"""What stands on a paper: plain values, already worded in the paper's language by the catalogue; nothing is markup."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

type Occasion = Literal[
    "registration",
    "quote",
    "card_update",
    "card_confirmation",
    "offer_acceptance",
    "offer_refusal",
    "consents",
    "withdrawal",
    "offer",
    "policy",
    "path",
    "erasure",
]
type PaperState = Literal[
    "suspended", "confirmed", "quoted", "issue_requested", "issued", "refused", "recorded", "withdrawn", "path", "erased"
]


@dataclass(frozen=True, slots=True)
class Agency:
    name: str
    under: str
    """One line under the name: address, register number, e-mail."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    label: str
    value: str
    is_code: bool = False
    """A code (tax code, IBAN, number, hash): printed in mono, kept whole where it fits."""
    detail: str = ""
    """How the value came about, small under it."""


@dataclass(frozen=True, slots=True)
class PaperSection:
    title: str
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True, slots=True)
class PaperAct:
    title: str
    answer: str
    version: str
    text_sha256: str
    at: datetime
    note: str = ""
    """The paper that tells it, and the one whose place that took."""


@dataclass(frozen=True, slots=True)
class PaperSum:
    """The premium, large, with the sentence that says what it is."""

    amount: str
    per: str
    note: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What the agency signed about this paper, in hex; `root_day` is empty before the ledger had its first root."""

    key: str
    signature: str
    root: str = ""
    root_day: date | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """The literal validation string and what makes it unambiguous."""

    stamp: str
    sent_at: datetime
    """In the agency's zone: its offset is printed."""
    sequence: int
    shown_sha256: str
    chain_head: str
    signed: Signed | None = None
    replaces: str = ""
    """Numbers of the receipts whose place this one takes, in whole or in part."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A receipt's last page: what was recorded about the confirmation, step by step."""

    sections: tuple[PaperSection, ...]
    notes: tuple[str, ...]
    """What it proves, and what it does not."""


@dataclass(frozen=True, slots=True)
class Paper:
    occasion: Occasion
    language: str
    number: str
    state: PaperState
    agency: Agency
    made_at: datetime
    """The paper's instant: the only time in it, so the same paper is the same bytes."""
    parties: tuple[PaperSection, ...] = ()
    sum: PaperSum | None = None
    sections: tuple[PaperSection, ...] = ()
    declarations: tuple[str, ...] = ()
    acts: tuple[PaperAct, ...] = ()
    proof: Proof | None = None
    certificate: Certificate | None = None
    verify_url: str | None = None
    record: str = ""
    """What the paper tells, as JSON for a program: a file inside of the file."""
