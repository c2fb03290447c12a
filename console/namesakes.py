"""Other cards that hold one of a customer's identifiers: a colleague compares them before anything is decided."""

from dataclasses import dataclass
from uuid import UUID

from console.acting import Work
from rules.access import is_in_portfolio
from rules.submissions import State
from storage.database import as_system
from storage.parties import shared_identifiers
from storage.submissions import submissions_of
from storage.tables.parties import Party
from storage.tables.submissions import Submission

_UNDECIDED = frozenset({State.SUSPENDED, State.IN_REVIEW, State.RETURNED})


@dataclass(frozen=True, slots=True)
class Namesake:
    party: UUID
    submission: UUID | None
    """The latest card they sent."""
    customer: str
    kinds: tuple[str, ...]
    """Of the identifiers that are the same."""


@dataclass(frozen=True, slots=True)
class Namesakes:
    shown: tuple[Namesake, ...] = ()
    hidden: int = 0
    """In others' portfolios: nothing but how many is told of them."""


async def find_namesakes(work: Work, row: Submission) -> Namesakes:
    """Nobody any more once the submission is decided."""
    if row.state not in _UNDECIDED:
        return Namesakes()
    async with as_system(work.session):  # row security would not even count what is in others' portfolios
        found = await shared_identifiers(work.session, row.party_id)
    shown = [await _shown(work, party, kinds) for party, kinds in found.items() if await _can_see(work, party)]
    return Namesakes(tuple(shown), len(found) - len(shown))


async def _can_see(work: Work, party: UUID) -> bool:
    row = await work.session.get(Party, party)
    return row is not None and is_in_portfolio(work.actor.role, str(work.actor.id), str(row.agent_id) if row.agent_id else None)


async def _shown(work: Work, party: UUID, kinds: tuple[str, ...]) -> Namesake:
    cards = [row.id for row in await submissions_of(work.session, party) if row.form.startswith("registration_")]
    return Namesake(party, next(iter(cards), None), (await work.row(party)).display_name or "—", kinds)
