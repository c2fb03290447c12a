"""The audit trail as colleagues read it: who looked at what or did what, about whom. Reading it is on record too (R9)."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from console.acting import Actor, Work, acting
from console.telling import FACTS, FREE
from dialogs.services import Services
from rules.access import ALLOWED, LOOKS, Action, Role, check_action
from rules.refusals import Reason, Refused
from storage.audit import REFUSED, Who, read_audit
from storage.parties import names_of
from storage.receipts import party_named
from storage.staff import list_colleagues
from storage.submissions import parties_of
from storage.tables.evidence import AuditEvent


class What(StrEnum):
    EVERYTHING = "everything"
    LOOKS = "looks"
    ACTS = "acts"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    who: Who | UUID | None = None
    """A kind of doer, or one colleague; None = everybody."""
    what: What = What.EVERYTHING
    customer: str = ""
    """An id, or the number of a receipt; empty = all."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """`action` without what says that it was refused. `customer`: the name, or the id of one erased; None for who may see no customer."""

    number: int
    at: datetime
    who: Who
    colleague: str | None
    action: str
    is_refused: bool
    is_of_customer: bool
    customer: str | None
    submission: UUID | None
    """What it was about, where this colleague may open it."""
    detail: Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Record:
    rows: tuple[RecordRow, ...]
    next: int | None
    """Where the next page begins; None: there is none."""
    colleagues: Mapping[UUID, str]


async def list_record(services: Services, actor: Actor, asked: Asked, before: int | None = None, size: int = 50) -> Record:
    """One page, the latest first."""
    async with acting(services, actor, Action.READ_AUDIT) as work:
        party = await _party(work, asked.customer)
        found = await read_audit(work.session, party=party, before=before, most=size + 1, **_by_who(asked.who), **_BY_WHAT[asked.what])
        page, colleagues = found[:size], await _colleagues(work)
        work.detail["rows"] = len(page)
        rows = await _rows(work, page, colleagues)
        return Record(rows, page[-1].number if len(found) > size else None, colleagues)


def sees_customers(role: Role) -> bool:
    """Who makes accounts reads the trail without them."""
    return Action.READ_CLIENT in ALLOWED[role]


_BY_WHAT: Mapping[What, Mapping[str, Any]] = {  # Any: each filter has its own type
    What.EVERYTHING: {},
    What.LOOKS: {"actions": LOOKS},
    What.ACTS: {"but": LOOKS, "is_refused": False},
    What.REFUSED: {"is_refused": True},
}


def _by_who(who: Who | UUID | None) -> Mapping[str, Any]:  # as above
    return {"colleague": who} if isinstance(who, UUID) else {"who": who}


async def _party(work: Work, customer: str) -> UUID | None:
    """One who was erased too: what was done with their data stays on record."""
    if not customer.strip():
        return None
    check_action(work.actor.role, Action.READ_CLIENT)
    party = await party_named(work.session, customer)
    if party is None or not await names_of(work.session, [party]):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="customer_unknown")
    return party


async def _colleagues(work: Work) -> dict[UUID, str]:
    """Namesakes are told apart by their address."""
    found = await list_colleagues(work.session)
    times = Counter(row.name for row in found)
    return {row.id: row.name if times[row.name] == 1 else f"{row.name}, {row.email}" for row in found}


async def _rows(work: Work, events: Collection[AuditEvent], colleagues: Mapping[UUID, str]) -> tuple[RecordRow, ...]:
    if not sees_customers(work.actor.role):
        return tuple(_Known(colleagues, {}, (), set(FACTS) - FREE).row(event) for event in events)
    submissions = await parties_of(work.session, {event.subject_id for event in events if event.subject_id})
    names = await names_of(work.session, {event.party_id for event in events if event.party_id})
    known = _Known(colleagues, names, submissions, FACTS)
    return tuple(known.row(event) for event in events)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ids of one page stand for: colleagues, customers, submissions; and the facts that may be told."""

    colleagues: Mapping[UUID, str]
    names: Mapping[UUID, str | None]
    submissions: Collection[UUID]
    facts: Collection[str]

    def row(self, event: AuditEvent) -> RecordRow:
        party = event.party_id
        return RecordRow(
            number=event.number,
            at=event.at,
            who=event.who,  # type: ignore[arg-type]  # a column of text
            colleague=self.colleagues.get(event.colleague_id) if event.colleague_id else None,
            action=event.action.removesuffix(REFUSED),
            is_refused=event.action.endswith(REFUSED),
            is_of_customer=party is not None,
            customer=(self.names[party] or str(party)) if party is not None and party in self.names else None,
            submission=event.subject_id if event.subject_id in self.submissions else None,
            detail={name: fact for name, fact in event.detail.items() if name in self.facts},
        )
