"""What the parts of the program share, put together once at start by the room that knows all others."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dialogs.turn import Turns
from forms.catalogue import Catalogue
from forms.exports.targets import Target
from forms.imports.sources import Pickup
from forms.papers.model import Agency, Paper
from forms.programs import Programs
from storage.database import Database
from storage.documents import DocumentStores
from storage.keys import Keys
from storage.settings import Settings
from storage.tables.base import now
from storage.turns import TurnStore


async def _nobody_looks(_: bytes) -> str:
    return "unread"


@dataclass(frozen=True, slots=True, repr=False)  # asyncio writes out what a task returned, for every signal it looks at
class Services:
    settings: Settings
    """`public_url` is always set here."""
    database: Database
    keys: Keys
    turn_store: TurnStore
    turns: Turns
    catalogue: Catalogue
    documents: DocumentStores
    print_paper: Callable[[Paper], Awaitable[bytes]]
    """In a process of its own: printing here would hold up every turn."""
    is_demo: bool = False
    look_at_seal: Callable[[bytes], Awaitable[str]] = _nobody_looks
    """What the seal of somebody's file says (bots/seal_checks.py), in a process of its own."""
    programs: Programs = field(default_factory=Programs)
    """The agency's other programs."""
    clock: Callable[[], datetime] = now

    @property
    def targets(self) -> Mapping[str, Target]:
        """Programs that are kept in step, by name."""
        return self.programs.targets

    @property
    def sources(self) -> Mapping[str, Pickup]:
        """Programs that hand lists over, by name."""
        return self.programs.sources


def agency_of(settings: Settings) -> Agency:
    """As it stands at the head of every paper."""
    return Agency(settings.agency_name, f"{settings.agency_address} · {settings.agency_register} · {settings.agency_email}")
