"""Erasure at work: what must stay is put apart, everything else destroyed, the certificate written, the list outside brought up to date.

The list lies beside the documents and not in the database: a backup that is restored knows nothing of what was erased since, and is
told by it (`erase_again`)."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bots.evidence.bundle import Part, pack_bundle, read_rows
from bots.papers import Press
from bots.records import press_of
from dialogs.desk import local_day
from dialogs.erasing import end_conversations, look_for_contracts
from dialogs.jobs import enqueue_forgetting
from dialogs.mailing import send_mail
from dialogs.services import Services
from forms.covering import cover_text
from forms.papers.erasure import ErasureRecord, Staying
from rules.erasures import check_reason
from rules.refusals import Refused
from rules.retention import Kept, Piece, contracts_end, what_stays
from storage.acts import read_acts
from storage.audit import Audited, audit
from storage.documents import About, DamagedError, DocumentStores, documents_of, keep_document
from storage.erasures import (
    SERIES,
    Listed,
    destroy_letter_keys,
    destroy_overdue,
    end_order,
    erase_party,
    find_erasure,
    keep_apart,
    left_undone,
    letter_owner,
    lock_erasure,
    open_kept,
    reach_number,
    request_erasure,
    standing_again,
    take_up_again,
    unknown_here,
    unlisted,
)
from storage.imports import forget_rows_about
from storage.ledger.keys import Signer
from storage.mails import NewMail
from storage.parties import Traces, lock_party, open_party, proved_emails
from storage.policies import policies_of
from storage.prepared import end_prepared_for
from storage.receipts import next_number
from storage.sealing import Owner
from storage.tables.erasures import Erasure
from storage.tables.intake import Conversation
from storage.tables.messages import OutgoingMail

log = logging.getLogger(__name__)

FOLDER: Final = "erasures"
LATE: Final = timedelta(minutes=15)
"""After both have agreed: the job has tried for six minutes."""


@dataclass(frozen=True, slots=True)
class House:
    """What an erasure needs beside the services."""

    services: Services
    press: Press
    signer: Signer


async def erase_ordered(house: House, erasure: UUID) -> None:
    """As two agreed to. Where a policy has begun since, the order ends and the request stays."""
    try:
        await erase(house, erasure)
    except Refused as refused:
        log.warning("erasure %s was not done: %s", erasure, refused.facts.get("state"))
        async with house.services.database.transaction() as session:
            end_order(await lock_erasure(session, erasure))


async def erase_for_operator(services: Services, party: UUID, reason: str) -> str:
    """The certificate's number. By the command line: whoever holds this machine's keys, and it is written down all the same.

    Raises Refused for a reason that says too little, and while a policy runs; ErasedError where it was done before."""
    told, house = check_reason(reason), House(services, press_of(services), Signer(services.settings.ledger_folder))
    async with services.database.transaction() as session:
        await open_party(session, services.keys, party)
        row = await request_erasure(session, party, by="operator", at=services.clock())
        row.reason, row.ordered_at = cover_text(told), services.clock()
    await erase(house, row.id)
    async with services.database.transaction() as session:
        done = await lock_erasure(session, row.id)
    return done.number or ""


async def erase(house: House, erasure: UUID, *, first_at: datetime | None = None) -> bool:
    """False where it was done before. In one transaction: what is kept apart lies in the stores before anything is destroyed.

    `first_at`: of an erasure done again. Raises Refused while a policy runs."""
    services = house.services
    async with services.database.transaction() as session:
        row = await lock_erasure(session, erasure)
        if row.erased_at is not None:
            return False
        at = services.clock()
        await lock_party(session, row.party_id)
        owner = await open_party(session, services.keys, row.party_id)
        conversations = await _erase(session, house, row, owner, at)
        row.erased_at, row.reason = first_at or at, None
        await session.flush()
        await audit(session, Audited("erasure.done", at, "clock", party=row.party_id, subject=row.id, detail={"number": row.number}))
        row.listed_at = at if await _list(services, row) else None
    for conversation in conversations:
        services.turn_store.forget(str(conversation))
    return True


async def _erase(session: AsyncSession, house: House, row: Erasure, owner: Owner, at: datetime) -> tuple[UUID, ...]:
    services, party = house.services, row.party_id
    await look_for_contracts(session, services, party, at)
    kept = await _what_stays(session, house, owner, local_day(at, services.settings.timezone))
    await _put_apart(session, house, row, kept, at)
    row.record = (await _record(session, owner, kept)).as_json()
    emails = await proved_emails(session, owner)
    conversations = await end_conversations(session, services.turn_store, party)
    await forget_rows_about(session, services.keys, party, emails)
    traces, programs = await erase_party(session, party, at)
    await enqueue_forgetting(session, traces)
    prepared = await end_prepared_for(session, services.keys, emails, "erased", at)
    await enqueue_forgetting(session, Traces(party, (), prepared))
    row.record = {**row.record, "programs": programs}
    if row.number is None:  # else it was told when it was done first
        row.number = await next_number(session, SERIES, at, services.settings.timezone)
        await _queue_letters(session, services, row, emails)
    return conversations


async def _what_stays(session: AsyncSession, house: House, owner: Owner, today: date) -> tuple[Kept, ...]:
    zone, party = house.press.zone, owner.id
    rules = house.services.catalogue.retention
    begins = [each.starts_on or each.issued_at.astimezone(zone).date() for each in await policies_of(session, party)]
    acts = [
        Piece(str(act.number), act.kind, act.at.astimezone(zone).date(), act.module or act.question)
        for act in await read_acts(session, owner)
    ]
    documents = [Piece(str(row.id), row.kind, row.stored_at.astimezone(zone).date()) for row in await documents_of(session, party)]
    return what_stays(rules, [*acts, *documents], contracts_end(rules, begins), today)


async def _put_apart(session: AsyncSession, house: House, row: Erasure, kept: Sequence[Kept], at: datetime) -> None:
    """A bundle for each day on which something ends, with all that stays until then or longer."""
    services = house.services
    for until in sorted({each.until for each in kept}):
        pieces = [each.piece for each in kept if each.until >= until]
        acts, documents = (frozenset(each.id for each in pieces if bool(each.module) is is_act) for is_act in (True, False))
        part = Part(frozenset(map(int, acts)), frozenset(map(UUID, documents)))
        packed = BytesIO()
        await pack_bundle(services, house.press, await read_rows(session, services, house.signer, row.party_id, part), at, packed)
        owner = await keep_apart(session, services.keys, row.id, until)
        stored = await services.documents.put(owner, packed.getvalue(), media_type="application/zip")
        await keep_document(session, owner, stored, About("kept", f"{row.id}"))


async def _record(session: AsyncSession, owner: Owner, kept: Iterable[Kept]) -> ErasureRecord:
    """How much there is, before it goes."""
    counted = Counter((each.piece.kind if not each.piece.module else "act", each.until, each.basis) for each in kept)
    staying = (Staying(kind, count, until, basis) for (kind, until, basis), count in counted.items())
    language = (await lock_party(session, owner.id)).language
    return ErasureRecord(
        language=language,
        conversations=await session.scalar(select(func.count()).where(Conversation.party_id == owner.id)) or 0,
        documents=len(await documents_of(session, owner.id)),
        mails=await session.scalar(select(func.count()).where(OutgoingMail.party_id == owner.id)) or 0,
        acts=len(await read_acts(session, owner)),
        staying=tuple(sorted(staying, key=lambda each: (each.until, each.kind))),
    )


async def _queue_letters(session: AsyncSession, services: Services, row: Erasure, emails: Sequence[str]) -> None:
    """The certificate to each address, for the last time."""
    for email in emails:
        new = NewMail("erased", email, row.record["language"], facts={"number": row.number})
        await send_mail(session, services.settings, letter_owner(services.keys, row), new)


async def read_kept(services: Services, number: str) -> bytes:
    """The bundle of what the law still obliges to keep. Raises LookupError where nothing is, or there is no such certificate."""
    async with services.database.transaction() as session:
        row = await find_erasure(session, number)
        kept = await open_kept(session, services.keys, row.id) if row else None
        if row is None or kept is None:
            raise LookupError(number)
        await audit(session, Audited("erasure.kept_read", services.clock(), "operator", party=row.party_id, subject=row.id))
        return await services.documents.read(*kept)


# the list outside of the database


async def _list(services: Services, row: Erasure) -> bool:
    """True once it lies in both stores. Raises where not even the first one answers: nothing is destroyed that a backup could bring back."""
    told = {"id": str(row.id), "number": row.number, "erased_at": row.erased_at}
    return await services.documents.keep_in_both(f"{FOLDER}/{row.party_id}", orjson.dumps(told))


async def erase_again(house: House) -> list[UUID]:
    """Parties that were erased and stand here as if they had not been, as after a backup was restored: erased by this. Numbers that
    were given since are given to nobody else."""
    services, again = house.services, []
    listed = await listed_parties(services.documents)
    async with services.database.transaction() as session:
        unknown = await unknown_here(session, sorted(listed))
        standing = await standing_again(session, unknown)
    for party in unknown:
        entry = await _entry(services.documents, party)
        if entry is None:
            continue
        async with services.database.transaction() as session:
            await reach_number(session, entry.number)
            row = await take_up_again(session, entry) if party in standing else None
        if row is not None and await _erase_unless_refused(house, row.id, entry.erased_at):
            again.append(party)
    return again


async def listed_parties(documents: DocumentStores) -> set[UUID]:
    """Who is in the list. What else lies in its folder, as programs leave it where somebody copies one by hand, is nobody."""
    found = set()
    for path in await documents.list_in_either(FOLDER):
        with suppress(ValueError):
            found.add(UUID(path.rpartition("/")[2]))
    return found


async def _entry(documents: DocumentStores, party: UUID) -> Listed | None:
    """One that cannot be read keeps nobody else standing."""
    try:
        told = orjson.loads(await documents.read_from_either(f"{FOLDER}/{party}"))
        return Listed(UUID(told["id"]), party, told["number"], datetime.fromisoformat(told["erased_at"]))
    except (DamagedError, ValueError, KeyError, TypeError) as error:
        log.error("what the list of erasures says of %s cannot be read (%s): see `sospeso erase`", party, type(error).__name__)  # noqa: TRY400 - a sentence for whoever runs it
        return None


async def _erase_unless_refused(house: House, erasure: UUID, first_at: datetime) -> bool:
    """One customer whose policy would still run by other rules than then keeps nobody else standing."""
    try:
        return await erase(house, erasure, first_at=first_at)
    except Refused as refused:
        log.warning("erasure %s was not done again: %s", erasure, refused.facts.get("state"))
        return False


async def look_after_erasures(house: House) -> None:
    """What waits for a store, a mail that has left, a day that has come."""
    services = house.services
    at = services.clock()
    async with services.database.transaction() as session:
        for row in await unlisted(session):
            row.listed_at = at if await _list(services, row) else None
        await destroy_letter_keys(session)
        for left in await destroy_overdue(session, local_day(at, services.settings.timezone), at):
            await enqueue_forgetting(session, left)
        late = await left_undone(session, at - LATE)
    for erasure in late:
        await erase_ordered(house, erasure)
