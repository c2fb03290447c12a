"""Customers' data erased: ordered by one colleague with a reason, who may take that back, agreed to by another; what the law keeps is the rules' (rules.retention)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from console.acting import Actor, Work, acting
from dialogs.erasing import certificate, end_conversations, look_for_contracts
from dialogs.jobs import enqueue_erasure
from dialogs.services import Services
from forms.covering import cover_text
from rules.access import ALLOWED, Action
from rules.erasures import Order, check_agreement, check_order, check_reason, check_withdrawal
from rules.refusals import Reason, Refused
from storage.erasures import find_erasure, lock_erasure, request_erasure, withdraw_order
from storage.erasures import list_erasures as read_erasures
from storage.parties import party_with, proved_emails
from storage.receipts import party_named, receipts_of
from storage.staff import find_colleague
from storage.tables.erasures import Erasure
from storage.tables.parties import Party


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """One erasure as its list shows it to a colleague. `can_order`, `can_agree` and `can_withdraw` are theirs."""

    id: UUID
    party: UUID
    customer: str
    email: str | None
    """The address proved first; None for one who was erased."""
    receipt: str | None
    """Number of the last; None for one who was erased, or has none."""
    asked_by: str
    asked_at: datetime
    ordered_by: str | None
    ordered_at: datetime | None
    reason: str | None
    agreed_by: str | None
    number: str | None
    erased_at: datetime | None
    can_order: bool
    can_agree: bool
    can_withdraw: bool


async def order_erasure(services: Services, actor: Actor, customer: str, reason: str) -> None:
    """`customer`: an id, or the number of a receipt. Nothing is erased before another colleague agrees."""
    async with acting(services, actor, Action.ORDER_ERASURE) as work:
        told = check_reason(reason)
        party = await party_named(work.session, customer)
        if party is None or not await work.can_see(party):
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="customer_unknown")
        await work.owner(party)
        await look_for_contracts(work.session, services, party, work.at)
        row = await request_erasure(work.session, party, by="colleague", at=work.at)
        if row.agreed_at is not None:  # it is being done
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="erasure_ordered")
        check_order(_order(row), work.at)
        row.colleague_id, row.reason, row.ordered_at = actor.id, cover_text(told), work.at
        work.subject = row.id


async def agree_to_erasure(services: Services, actor: Actor, erasure: UUID) -> None:
    """The conversations end at once; the rest is done by a job, which cannot be called back."""
    async with acting(services, actor, Action.AGREE_TO_ERASURE, erasure) as work:
        row = await lock_erasure(work.session, erasure)
        check_agreement(_order(row), str(actor.id), work.at)
        await work.owner(row.party_id)
        await look_for_contracts(work.session, services, row.party_id, work.at)
        row.agreed_by, row.agreed_at = actor.id, work.at
        conversations = await end_conversations(work.session, services.turn_store, row.party_id)
        await enqueue_erasure(work.session, row.id, work.at)
    for conversation in conversations:
        services.turn_store.forget(str(conversation))


async def withdraw_erasure(services: Services, actor: Actor, erasure: UUID) -> bool:
    """An order given by mistake, before another agrees to it. Whether a request is left all the same: the customer's own is."""
    async with acting(services, actor, Action.WITHDRAW_ERASURE, erasure) as work:
        row = await lock_erasure(work.session, erasure)
        check_withdrawal(_order(row), str(actor.id), work.at)
        await work.owner(row.party_id)
        return withdraw_order(row)


async def list_erasures(services: Services, actor: Actor) -> tuple[ErasureRow, ...]:
    """What waits first, then what was done in the last months."""
    async with acting(services, actor, Action.LIST_ERASURES) as work:
        rows = await read_erasures(work.session, work.at)
        work.detail["rows"] = len(rows)
        return tuple([await _shown(work, row) for row in rows])


async def write_certificate(services: Services, actor: Actor, erasure: UUID) -> tuple[bytes, str]:
    """The PDF and its number. Raises Refused for an erasure that is not done or not theirs to see."""
    async with acting(services, actor, Action.LIST_ERASURES, erasure) as work:
        row = await find_erasure(work.session, erasure)
        if row is None or row.erased_at is None or row.number is None:
            raise LookupError(f"no certificate of {erasure}")
        work.party = row.party_id
        paper = certificate(services, row)
    return await services.print_paper(paper), paper.number


def _order(row: Erasure) -> Order | None:
    """None where nobody has ordered it, or it is under way already."""
    if row.colleague_id is None or row.ordered_at is None or row.agreed_at is not None:
        return None
    return Order(str(row.colleague_id), row.ordered_at)


async def _shown(work: Work, row: Erasure) -> ErasureRow:
    actor, order = work.actor, _order(row)
    is_open = row.erased_at is None and row.agreed_at is None
    waits = order is not None and not order.has_ended(work.at)
    party = await work.row(row.party_id)
    email, receipt = await _known_by(work, party)
    return ErasureRow(
        id=row.id,
        party=row.party_id,
        customer=party.display_name or str(row.party_id),
        email=email,
        receipt=receipt,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        ordered_by=await _name(work, row.colleague_id),
        ordered_at=row.ordered_at if waits or not is_open else None,
        reason=row.reason,
        agreed_by=await _name(work, row.agreed_by),
        number=row.number,
        erased_at=row.erased_at,
        can_order=is_open and not waits and Action.ORDER_ERASURE in ALLOWED[actor.role],
        can_agree=waits and order is not None and order.by != str(actor.id),
        can_withdraw=waits and order is not None and order.by == str(actor.id),
    )


async def _known_by(work: Work, party: Party) -> tuple[str | None, str | None]:
    """What tells namesakes apart: the main address and the last receipt's number."""
    if party.wrapped_key is None:
        return None, None
    emails = await proved_emails(work.session, party_with(work.services.keys, party.id, party.wrapped_key))
    receipts = await receipts_of(work.session, party.id)
    return next(iter(emails), None), receipts[0].number if receipts else None


async def _name(work: Work, colleague: UUID | None) -> str | None:
    found = await find_colleague(work.session, colleague) if colleague else None
    return found.name if found else None
