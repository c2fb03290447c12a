"""The states of a submission, the moves between them, and who makes each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from rules.refusals import Reason, Refused

type Who = Literal["customer", "colleague", "clock"]


class State(StrEnum):
    DRAFT = "draft"
    SUSPENDED = "suspended"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    QUOTED = "quoted"
    ISSUE_REQUESTED = "issue_requested"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REJECTED = "rejected"


class Act(StrEnum):
    CONFIRM = "confirm"
    CLAIM = "claim"
    RETURN_ANSWERS = "return_answers"
    APPROVE = "approve"
    REJECT = "reject"
    QUOTE = "quote"
    ACCEPT_OFFER = "accept_offer"
    REFUSE_OFFER = "refuse_offer"
    EXPIRE = "expire"
    ISSUE = "issue"
    WITHDRAW = "withdraw"


WHO: Mapping[Act, Who] = {
    Act.CONFIRM: "customer",
    Act.CLAIM: "colleague",
    Act.RETURN_ANSWERS: "colleague",
    Act.APPROVE: "colleague",
    Act.REJECT: "colleague",
    Act.QUOTE: "colleague",
    Act.ACCEPT_OFFER: "customer",
    Act.REFUSE_OFFER: "customer",
    Act.EXPIRE: "clock",
    Act.ISSUE: "colleague",
    Act.WITHDRAW: "customer",
}

FINAL = frozenset({State.ISSUED, State.WITHDRAWN, State.EXPIRED, State.REJECTED})
"""Nothing moves from here; `accepted` is final too for whatever is not a quote: then the card's revision counts."""

_QUOTES_ONLY = frozenset({Act.QUOTE, Act.ACCEPT_OFFER, Act.REFUSE_OFFER, Act.EXPIRE, Act.ISSUE})

_MOVES: Mapping[tuple[State, Act], State] = {
    (State.DRAFT, Act.CONFIRM): State.SUSPENDED,
    (State.SUSPENDED, Act.CLAIM): State.IN_REVIEW,
    (State.IN_REVIEW, Act.RETURN_ANSWERS): State.RETURNED,
    (State.RETURNED, Act.CONFIRM): State.SUSPENDED,
    (State.IN_REVIEW, Act.APPROVE): State.ACCEPTED,
    (State.IN_REVIEW, Act.REJECT): State.REJECTED,
    (State.ACCEPTED, Act.QUOTE): State.QUOTED,
    (State.QUOTED, Act.ACCEPT_OFFER): State.ISSUE_REQUESTED,
    (State.QUOTED, Act.REFUSE_OFFER): State.WITHDRAWN,
    (State.QUOTED, Act.EXPIRE): State.EXPIRED,
    (State.ISSUE_REQUESTED, Act.ISSUE): State.ISSUED,
}


QUOTES = "quote_"  # begins the names of the forms that end in an offer


def is_quote(form: str) -> bool:
    """True of the forms that end in an offer; registrations and card updates end in `accepted`."""
    return form.startswith(QUOTES)


def is_final(state: State, form: str) -> bool:
    return state in FINAL or (state is State.ACCEPTED and not is_quote(form))


def move(state: State, act: Act, form: str = "quote_home") -> State:
    """The state after the act; raises Refused(NOT_POSSIBLE_NOW, state=…) for whatever stands in no row of _MOVES."""
    if is_final(state, form) or (act in _QUOTES_ONLY and not is_quote(form)):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state=state.value)
    if act is Act.WITHDRAW:
        return State.WITHDRAWN
    after = _MOVES.get((state, act))
    if after is None:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state=state.value)
    return after


def possible_acts(state: State, form: str = "quote_home") -> frozenset[Act]:
    return frozenset(act for act in Act if _is_possible(state, act, form))


def _is_possible(state: State, act: Act, form: str) -> bool:
    try:
        move(state, act, form)
    except Refused:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Claim:
    """A colleague's lock on a submission in review; it ends by itself."""

    colleague: str
    until: datetime

    def holds(self, now: datetime) -> bool:
        return now < self.until


def check_claim(claim: Claim | None, colleague: str, now: datetime) -> None:
    """Raises Refused(CLAIMED_BY_OTHER) while another colleague's lock holds."""
    if claim is not None and claim.colleague != colleague and claim.holds(now):
        raise Refused(Reason.CLAIMED_BY_OTHER)
