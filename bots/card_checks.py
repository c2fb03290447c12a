"""Once a year, and at once where an address or a chat is closed, a customer is asked whether their card is still right (S4-12, S4-26)."""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bots.faults import log_failed
from dialogs.approaches import Reach, find_reach
from dialogs.events import StaffSaid
from dialogs.mailing import send_mail
from dialogs.services import Services
from dialogs.turn import ConversationUnknown
from rules.approaches import YEAR
from rules.refusals import Refused
from storage.audit import Audited, audit
from storage.checks import checks_due, keep_approach, keep_asked, lock_check
from storage.erasures import open_erasure
from storage.mails import NewMail
from storage.parties import open_party
from storage.sealing import ErasedError
from storage.tables.base import new_id
from storage.tables.checks import CardCheck
from storage.tables.parties import Party

log = logging.getLogger(__name__)

AT_A_LOOK = 200
"""Customers: a thousand that fall due on one day are asked within minutes, and no other look waits for all of them."""


async def ask_who_is_due(services: Services) -> int:
    """How many were asked, or handed to a colleague."""
    at = services.clock()
    async with services.database.transaction() as session:
        due = await checks_due(session, at, most=AT_A_LOOK)
    return sum([await _try(services, party, at) for party in due])


async def _try(services: Services, party: UUID, at: datetime) -> bool:
    """Whatever fails for one customer is no reason not to ask the others."""
    try:
        return await _look_at(services, party, at)
    except Exception as error:  # noqa: BLE001 - it is tried again at the next look
        log_failed(log, f"asking customer {party} about their card", error)
        return False


async def _look_at(services: Services, party: UUID, at: datetime) -> bool:
    """What is said in a chat is a turn of its own, which no lock of ours may wait for: decided first, noted afterwards. Cut off in
    between, or done by two workers at once, the same key says nothing again."""
    planned = await _plan(services, party, at)
    if planned is None:
        return False
    reach, check = planned
    if reach.way == "messenger" and not await _say(services, reach.conversation, check):
        reach = Reach("colleague")
    async with services.database.transaction() as session:
        row = await lock_check(session, party, at)
        if row is None:
            return False  # the customer has answered meanwhile, or another worker was faster
        await _note(session, services, row, reach)
    return True


async def _plan(services: Services, party: UUID, at: datetime) -> tuple[Reach, CardCheck] | None:
    """None where nothing is to be written now; then it is known when to look again."""
    async with services.database.transaction() as session:
        check = await lock_check(session, party, at)
        if check is None:
            return None
        try:
            owner = await open_party(session, services.keys, party)
        except ErasedError:
            return None  # its row goes in the transaction that erases it
        if await open_erasure(session, party) is not None:
            check.look_at = at + YEAR
            return None
        reach = await find_reach(session, services, owner, check, is_urgent=is_closed(check))
        if isinstance(reach, datetime):
            check.look_at = reach
            return None
        session.expunge(check)
        return reach, check


async def _note(session: AsyncSession, services: Services, check: CardCheck, reach: Reach) -> None:
    at, party, kind = services.clock(), check.party_id, kind_of(check)
    if reach.emails:
        owner, language = await open_party(session, services.keys, party), (await session.get_one(Party, party)).language
        for email in reach.emails:
            await send_mail(session, services.settings, owner, NewMail(kind, email, language))
    if reach.way != "colleague":
        await keep_approach(session, new_id(), party, kind=kind, way=reach.way, at=at)
    await keep_asked(session, check, reach.way, at)
    await audit(session, Audited("card.asked", at, "clock", party=party, detail={"way": reach.way, "kind": kind}))


async def _say(services: Services, conversation: str, check: CardCheck) -> bool:
    """False = the conversation takes nothing more."""
    day = check.confirmed_at.astimezone(services.settings.zone).date().isoformat()
    said = StaffSaid("still_right", {"kind": kind_of(check), "day": day})
    try:
        await services.turns.say(conversation, said, key=f"{kind_of(check)}:{check.party_id}:{check.look_at.isoformat()}")
    except (Refused, ConversationUnknown):
        return False
    return True


def is_closed(check: CardCheck) -> bool:
    """One of the customer's ways was found closed, and they have not been asked since."""
    return check.doubted_at is not None and (check.asked_at is None or check.asked_at < check.doubted_at)


def kind_of(check: CardCheck) -> str:
    return "way_closed" if is_closed(check) else "still_right"
