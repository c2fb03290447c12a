"""Files that customers hand in: how many somebody may send within a day, and which of them nothing holds, so that they go again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables.evidence import Document
from storage.tables.intake import Conversation, Upload

DAY: Final = timedelta(days=1)
MOST_FILES: Final = 40
"""Of a conversation and of its customer, within a day: no questionnaire asks for ten, and each may be photographed anew a few times."""
UNTAKEN: Final = timedelta(minutes=10)
"""A turn takes what was handed in within seconds; what no turn has taken then is looked at."""


@dataclass(frozen=True, slots=True)
class NewUpload:
    document: UUID
    conversation: UUID
    owner: UUID
    """In whose folder the file will lie."""
    bytes: int


async def begin_upload(session: AsyncSession, new: NewUpload, at: datetime, most_bytes: int) -> timedelta | None:
    """None: it may be stored, and should its turn never come it is found again (`uploads_to_look_at`). Otherwise how long to wait.

    The same document again, a message repeated, is counted once."""
    await session.execute(select(Conversation.id).where(Conversation.id == new.conversation).with_for_update())
    theirs = or_(Upload.conversation_id == new.conversation, Upload.owner_id == new.owner)
    counted = select(Upload.at, Upload.bytes).where(theirs, Upload.at > at - DAY, Upload.document_id != new.document).order_by(Upload.at)
    wait = _wait([(begun, size) for begun, size in await session.execute(counted)], new.bytes, at, most_bytes)
    if wait is None:
        row = {"document_id": new.document, "conversation_id": new.conversation, "owner_id": new.owner, "bytes": new.bytes, "at": at}
        begun = insert(Upload).values(row)
        await session.execute(begun.on_conflict_do_update(index_elements=["document_id"], set_={"at": at, "looked_at": None}))
    return wait


def _wait(counted: Sequence[tuple[datetime, int]], size: int, at: datetime, most_bytes: int) -> timedelta | None:
    """Until so many of the oldest count no more that one of this size fits."""
    files, total, wait = len(counted), sum(each for _, each in counted), None
    for begun, each in counted:
        if files < MOST_FILES and total + size <= most_bytes:
            break
        files, total, wait = files - 1, total - each, begun + DAY - at
    return wait


async def uploads_to_look_at(session: AsyncSession, at: datetime) -> list[Upload]:
    """Those handed in a while ago, each once; what is counted no more is forgotten."""
    await session.execute(delete(Upload).where(Upload.at <= at - DAY, Upload.looked_at.is_not(None)))
    due = select(Upload).where(Upload.looked_at.is_(None), Upload.at <= at - UNTAKEN).with_for_update(skip_locked=True)
    rows = list(await session.scalars(due))
    await session.execute(update(Upload).where(Upload.document_id.in_([row.document_id for row in rows])).values(looked_at=at))
    return rows


async def is_under_way(session: AsyncSession, document: UUID, at: datetime) -> bool:
    """Somebody may be storing it just now."""
    begun = await session.scalar(select(Upload.at).where(Upload.document_id == document))
    return begun is not None and begun > at - UNTAKEN


async def hold_uploads(session: AsyncSession, documents: Collection[UUID]) -> set[UUID]:
    """Those that are there: to the end of the transaction nobody forgets them."""
    held = select(Document.id).where(Document.id.in_(documents)).order_by(Document.id).with_for_update(read=True)
    return set(await session.scalars(held))


async def owners_of_uploads(session: AsyncSession, documents: Collection[UUID]) -> dict[UUID, UUID]:
    """In whose folder each lies, of those that customers handed in and that are there."""
    query = select(Document).where(Document.id.in_(documents), Document.kind == "upload")
    return {row.id: owner for row in await session.scalars(query) if (owner := row.party_id or row.conversation_id)}


async def lock_upload(session: AsyncSession, document: UUID) -> Document | None:
    query = select(Document).where(Document.id == document, Document.kind == "upload").with_for_update()
    row: Document | None = await session.scalar(query)
    return row


async def conversations_that_may_name(session: AsyncSession, row: Document) -> tuple[Sequence[UUID], UUID | None]:
    """Its party's and its own, and the party."""
    party = row.party_id
    if party is None:
        party = await session.scalar(select(Conversation.party_id).where(Conversation.id == row.conversation_id))
    mine = (Conversation.id == row.conversation_id) if party is None else (Conversation.party_id == party)
    return (await session.scalars(select(Conversation.id).where(mine, Conversation.wrapped_key.is_not(None)))).all(), party
