"""Mails of the account: to every address the customer has proved, in the transaction of what they tell of."""

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.jobs import enqueue_mail
from dialogs.services import Services
from forms.papers.showing import instant
from storage.mails import NewMail, queue_mail
from storage.parties import proved_emails
from storage.sealing import Owner
from storage.tables.parties import Party


async def tell_code(services: Services, session: AsyncSession, owner: Owner, *, email: str, code: str, language: str) -> None:
    facts = {"code": code, "minutes": "10"}
    await _post(services, session, owner, NewMail("account_code", email, language, facts=facts))


async def tell_customer(services: Services, session: AsyncSession, owner: Owner, kind: str, **facts: str) -> None:
    """`kind`: account_password, account_second_on, account_second_off, account_device."""
    party = await session.get_one(Party, owner.id)
    told = {"sent": instant(services.clock().astimezone(services.settings.zone), party.language), **facts}
    for email in await proved_emails(session, owner):
        await _post(services, session, owner, NewMail(kind, email, party.language, facts=told))


async def _post(services: Services, session: AsyncSession, owner: Owner, mail: NewMail) -> None:
    domain = services.settings.agency_email.rpartition("@")[2]
    await enqueue_mail(session, await queue_mail(session, owner, mail, domain=domain))
