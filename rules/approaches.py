"""When the program writes to a customer by itself: by the way and in the hours they prefer (S1-20), and never too often (S4-13).

What answers a customer's own act (a receipt, an offer, a code, what a colleague writes) is no approach and is not counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Literal

type Way = Literal["email", "messenger", "colleague"]

YEAR = timedelta(days=365)
APART = timedelta(days=14)  # two reminders in a fortnight are a nuisance, whatever each is about
MOST_A_YEAR = 6  # what the yearly question, a renewal and a few offers come to
HOURS: Mapping[str, tuple[time, time]] = {
    "any": (time(8), time(20)),
    "morning": (time(8), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(18), time(21)),
}
"""What the preferences of the client area mean, in the agency's time zone; nobody is written to at night."""


def way_to(preferred: str, *, has_mail: bool, has_chat: bool) -> Way:
    """`preferred`: email, phone, messenger or post. Telephone and post are a colleague's to take up, and so is who cannot be reached."""
    if preferred not in {"email", "messenger"}:
        return "colleague"
    wants_chat = preferred == "messenger" or not has_mail
    return "messenger" if has_chat and wants_chat else "email" if has_mail else "colleague"


def next_welcome(time_of_day: str, at: datetime) -> datetime:
    """`at`, or the next instant after it, in its zone, at which the customer wants to hear from us."""
    begins, ends = HOURS[time_of_day]
    if at.time() < begins:
        return datetime.combine(at.date(), begins, at.tzinfo)
    if at.time() < ends:
        return at
    return datetime.combine(at.date() + timedelta(days=1), begins, at.tzinfo)


def next_allowed(before: Sequence[datetime], at: datetime, *, is_urgent: bool = False) -> datetime:
    """`at`, or when it is no longer too soon or too often. `before`: earlier approaches, whatever about; `is_urgent`: what comes up
    once and cannot wait a fortnight, such as an address that no longer takes mail."""
    of_the_year = sorted(one for one in before if one > at - YEAR)
    waits = [at]
    if of_the_year and not is_urgent:
        waits.append(of_the_year[-1] + APART)
    if len(of_the_year) >= MOST_A_YEAR:
        waits.append(of_the_year[-MOST_A_YEAR] + YEAR)
    return max(waits)
