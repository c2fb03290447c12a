"""Files that customers hand in: looked at, sealed with their owner's key, stored twice before the turn that names them."""

import io
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from bots.web.problems import ApiProblem, too_large, too_many_files, unsupported
from bots.web.uploads import Upload
from dialogs.services import Services
from forms.types.files import file_name, sniff
from storage.documents import About, document_of_receipt, find_document, keep_document, read_title
from storage.keys import Keys
from storage.parties import open_party
from storage.receipts import find_receipt_by_number
from storage.recent import Loaded
from storage.sealing import Owner
from storage.uploads import NewUpload, begin_upload

MOST_LISTED: Final = 65_536
"""Bytes of an archive whose list is read: what is made to unpack to much is small, and the list of a long one takes seconds."""
UPLOADS_A_DAY: Final = 10
"""Files of the largest size, of a conversation: as many bytes as it takes within a day."""
NAMES: Final = UUID("6c1d6a53-6f0f-5c43-9d5f-2b6f0d1f7a10")  # of documents made from a message's id, so that a repeat is the same document


@dataclass(frozen=True, slots=True)
class Fetched:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FetchedReceipt:
    document: Fetched | None
    """None while it is being printed."""


def refusal(upload: Upload, accept: list[str], most: int) -> ApiProblem | None:
    """Why the file is not taken: judged by its content, never by its name or what the browser says of it."""
    if len(upload.content) > most or _unpacked_size(upload.content) > most:
        return too_large(most)
    kind = sniff(upload.content)
    return None if kind in accept else unsupported(accept)


def _unpacked_size(content: bytes) -> int:
    """What a short archive claims to hold; nothing is ever unpacked, and no archive taken."""
    if content[:2] != b"PK" or len(content) > MOST_LISTED:
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return 0


async def store(services: Services, conversation: str, message: str, upload: Upload) -> dict[str, str | int]:
    """The wire value of type file. The same message with the same content stores nothing new.

    Raises ApiProblem where the conversation has been sent too many within a day. First it is noted what is about to be stored: killed
    anywhere before the turn that names it, it is found and goes again (bots/uploads.py)."""
    digest = sha256(upload.content).hexdigest()
    kind = sniff(upload.content) or "application/octet-stream"
    owner = await services.turns.owner(conversation)
    document = uuid5(NAMES, f"{conversation}:{message}:{digest}")
    name = file_name(upload.name)
    new = NewUpload(document, UUID(conversation), owner.id, len(upload.content))
    async with services.database.transaction() as session:
        wait = await begin_upload(session, new, services.clock(), UPLOADS_A_DAY * services.settings.max_upload)
    if wait is not None:
        raise too_many_files(ceil(wait.total_seconds()))
    stored = await services.documents.put(owner, upload.content, media_type=kind, document=document)
    async with services.database.transaction() as session:
        await keep_document(session, owner, stored, About(kind="upload", title=name))
    return {"document": str(document), "name": name, "media_type": kind, "bytes": len(upload.content), "sha256": digest}


async def fetch(services: Services, loaded: Loaded, document: str) -> Fetched | None:
    """A document of this conversation or of the party it is bound to."""
    try:
        id_ = UUID(document)
    except ValueError:
        return None
    async with services.database.transaction() as session:
        row = await find_document(session, id_)
        if row is None:
            return None
        is_partys = row.party_id is not None and str(row.party_id) == loaded.party
        if not is_partys and str(row.conversation_id) != loaded.conversation:
            return None
        if row.party_id is None and loaded.key is None:
            return None  # the conversation was closed and its key destroyed
        owner = await _owner(session, services.keys, loaded, row.party_id)
        name = read_title(owner, row)
    return Fetched(named_with_ending(name, row.media_type), row.media_type, await services.documents.read(owner, row))


async def fetch_receipt(services: Services, loaded: Loaded, number: str) -> FetchedReceipt | None:
    """None where there is no such receipt, or it is somebody else's."""
    async with services.database.transaction() as session:
        receipt = await find_receipt_by_number(session, number)
        if receipt is None or str(receipt.party_id) != loaded.party:
            return None
        row = await document_of_receipt(session, receipt.id)
    return FetchedReceipt(None if row is None else await fetch(services, loaded, str(row.id)))


async def _owner(session: AsyncSession, keys: Keys, loaded: Loaded, party: UUID | None) -> Owner:
    return _conversation_owner(keys, loaded) if party is None else await open_party(session, keys, party)


def _conversation_owner(keys: Keys, loaded: Loaded) -> Owner:
    if loaded.key is None:
        raise LookupError(f"conversation {loaded.conversation} is closed")
    return Owner(None, UUID(loaded.conversation), keys, loaded.key)


def named_with_ending(name: str, media_type: str) -> str:
    ending = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}.get(media_type, "")
    is_there = name.lower().endswith((ending, ".jpeg")) if ending else True
    return name if is_there else name + ending
