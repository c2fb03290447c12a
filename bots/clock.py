"""What time does to things nobody touches: an offer whose last day has passed is no longer open; a new day has its root of the ledger;
documents are read back (bots/scrub.py); customers are asked whether their cards are still right (bots/card_checks.py); other programs are told what has changed, and their lists are read (bots/sync); files that no turn has taken go (bots/uploads.py); what was kept of an erased customer has been kept long enough (bots/erasing.py); mails whose jobs an outage has ended are tried again.

Found by looking at what is stored, so nothing need be remembered: a missed hour is made up at the next look, a second look finds nothing."""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bots.card_checks import ask_who_is_due
from bots.erasing import House, erase_again, look_after_erasures
from bots.faults import log_failed
from bots.ledger import keep_ledger
from bots.records import press_of
from bots.scrub import scrub_due
from bots.sync.arriving import Folders
from bots.sync.looking import look_for_differences
from bots.uploads import look_at_uploads
from dialogs.desk import local_day
from dialogs.jobs import enqueue_news, enqueue_stranded
from dialogs.mailing import send_mail
from dialogs.services import Services
from storage.audit import Audited, audit
from storage.imports import end_import, forget_fingerprints, overdue_imports
from storage.incoming import forget_files
from storage.ledger.keys import Signer
from storage.ledger.witnesses import BadStampError
from storage.mails import NewMail, stranded_mails
from storage.offers import expire_offer, find_offer, overdue_offers
from storage.parties import open_party, proved_emails
from storage.prepared import end_overdue
from storage.sealing import ErasedError, Owner
from storage.settings import NotConfigured
from storage.submissions import find_submission
from storage.tables.submissions import Submission

log = logging.getLogger(__name__)

LOOK_S = 60.0


class Clock:
    """`async with Clock(services): …` looks at once and then every minute. Several workers may: each offer expires once."""

    def __init__(self, services: Services, *, look_s: float = LOOK_S) -> None:
        self._services = services
        self._look_s = look_s
        self._signer = Signer(services.settings.ledger_folder)
        self._house = House(services, press_of(services), self._signer)
        self._folders = Folders(services)
        self._told_fault = ""
        self._looking: tuple[asyncio.Task[None], ...] = ()

    async def __aenter__(self) -> Self:
        self._looking = asyncio.create_task(self._look()), asyncio.create_task(self._pick_up())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._looking:
            task.cancel()
        for task in self._looking:
            with suppress(asyncio.CancelledError):
                await task

    async def _look(self) -> None:
        is_erased_again = False
        while True:
            await self._try("changed files of other programs", self._refresh_programs())
            is_erased_again = is_erased_again or await self._try("erasures in a restored backup", erase_again(self._house))
            await self._try("mails that never left", send_stranded(self._services))
            await self._try("overdue offers", expire_overdue(self._services))
            await self._try("the ledger's root", keep_ledger(self._services, self._signer))
            await self._try("cards nobody came for", end_waiting(self._services))
            await self._try("lists nobody decided on", end_imports(self._services))
            await self._try("files that no turn has taken", look_at_uploads(self._services))
            await self._try("cards to be confirmed again", ask_who_is_due(self._services))
            await self._try("documents to read back", scrub_due(self._services))
            await self._try("differences for other programs", look_for_differences(self._services))
            await self._try("erasures", look_after_erasures(self._house))
            await asyncio.sleep(self._look_s)

    async def _pick_up(self) -> None:
        """Beside the others: a long list takes minutes."""
        while True:
            await self._try("lists from other programs", self._folders.look())
            await asyncio.sleep(self._look_s)

    async def _refresh_programs(self) -> None:
        """Whoever noticed it first: a page of the console may have."""
        programs = self._services.programs
        programs.refresh(self._services.catalogue)
        if programs.fault and programs.fault != self._told_fault:
            log.error("the files of other programs cannot be used, what stood in them before goes on: %s", programs.fault)
        self._told_fault = programs.fault

    async def _try(self, what: str, look: Awaitable[object]) -> bool:
        """Whatever fails of one look ends no other."""
        try:
            await look
        except NotConfigured as error:
            log.error("the look for %s failed: %s", what, error)  # noqa: TRY400 - a sentence for whoever runs it
        except (BadStampError, HTTPException) as error:
            log.warning("the look for %s failed: %s", what, type(error).__name__)
        except Exception as error:  # noqa: BLE001 - it is tried again at the next look, like the others
            log_failed(log, f"the look for {what}", error)
        else:
            return True
        return False


async def end_imports(services: Services) -> None:
    """Lists that were read in and nobody has decided on are destroyed."""
    at = services.clock()
    before = at - timedelta(days=services.catalogue.retention.import_days)
    async with services.database.transaction() as session:
        for row in await overdue_imports(session, before):
            await end_import(session, row, at)
            await audit(session, Audited("import.expired", at, "clock", subject=row.id))
        await forget_fingerprints(session, before)
        await forget_files(session, before)


async def expire_overdue(services: Services) -> list[UUID]:
    """Ids of the offers that have expired by this: told in the chat, mailed to each address, audited."""
    at = services.clock()
    async with services.database.transaction() as session:
        overdue = [(offer.id, offer.party_id) for offer in await overdue_offers(session, local_day(at, services.settings.timezone))]
    return [offer for offer, party in overdue if await _expire(services, offer, party, at)]


async def send_stranded(services: Services) -> int:
    """How many mails are tried again, with their papers: a disk that was full, or a store that was away, for longer than a job waits."""
    at = services.clock()
    async with services.database.transaction() as session:
        again = [await enqueue_stranded(session, mail, at) for mail in await stranded_mails(session, at)]
    if any(again):
        log.warning("%d mails had never left, and are tried again", sum(again))
    return sum(again)


async def end_waiting(services: Services) -> None:
    """What was prepared for somebody who did not come is destroyed; nobody is told."""
    at = services.clock()
    async with services.database.transaction() as session:
        for prepared in await end_overdue(session, at):
            await audit(session, Audited("prepared_card.expired", at, "clock", subject=prepared))


async def _expire(services: Services, offer: UUID, party: UUID, at: datetime) -> bool:
    async with services.database.transaction() as session:
        try:
            owner = await open_party(session, services.keys, party)
        except ErasedError:
            return False
        await expire_offer(session, owner, offer, at)
        row = await find_offer(session, offer)
        if row is None or row.state != "expired" or row.decided_at != at:
            return False  # the customer or another worker was faster
        submission = await find_submission(session, row.submission_id)
        if submission is None:
            raise LookupError(f"no submission of offer {offer}")
        await _tell(services, session, owner, submission, offer)
        await audit(session, Audited("offer.expired", at, "clock", party=party, subject=offer))
    return True


async def _tell(services: Services, session: AsyncSession, owner: Owner, submission: Submission, offer: UUID) -> None:
    await enqueue_news(session, submission.id, submission.version)
    for address in await proved_emails(session, owner):
        new = NewMail("expired", address, submission.language, submission=submission.id, offer=offer)
        await send_mail(session, services.settings, owner, new)
