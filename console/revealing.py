"""How identifiers are seen: covered, or whole for a reason that is on record (R9, S4-21)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from console.acting import Actor, Work, acting
from dialogs.services import Services
from rules.access import Action, check_action, check_reveal


@dataclass(frozen=True, slots=True)
class Whole:
    """Why identifiers are seen whole. `is_known`: they are already, and the page that shows them is only read anew."""

    reason: str
    is_known: bool = False


@asynccontextmanager
async def looking(
    services: Services, actor: Actor, action: Action, subject: UUID | None = None, whole: Whole | None = None
) -> AsyncIterator[Work]:
    """As `acting`. With `whole` who looks must be allowed to reveal too: one event `reveal` says so, and each further look keeps the reason."""
    is_told = whole is not None and not whole.is_known
    async with acting(services, actor, Action.REVEAL if is_told else action, subject) as work:
        if whole is not None:
            check_action(actor.role, action)
            check_action(actor.role, Action.REVEAL)
            work.detail["reason"] = check_reveal(whole.reason)
        yield work
