"""Cards that their customers have not confirmed for long, and customers whom one of their ways no longer reaches (S4-12, S4-26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from console.acting import Actor, acting
from dialogs.approaches import UNSAID
from dialogs.services import Services
from rules.access import Action
from rules.approaches import YEAR
from storage.checks import list_checks
from storage.parties import Contact, read_contact

WANTED: Final[Mapping[str, int]] = {"year": 1, "two_years": 2, "closed": 0}
"""Years for which nobody has confirmed the card; none where a way is closed."""


@dataclass(frozen=True, slots=True)
class CardToCheck:
    party: UUID
    submission: UUID | None
    """The latest that the customer sent."""
    customer: str
    confirmed_at: datetime
    asked_at: datetime | None
    asked_by: str | None
    closed: str | None
    """email or messenger."""
    prefers: Contact


@dataclass(frozen=True, slots=True)
class CardsToCheck:
    rows: tuple[CardToCheck, ...]
    next: str | None


async def list_cards(services: Services, actor: Actor, wanted: str, *, after: str | None = None, size: int = 25) -> CardsToCheck:
    """The longest unconfirmed first; a customer's agent sees them, and who sees all."""
    async with acting(services, actor, Action.LIST_CARDS) as work:
        before = work.at - WANTED[wanted] * YEAR if WANTED[wanted] else None
        page = await list_checks(work.session, before=before, after=after, size=size)
        rows = []
        for row in page.rows:
            contact = read_contact(await work.owner(row.party.id), row.party) or UNSAID
            check = row.check
            rows.append(
                CardToCheck(
                    party=row.party.id,
                    submission=row.submission,
                    customer=row.party.display_name or "—",
                    confirmed_at=check.confirmed_at,
                    asked_at=check.asked_at,
                    asked_by=check.asked_by,
                    closed=check.doubted_by,
                    prefers=contact,
                )
            )
        work.party = None
        work.detail["rows"] = len(rows)
        return CardsToCheck(tuple(rows), page.next)
