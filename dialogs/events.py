"""What can happen in a conversation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import msgspec

from forms.types.base import Wire
from rules.hours import Hours


@dataclass(frozen=True, slots=True)
class TextSaid:
    text: str
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A structured answer; `shown` where the channel sent what it had displayed."""

    question: str
    value: object
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Commanded:
    command: str  # back review change why help skip resend pause cancel restart language human menu
    # consents withdraw withdraw_request
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file already stored and sniffed: `value` is the wire value of type file."""

    question: str
    value: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Edited:
    """A message already read was changed afterwards: it had come while `question` was open, and now reads `text`."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class StaffSaid:
    """Said by the agency's side, unasked: becomes a turn without id and an SSE event.

    what: returned (questions, reason, submission, colleague) · accepted (submission, form) · rejected (reason) ·
    quoted (offer, premium_cents, valid_until, document, reason) · issued (policy_number, document) · expired (offer) ·
    still_right (kind, day) · taken_over (party), wrote (text), given_back: (colleague, colleague_id)."""

    what: Literal["returned", "accepted", "rejected", "quoted", "issued", "expired", "still_right", "taken_over", "wrote", "given_back"]
    facts: Mapping[str, Wire] = field(default_factory=dict)
    answers: Mapping[str, Wire] = field(default_factory=dict)
    """Of a submission sent back: as it was sent."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A clock tick that matters to this conversation (an offer expired, a reminder is due)."""


type Event = TextSaid | Answered | Commanded | Uploaded | Edited | StaffSaid | TimePassed


@dataclass(frozen=True, slots=True)
class KnownAct:
    question: str
    module: str
    version: str
    kind: str
    answer: str
    at: datetime
    stamp: str


@dataclass(frozen=True, slots=True)
class OpenOffer:
    offer: str
    submission: str
    premium_cents: int
    valid_until: date
    document: str | None = None


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Sent, and nothing yet that it could not be taken back from. `leaves`: of a card, what the registration is without it."""

    submission: str
    form: str
    at: datetime
    leaves: str | None = None


@dataclass(frozen=True, slots=True)
class KnownParty:
    """What storage knows of the bound party (or of the one an address being proved belongs to), as the engine needs it."""

    party: str
    display_name: str
    emails: tuple[str, ...]
    registration: str | None  # state of the latest registration submission: suspended in_review returned accepted …
    card: Mapping[str, Wire]  # the latest confirmed card, by full path
    kind: str = "person"  # whose card it is: forms.cards
    acts: tuple[KnownAct, ...] = ()  # the latest per question
    offers: tuple[OpenOffer, ...] = ()
    quotes: Mapping[str, str] = field(default_factory=dict)  # submission id -> state
    missing_for_issue: tuple[str, ...] = ()
    """What the policy lacks that the first open offer would become, or that was asked for already."""
    requests: tuple[OpenRequest, ...] = ()
    """What may be withdrawn, the latest first."""
    sent: frozenset[tuple[str, float]] = frozenset()
    """Drafts that were confirmed: form, and when each was begun."""
    settled: frozenset[str] = frozenset()
    """Submissions that wait for no answer of the customer's."""
    elsewhere: bytes | None = None
    """Snapshot of the customer's latest other conversation; only with the answer that proves the address."""


@dataclass(frozen=True, slots=True)
class KnownPrepared:
    """A card that waits for whoever has proved an address: proposals, nothing of which counts before the customer's own answer."""

    card: str
    form: str
    values: Mapping[str, Wire]
    """By full path."""
    colleague: str
    file: str
    at: datetime


class Circumstances(msgspec.Struct, frozen=True):
    """Time, randomness and settings, given and never looked up inside."""

    now: datetime
    timezone: str
    agency_name: str
    agency_email: str
    agency_phone: str
    currency: str
    languages: tuple[str, ...]
    draw_code: Callable[[], str]
    """Six digits, others each time: a one-time code, should one be needed."""
    code_resend: tuple[int, int]  # per minute, per hour
    offer_days: int
    area: str = ""
    """Address of the client area; empty = there is none."""
    hours: Hours | None = None  # of the office; None = nothing is said of them
    known: KnownParty | None = None
    prepared: KnownPrepared | None = None  # looked for whenever `known` is
    messenger: bool = False  # a third-party messenger: sensitive questions leave it
