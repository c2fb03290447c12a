"""What a page shows around the open question, worded: progress, card, paper, price, thread."""

from dataclasses import dataclass
from typing import Literal

from dialogs.messages import Ask, Row
from forms.differences import Change

type Scene = Literal["ask", "consent", "consents", "price", "review", "sent", "offer", "goal", "person", "closed"]


@dataclass(frozen=True, slots=True)
class Progress:
    title: str
    done: int
    of: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A module's text as shown and hashed (paragraphs, `## ` headings, `- ` lists; nothing else)."""

    title: str
    lead: str
    text: str
    version: str  # in the digits of the conversation's language
    valid_from: str  # worded in it
    sha256: str
    withdraw: str | None
    draft_note: str
    position: str | None  # "2 of 7" among the modules of this journey, worded
    changes: tuple[Change, ...] = ()
    """Where it is asked again: what it says otherwise than the version answered last."""
    before: str = ""
    """That version."""


@dataclass(frozen=True, slots=True)
class CoverPrice:
    name: str
    amount: str
    factors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Price:
    total: str | None  # worded; None = referral
    per: str
    note: str  # "indicative, not an offer" / why a person prices it
    covers: tuple[CoverPrice, ...]
    net: str
    tax: str
    assumptions: tuple[Row, ...]
    valid_until: str
    tariff_version: str
    tariff_sha256: str
    document: str | None = None
    """The offer's own paper."""


@dataclass(frozen=True, slots=True)
class RowGroup:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    question: str
    label: str
    answer: str
    stamp: str
    is_standing: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """The closing page of a form or an offer's answer: its receipt and stamp, what happens next."""

    form: str  # or offer_accept, offer_refuse, consents, withdrawal
    receipt: str
    stamp: str
    emails: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    who: Literal["house", "customer", "colleague"]
    name: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ChatView:
    language: str
    scene: Scene
    ask: Ask | None
    input: str  # the question type's native input
    doing: str  # "question 5 of 8"
    progress: tuple[Progress, ...]
    card: tuple[Row, ...]  # the present section's answers, oldest first, each with its path for Change
    can_go_back: bool
    can_skip: bool
    can_skip_section: bool
    example: str | None  # for the free text field
    thread: tuple[Said, ...]  # free talk: last exchanges, oldest first
    paper: Paper | None = None
    price: Price | None = None
    groups: tuple[RowGroup, ...] = ()  # review: everything, by section
    declaration: str | None = None
    sent: Sent | None = None
    colleague: str = ""
    """Who has taken the conversation over."""
    consents: tuple[Consent, ...] = ()
    """On the page of consents: all of them."""
    returned: str = ""
    """What a colleague has sent back and waits for, and why."""
    is_quote_begun: bool = False
    """Answers of a quote wait to be gone on with."""
