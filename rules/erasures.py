"""Who may erase a customer's data, and when: one colleague orders it with a reason and may take that back, another agrees."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.exports import check_purpose
from rules.refusals import Reason, Refused

VALID = timedelta(days=7)
"""An order that nobody agreed to by then must be given again."""


@dataclass(frozen=True, slots=True)
class Order:
    by: str
    at: datetime

    def has_ended(self, now: datetime) -> bool:
        return now >= self.at + VALID


def check_reason(told: str) -> str:
    """The reason as it is kept. Raises Refused."""
    return check_purpose(told, too_short="erasure_reason")


def check_contracts(ended: date | None, today: date) -> None:
    """Raises Refused while a policy runs: until then the contract needs the data."""
    if ended is not None and ended >= today:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="policy_runs", until=ended)


def check_order(present: Order | None, now: datetime) -> None:
    """Raises Refused where one waits for its second person already."""
    if present is not None and not present.has_ended(now):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="erasure_ordered")


def check_agreement(order: Order | None, colleague: str, now: datetime) -> None:
    """Raises Refused: nobody agrees to what they ordered themselves, nor to what was not ordered or has ended."""
    if order is None or order.has_ended(now):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="erasure_ended")
    if order.by == colleague:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="own_erasure")


def check_withdrawal(order: Order | None, colleague: str, now: datetime) -> None:
    """Raises Refused: only who ordered it takes it back, and only before somebody has agreed to it."""
    if order is None or order.has_ended(now):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="erasure_ended")
    if order.by != colleague:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="erasure_of_other")
