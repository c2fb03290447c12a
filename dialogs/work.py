"""A turn's transaction at work: what every effect is applied with, and what they have made known."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.catalogue import Catalogue
from rules.refusals import Fact
from rules.stamps import stamp
from storage.keys import Keys
from storage.parties import proved_emails
from storage.sealing import Owner
from storage.settings import Settings
from storage.turns import TurnStore


@dataclass(slots=True)
class Work:
    """`owner` is the bound party, before there is one the conversation itself; binding changes it.

    `later`: the facts that `dialogs.messages.Later` names. `closes`: the conversation's key goes with this turn."""

    session: AsyncSession
    keys: Keys
    settings: Settings
    catalogue: Catalogue
    store: TurnStore
    talk: Owner
    """The conversation with its own key."""
    owner: Owner
    channel: str
    language: str
    now: datetime
    today: date
    later: dict[str, Fact] = field(default_factory=dict)
    closes: bool = False

    @property
    def conversation(self) -> UUID:
        return self.talk.id

    @property
    def agency_language(self) -> str:
        return self.settings.languages[0]

    async def stamp(self, at: datetime) -> str:
        """Empty before an address is proved: nobody could be named."""
        emails = await proved_emails(self.session, self.owner) if self.owner.party else ()
        return stamp(at, emails, self.settings.timezone) if emails else ""
