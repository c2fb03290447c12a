"""What every action of a colleague runs in: role and portfolio checked, one transaction, one audit event, also of what was refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.services import Services
from rules.access import ALLOWED, Action, Role, check_action, check_party
from rules.refusals import Reason, Refused
from storage.audit import REFUSED, Audited, audit, whose
from storage.parties import open_party
from storage.sealing import Owner
from storage.tables.parties import Party


@dataclass(frozen=True, slots=True)
class Actor:
    """The colleague who acts, as the server-side session says."""

    id: UUID
    name: str
    role: Role

    def may(self, action: Action) -> bool:
        """What is offered on a page; whether it is allowed is asked anew when it is done."""
        return action in ALLOWED[self.role]


@dataclass(slots=True)
class Work:
    """One action under way; `party` and `subject` end in its audit event."""

    services: Services
    actor: Actor
    session: AsyncSession
    at: datetime
    party: UUID | None = None
    subject: UUID | None = None
    detail: dict[str, str | int | bool | None] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """In the agency's time zone."""
        return self.at.astimezone(self.services.settings.zone)

    @property
    def today(self) -> date:
        """In the agency's time zone."""
        return self.now.date()

    async def owner(self, party: UUID) -> Owner:
        """The party's data key, where the party is in the colleague's portfolio."""
        owner = await open_party(self.session, self.services.keys, party)
        row = await self.row(party)
        check_party(self.actor.role, str(self.actor.id), str(row.agent_id) if row.agent_id else None)
        self.party = party
        return owner

    async def can_see(self, party: UUID) -> bool:
        """False for a customer outside the portfolio, and for one who was erased."""
        row = await self.session.get(Party, party)
        return row is not None and row.wrapped_key is not None

    async def row(self, party: UUID) -> Party:
        """Raises LookupError where row security hides it."""
        found: Party | None = await self.session.get(Party, party)
        if found is None:
            raise LookupError(f"no party {party}")
        return found


@asynccontextmanager
async def acting(services: Services, actor: Actor, action: Action, subject: UUID | None = None) -> AsyncIterator[Work]:
    """Commits the work and its audit event together; a refusal is audited too. What row security hides is refused like what is not there."""
    async with allowed(services, actor, action, subject), services.database.transaction(actor.role.value, staff=actor.id) as session:
        work = Work(services, actor, session, services.clock(), subject=subject)
        yield work
        done = Audited(action.value, work.at, colleague=actor.id, party=work.party, subject=work.subject, detail=work.detail)
        await audit(session, done)


@asynccontextmanager
async def allowed(services: Services, actor: Actor, action: Action, subject: UUID | None = None) -> AsyncIterator[None]:
    """For what audits itself: the role is checked, and a refusal is audited."""
    try:
        check_action(actor.role, action)
        yield
    except Refused as refused:
        await _audit_refusal(services, actor, action, subject, refused)
        raise
    except (KeyError, IndexError):
        raise  # ours
    except LookupError as error:
        hidden = Refused(Reason.NOT_ALLOWED)
        await _audit_refusal(services, actor, action, subject, hidden)
        raise hidden from error


async def _audit_refusal(services: Services, actor: Actor, action: Action, subject: UUID | None, refused: Refused) -> None:
    async with services.database.transaction("system") as session:
        detail: dict[str, str | int | bool | None] = {"reason": refused.reason.value}
        party = await whose(session, subject) if subject else None  # the customer may ask who tried
        at = services.clock()
        await audit(session, Audited(f"{action.value}{REFUSED}", at, colleague=actor.id, party=party, subject=subject, detail=detail))
