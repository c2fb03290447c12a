"""The snapshot of one conversation: what was answered, done and shown. There is no current node; the next question is computed."""

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from dialogs.events import KnownAct, OpenOffer, OpenRequest
from forms.types.base import Wire
from rules.refusals import Fact


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """Immutable and small: what has its default is not written."""


class Proof(Part, frozen=True):
    """A one-time code that was sent: only a salted hash of it is kept."""

    email: str
    path: str  # the question it answers: journey.email_code, or one of a group
    digest: str
    sent_at: float  # POSIX seconds; also the salt
    tries: int = 0


class Pending(Part, frozen=True):
    """Something understood that waits for an explicit yes at `<path>.sure`; `text` is the question, as worded when it arose."""

    kind: Literal["doubt", "correction", "command", "facts"]
    path: str  # of the answer, or `journey.<command>`
    key: str
    value: Wire
    text: str
    facts: tuple[tuple[str, Wire], ...] = ()  # several values by their keys, told in one message


class Offered(Part, frozen=True):
    """More than one reading of an answer: the same question stands with these choices."""

    key: str
    choices: tuple[tuple[str, str], ...]


class Act(Part, frozen=True):
    """An authorisation, confirmation, consent or notice, here or in an earlier conversation."""

    module: str
    version: str
    kind: str
    answer: str
    at: float
    stamp: str


class Offer(Part, frozen=True):
    offer: str
    submission: str
    premium_cents: int
    valid_until: str  # ISO date
    document: str | None = None


class Prepared(Part, frozen=True):
    """A card that somebody has prepared (dialogs/proposals.py). `open`: keys of a card already sent that were prepared otherwise and wait
    to be decided on; `told` = the customer knows that there is one."""

    card: str
    form: str
    colleague: str
    file: str
    at: float
    values: dict[str, Wire] = {}
    open: tuple[str, ...] = ()
    told: bool = False


class Request(Part, frozen=True):
    """Of dialogs.events.OpenRequest."""

    submission: str
    form: str
    at: float
    leaves: str | None = None


class Client(Part, frozen=True):
    """What storage said last of the bound party; refreshed whenever `circumstances.known` comes with a turn."""

    party: str = ""
    name: str = ""
    emails: tuple[str, ...] = ()
    registration: str | None = None
    offers: tuple[Offer, ...] = ()
    quotes: dict[str, str] = {}
    requests: tuple[Request, ...] = ()
    missing: tuple[str, ...] = ()  # questions of the card, and acts that no yes in force stands for

    def with_given(self, questions: Collection[str]) -> "Client":
        return msgspec.structs.replace(self, missing=tuple(name for name in self.missing if name not in questions))


class Returned(Part, frozen=True):
    """What a colleague sent back: only these questions are asked again, then the form is confirmed again."""

    submission: str
    form: str
    questions: tuple[str, ...]
    reason: str = ""
    colleague: str = ""

    def without(self, key: str) -> "Returned":
        return msgspec.structs.replace(self, questions=tuple(question for question in self.questions if question != key))


class Aside(Part, frozen=True):
    """A draft that waits while an earlier submission of the same form is mended."""

    answers: dict[str, Wire] = {}
    skipped: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    priced: "Priced | None" = None
    version: str = ""


class Priced(Part, frozen=True):
    """The indicative price as told last, so that a change of it can be told."""

    cents: int | None  # None = a person prices it
    path: str  # the question that stood open under it


class Closing(Part, frozen=True):
    """The act that was receipted last; `receipt` is filled by `State.settled`."""

    form: str
    stamp: str
    receipt: str = ""


class Colleague(Part, frozen=True):
    """Who has taken the conversation over; `told` = the customer knows that their words reach them."""

    id: str
    name: str
    since: float
    told: bool = False


class Line(Part, frozen=True):
    """One line of the free talk above the sheet."""

    who: Literal["house", "customer", "colleague"]
    text: str
    name: str | None = None


class State(Part, frozen=True):
    language: str
    open: str = ""  # path of the open question; empty = the conversation has ended
    shown: str = ""  # hash of everything displayed with it
    goal: str | None = None
    detour: str | None = None  # `contact` while a call-back interrupts the goal
    withdrawing: str = ""  # the submission chosen, in the detour of withdrawals
    redo: str | None = None  # key of the answered question that is open again (back, change)
    redo_from: str = ""  # where one was: straight back there
    answers: dict[str, Wire] = {}  # by full path; the card's too
    skipped: tuple[str, ...] = ()
    versions: dict[str, str] = {}  # form -> version it was begun with
    begun: dict[str, float] = {}  # form -> POSIX seconds at which its latest draft was begun: in every browser the same, sent once
    acts: dict[str, Act] = {}  # latest per question
    given: tuple[str, ...] = ()  # act questions answered since the last form was suspended
    changed_card: tuple[str, ...] = ()  # keys of the confirmed card answered anew, not yet told to the agency
    submitted: tuple[str, ...] = ()  # forms suspended and not begun again
    bound: bool = False
    proof: Proof | None = None
    codes_sent: tuple[float, ...] = ()  # of the last hour
    pending: Pending | None = None
    offered: Offered | None = None
    client: Client = Client()
    returned: Returned | None = None
    waiting: Returned | None = None  # what came back and was set aside for the menu
    aside: Aside | None = None
    prepared: Prepared | None = None
    prepared_before: tuple[Prepared, ...] = ()  # those whose place it took: what was answered by them is from them still
    priced: Priced | None = None
    closing: Closing | None = None
    failed: int = 0  # answers to the open question refused in a row
    colleague: Colleague | None = None  # while set the house asks nothing
    thread: tuple[Line, ...] = ()
    ended: str = ""  # why: refused, under_age

    def to_json(self) -> bytes:
        return _ENCODER.encode(self)

    @classmethod
    def from_json(cls, data: bytes) -> "State":
        return _DECODER.decode(data)

    def settled(self, later: Mapping[str, Fact]) -> "State":
        """The state with the facts of its applied effects (the receipt's number); to be called before it is stored."""
        receipt = later.get("receipt")
        if self.closing is None or receipt is None:
            return self
        return msgspec.structs.replace(self, closing=msgspec.structs.replace(self.closing, receipt=str(receipt)))


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(State)


def remembered(act: KnownAct) -> Act:
    return Act(act.module, act.version, act.kind, act.answer, act.at.timestamp(), act.stamp)


def open_request(request: OpenRequest) -> Request:
    return Request(request.submission, request.form, request.at.timestamp(), request.leaves)


def pending_offer(offer: OpenOffer) -> Offer:
    return Offer(offer.offer, offer.submission, offer.premium_cents, offer.valid_until.isoformat(), offer.document)
