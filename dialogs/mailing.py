"""Mails in the transaction of what they tell of, sent by a job once it is committed."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.jobs import enqueue_mail
from storage.mails import NewMail, queue_mail
from storage.sealing import Owner
from storage.settings import Settings
from storage.tables.parties import Party


async def send_mail(session: AsyncSession, settings: Settings, owner: Owner, mail: NewMail) -> None:
    await enqueue_mail(session, await queue_mail(session, owner, mail, domain=settings.mail_domain))


async def mail_agency(
    session: AsyncSession, settings: Settings, owner: Owner, kind: str, *, at: datetime, facts: Mapping[str, str] = MappingProxyType({})
) -> None:
    """What a customer did, with their name and the instant."""
    party = await session.get(Party, owner.party) if owner.party else None
    who = {"name": (party.display_name if party else None) or "", "sent": f"{at.astimezone(settings.zone):%d/%m/%Y %H:%M}"}
    await send_mail(session, settings, owner, NewMail(kind, settings.agency_email, settings.languages[0], "agency", {**facts, **who}))
