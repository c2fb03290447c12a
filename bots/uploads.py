"""Files that customers handed in and that nothing holds: replaced, skipped, refused, or never taken by a turn. They go from both stores.

Asked of what is stored, not of who asks: a conversation of the customer's that still names the file keeps it, and so does every confirmation
that ever held it, its receipt and its evidence with it."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.jobs import enqueue_forgetting_upload
from dialogs.services import Services
from storage.alone import COPYING, hold_off
from storage.audit import Audited, audit
from storage.parties import open_party
from storage.sealing import ErasedError
from storage.submissions import was_confirmed
from storage.tables.evidence import Document
from storage.uploads import conversations_that_may_name, is_under_way, lock_upload, uploads_to_look_at

type Fate = Literal["gone", "held", "later"]


async def look_at_uploads(services: Services) -> None:
    """Those whose turn has not come, or was killed: a file is stored before the turn that names it."""
    at = services.clock()
    async with services.database.transaction() as session:
        for row in await uploads_to_look_at(session, at):
            await enqueue_forgetting_upload(session, row.owner_id, row.document_id, at)


async def forget_unless_held(services: Services, document: UUID) -> Fate:
    """`gone`: its row, if there ever was one, and its file is to be deleted; again it is the same. `later`: a copy is being made."""
    at = services.clock()
    async with services.database.transaction() as session:
        if not await hold_off(session, COPYING):
            return "later"
        row = await lock_upload(session, document)
        if row is None:
            return "held" if await is_under_way(session, document, at) else "gone"
        if await _is_held(services, session, row):
            return "held"
        party = row.party_id
        await session.delete(row)
        await audit(session, Audited("upload.forgotten", at, "clock", party=party, subject=document))
    return "gone"


async def _is_held(services: Services, session: AsyncSession, row: Document) -> bool:
    """First the drafts, then what was confirmed: a draft that is confirmed in between is found there."""
    conversations, party = await conversations_that_may_name(session, row)
    if await _is_named(services, conversations, row.id):
        return True
    if party is None:
        return False
    try:
        return await was_confirmed(session, await open_party(session, services.keys, party), row.id)
    except ErasedError:
        return False


async def _is_named(services: Services, conversations: Sequence[UUID], document: UUID) -> bool:
    for conversation in conversations:
        loaded = await services.turn_store.load(str(conversation), fresh=True)
        if loaded is not None and str(document).encode() in loaded.snapshot:
            return True
    return False
