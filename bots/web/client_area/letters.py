"""Mails of the account: to every address the customer has proved, in the transaction of what they tell of."""

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.mailing import send_mail
from dialogs.services import Services
from forms.papers.showing import instant
from storage.mails import NewMail
from storage.parties import proved_emails
from storage.sealing import Owner
from storage.tables.parties import Party


async def tell_code(services: Services, session: AsyncSession, owner: Owner, *, email: str, code: str, language: str) -> None:
    facts = {"code": code, "minutes": "10"}
    await send_mail(session, services.settings, owner, NewMail("account_code", email, language, facts=facts))


async def tell_customer(services: Services, session: AsyncSession, owner: Owner, kind: str, **facts: str) -> None:
    """`kind`: account_password, account_second_on, account_second_off, account_device."""
    party = await session.get_one(Party, owner.id)
    told = {"sent": instant(services.clock().astimezone(services.settings.zone), party.language), **facts}
    for email in await proved_emails(session, owner):
        await send_mail(session, services.settings, owner, NewMail(kind, email, party.language, facts=told))
