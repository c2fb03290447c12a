"""How a customer may be written to by the program itself, looked up in what they prefer, what is open and what was written before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.services import Services
from rules.approaches import YEAR, Way, next_allowed, next_welcome, way_to
from storage.acts import latest_acts
from storage.checks import approaches_of, open_chat_of, refused_mails
from storage.mails import open_mail
from storage.parties import Contact, proved_emails, read_contact
from storage.sealing import Owner
from storage.tables.checks import CardCheck
from storage.tables.parties import Party

UNSAID = Contact("email", "any")
"""Of whoever has not said how they prefer to be reached."""
COLLECTION = "modules.electronic_collection.act"
"""Taken back, everything goes on with a person."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The way that is open and welcome now. `emails`: of a mail, each address that takes it; `conversation`: of a message in the chat."""

    way: Way
    emails: tuple[str, ...] = ()
    conversation: str = ""


async def find_reach(
    session: AsyncSession, services: Services, owner: Owner, check: CardCheck, *, is_urgent: bool = False
) -> Reach | datetime:
    """An instant where nothing may be written before it."""
    at = services.clock()
    contact = read_contact(owner, await session.get_one(Party, owner.id)) or UNSAID
    emails, chat = await _open_emails(session, owner, check), await open_chat_of(session, owner.id)
    way = way_to(contact.channel, has_mail=bool(emails), has_chat=chat is not None)
    if way == "colleague" or not await _is_collected_electronically(session, owner):
        return Reach("colleague")
    allowed = next_allowed(await approaches_of(session, owner.id, since=at - YEAR), at, is_urgent=is_urgent)
    welcome = next_welcome(contact.time, allowed.astimezone(services.settings.zone))
    if welcome > at:
        return welcome
    return Reach("email", emails) if way == "email" else Reach("messenger", conversation=str(chat))


async def _open_emails(session: AsyncSession, owner: Owner, check: CardCheck) -> tuple[str, ...]:
    """Those that have refused nothing since the card was last confirmed."""
    refused = {open_mail(owner, row).to for row in await refused_mails(session, owner, check.confirmed_at)}
    return tuple(email for email in await proved_emails(session, owner) if email not in refused)


async def _is_collected_electronically(session: AsyncSession, owner: Owner) -> bool:
    return any(act.question == COLLECTION and act.answer == "accept" for act in await latest_acts(session, owner))
