"""What a turn changes beyond its conversation. All effects of a turn are applied in its one transaction, in order.

`applied` (dialogs/turn.py) returns the facts that `Later` names: receipt, stamp, document, …
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from forms.types.base import Wire
from rules.origins import Origins


@dataclass(frozen=True, slots=True)
class MailCode:
    """A one-time code to an address not yet proved. The only thing ever mailed to one."""

    email: str
    code: str
    language: str


@dataclass(frozen=True, slots=True)
class WrongCode:
    """A code was guessed wrongly: counted over all conversations, so that opening many gives no further guesses."""

    email: str


@dataclass(frozen=True, slots=True)
class BindParty:
    """The address was proved: this conversation belongs to its party (the one whose card holds it, else a new one)."""

    email: str


@dataclass(frozen=True, slots=True)
class ProveEmail:
    """A further address of the bound party was proved."""

    email: str


@dataclass(frozen=True, slots=True)
class RecordAct:
    """An authorisation, confirmation, consent or notice, on exactly the text shown."""

    question: str  # modules.privacy_marketing.act_email
    module: str
    version: str
    kind: str  # authorisation, confirmation, consent, notice
    answer: str  # accept, refuse, seen, confirm; withdrawn where a yes is taken back
    text_sha256: str
    shown: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeConsents:
    """Acts on consents outside of any form: taken back, or given after all. Receipted together. Later: receipt, stamp."""

    acts: tuple[RecordAct, ...]
    shown: str
    at: datetime
    stamp: str
    language: str


@dataclass(frozen=True, slots=True)
class KeepRefusalOnly:
    """Electronic collection refused: the refusal stays as a salted act, the conversation's key is destroyed."""

    act: RecordAct


@dataclass(frozen=True, slots=True)
class ForgetConversation:
    """Under age: nothing is kept."""

    reason: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """A form was confirmed: its submission is suspended, the receipt numbered and its jobs enqueued. Later: receipt, stamp.

    `submission` is set where a returned one comes back; `begun` tells the draft from every other of the customer's."""

    form: str
    form_version: str
    answers: Mapping[str, Wire]
    shown: str
    at: datetime
    stamp: str
    language: str
    begun: datetime | None = None
    submission: str | None = None
    premium_cents: int | None = None
    tariff_version: str | None = None
    pricing: Mapping[str, object] | None = None  # factors, assumptions or referral reasons, as data
    unanswered: tuple[str, ...] = ()
    origins: Origins = field(default_factory=dict)
    """Of answers that somebody had prepared."""


@dataclass(frozen=True, slots=True)
class ConfirmCard:
    """The new confirmation of card and acts before a quote (S0-36): an act with its own receipt entry."""

    shown: str
    at: datetime
    stamp: str
    language: str


@dataclass(frozen=True, slots=True)
class DecideOffer:
    """The customer's answer to an offer: accepted = the policy is asked for (S0-40), with a receipt. Later: receipt, stamp."""

    offer: str
    answer: Literal["accept", "refuse"]
    shown: str
    at: datetime
    stamp: str
    language: str


@dataclass(frozen=True, slots=True)
class CompleteCard:
    """Answers of a card the agency already has, corrected, or skipped before and needed for issue: a suspended card update.
    Later: receipt, stamp."""

    answers: Mapping[str, Wire]
    at: datetime
    shown: str = ""
    """Of the whole card, where it was shown and confirmed."""
    origins: Origins = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeepStillRight:
    """The card was shown whole, and the customer says that it is still right (S4-26)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class EndPrepared:
    """What was prepared for the customer has been decided on and is destroyed."""

    card: str
    how: Literal["used", "declined"]


@dataclass(frozen=True, slots=True)
class RequestCall:
    """A call-back, at any time (S0-34)."""

    phone: str | None
    topic: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskForPerson:
    """The customer waits for a colleague in this conversation. Later: before."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TakeOver:
    """The colleague has the conversation, unless another was faster. `party`: whose it was as they looked; empty = a visitor's."""

    colleague: str
    party: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeepAnswered:
    """The colleague wrote, and must have the conversation for it."""

    colleague: str


@dataclass(frozen=True, slots=True)
class ReachColleague:
    """The customer wrote to the colleague who has the conversation."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The conversation goes on without a colleague; `colleague` = only where it is theirs."""

    at: datetime
    colleague: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The customer takes a submission back that is no policy yet. Later: receipt, stamp."""

    submission: str
    shown: str
    at: datetime
    stamp: str
    language: str


@dataclass(frozen=True, slots=True)
class SettleUploads:
    """Files, by their ids: `taken`, named from now on, of which this very turn brought `handed_in`; `let_go`, named no more."""

    taken: tuple[str, ...]
    let_go: tuple[str, ...]
    handed_in: tuple[str, ...] = ()


type Effect = (
    MailCode | WrongCode | BindParty | ProveEmail | RecordAct | ChangeConsents | KeepRefusalOnly | ForgetConversation | Suspend | ConfirmCard
    | DecideOffer | CompleteCard | RequestCall | Withdraw | AskForPerson | TakeOver | KeepAnswered | ReachColleague | GiveBack
    | EndPrepared | KeepStillRight | SettleUploads
)  # fmt: skip
