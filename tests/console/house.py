"""What a colleague finds: customers at any stage of their request, made by the real effects and the real actions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from console import actions
from console.acting import Actor
from dialogs.effects import Suspend
from dialogs.services import Services
from rules.access import Role
from storage.documents import About, keep_document
from storage.offers import decide_offer, offer_of
from storage.parties import open_party
from storage.submissions import find_submission
from storage.tables.evidence import AuditEvent
from storage.tables.parties import Party
from storage.tables.submissions import Submission
from tests.bots.house import AT, EMAIL, SHOWN, STAMP, a_customer, all_acts, an_acceptance, answers_of
from tests.dialogs.driver import HOME, PERSON
from tests.storage import builders

CARD, QUOTE = "registration_person", "quote_home"
INDICATIVE = 46_287


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = AT) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Request:
    """A customer's card and quote, both suspended unless taken further."""

    party: UUID
    card: UUID
    quote: UUID


async def a_colleague(services: Services, role: Role = Role.AGENT, name: str = "Demo Agente", email: str | None = None) -> Actor:
    async with services.database.transaction() as session:
        address = email or f"{role.value}.{name.rsplit(maxsplit=1)[-1].lower()}@example.org"
        row = builders.a_colleague(address, name, role)
        session.add(row)
    return Actor(row.id, name, role)


def without(script: Mapping[str, object], form: str, *names: str) -> dict[str, object]:
    return {path: value for path, value in answers_of(script, form).items() if path.rpartition(".")[2] not in names}


async def a_request(
    services: Services,
    *,
    card: Mapping[str, object] | None = None,
    quote: Mapping[str, object] | None = None,
    but: str = "",
    email: str = EMAIL,
) -> Request:
    effects = [
        *all_acts(services, but=but),
        Suspend(CARD, "v1", card or answers_of(PERSON, CARD), SHOWN, AT, STAMP, "it"),
        Suspend(
            QUOTE, "v1", quote or answers_of(HOME, QUOTE), SHOWN, AT, STAMP, "it", premium_cents=INDICATIVE, tariff_version="home 2026-11"
        ),
    ]
    party = await a_customer(services, *effects, emails=(email,))
    async with services.database.transaction() as session:
        rows = {row.form: row.id for row in await session.scalars(select(Submission).where(Submission.party_id == party))}
    return Request(party, rows[CARD], rows[QUOTE])


async def approved(services: Services, actor: Actor, submission: UUID) -> None:
    await actions.claim(services, actor, submission)
    await actions.approve(services, actor, submission)


async def quoted(services: Services, actor: Actor, request: Request) -> None:
    await approved(services, actor, request.card)
    await approved(services, actor, request.quote)
    await actions.quote(services, actor, request.quote, INDICATIVE)


async def issue_requested(services: Services, actor: Actor, request: Request, *, email: str = EMAIL) -> None:
    """The customer has accepted the offer."""
    await quoted(services, actor, request)
    async with services.database.transaction() as session:
        offer = await offer_of(session, request.quote)
    assert offer is not None
    await a_customer(services, an_acceptance(offer.id), emails=(email,))


async def asked_for_once(services: Services, actor: Actor, request: Request) -> None:
    """Accepted as it could be once, whatever a policy still lacks."""
    await quoted(services, actor, request)
    async with services.database.transaction() as session:
        offer = await offer_of(session, request.quote)
        assert offer is not None
        owner = await open_party(session, services.keys, request.party)
        await decide_offer(session, owner, offer.id, is_accepted=True, at=AT, today=AT.date())


async def a_document(services: Services, party: UUID, content: bytes = b"%PDF- demo") -> UUID:
    """Handed in by the customer."""
    async with services.database.transaction() as session:
        owner = await open_party(session, services.keys, party)
        stored = await services.documents.put(owner, content, media_type="application/pdf")
        await keep_document(session, owner, stored, About("upload", "Carta di Demetra.pdf"))
        return stored.id


async def state_of(services: Services, submission: UUID) -> str:
    async with services.database.transaction() as session:
        row = await find_submission(session, submission)
    assert row is not None
    return row.state


async def audited(services: Services, actor: Actor) -> list[str]:
    """What the colleague did, as the audit trail has it, in order."""
    async with services.database.transaction() as session:
        return list(await session.scalars(select(AuditEvent.action).where(AuditEvent.colleague_id == actor.id).order_by(AuditEvent.number)))


async def give_to(services: Services, party: UUID, actor: Actor) -> None:
    """The customer joins the colleague's portfolio."""
    async with services.database.transaction() as session:
        row = await session.get(Party, party)
        assert row is not None
        row.agent_id = actor.id


def at_its_clock(services: Services, clock: Clock) -> Services:
    return replace(services, clock=clock)
