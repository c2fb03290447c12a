"""Documents in two stores, sealed with their owner's data key, synced to disk, read back before anybody relies on them."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.sealing import Owner
from storage.tables.base import new_id, now
from storage.tables.evidence import Document

_OBJECT = "document"
_TITLE = "document.sealed_title"
_KEEP = insert(Document).on_conflict_do_nothing(index_elements=["id"])


class DamagedError(OSError):
    """An object is not what its row says."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in both stores and was read back; its row comes with the transaction."""

    id: UUID
    sha256: bytes
    sealed_sha256: bytes
    bytes: int
    media_type: str
    stored_at: datetime
    copied_at: datetime
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """What a document is and what it belongs to."""

    kind: str  # upload, receipt, offer, policy
    title: str
    submission: UUID | None = None
    receipt: UUID | None = None
    offer: UUID | None = None
    policy: UUID | None = None


class Store:
    """One store: a local folder (`file:///…`), or whatever obstore opens by URL (`s3://bucket/prefix`). Blocks: call it from a thread."""

    def __init__(self, url: str) -> None:
        self.folder = _folder(url)
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store: ObjectStore = LocalStore(self.folder) if self.folder else from_url(url)

    def create(self, path: str, data: bytes) -> None:
        """Never overwrites; on return it survives a power cut."""
        obstore.put(self._store, path, data, mode="create")
        if self.folder is not None:
            _sync(self.folder, path)

    def find(self, path: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except (NotFoundError, FileNotFoundError):
            return None

    def delete(self, path: str) -> None:
        with suppress(NotFoundError, FileNotFoundError):
            obstore.delete(self._store, path)


class DocumentStores:
    """`url` holds the documents, `copy_url` their second copies, in a different area (S0-26)."""

    def __init__(self, url: str, copy_url: str) -> None:
        self._first, self._copy = Store(url), Store(copy_url)

    async def put(self, owner: Owner, data: bytes, *, media_type: str, document: UUID | None = None) -> Stored:
        """Stores and verifies twice. The same document id again with the same content is the same document."""
        return await asyncio.to_thread(self._put, owner, data, media_type, document or new_id())

    async def read(self, owner: Owner, row: Document) -> bytes:
        """From the first store, from the second where the first has lost or damaged it."""
        return await asyncio.to_thread(self._read, owner, row)

    async def check(self, row: Document) -> tuple[bool, bool]:
        """Whether each store holds the object unchanged; needs no key."""
        first, copy = [digest == row.sealed_sha256 for digest in await asyncio.to_thread(self._digests, _path_of(row))]
        return first, copy

    async def delete(self, owner: UUID, document: UUID) -> None:
        """From both stores; nothing to do = nothing done."""
        for store in (self._first, self._copy):
            await asyncio.to_thread(store.delete, _path(owner, document))

    # One thread for all of a document: handing each call of the stores to another thread cost more than the calls.
    def _put(self, owner: Owner, data: bytes, media_type: str, id_: UUID) -> Stored:
        path = _path(owner.id, id_)
        sealed = self._sealed_before(owner, id_, path, data) or owner.seal(_OBJECT, id_, data)
        digest = hashlib.sha256(sealed).digest()
        stored_at, copied_at = _create_once(self._first, path, sealed), _create_once(self._copy, path, sealed)
        if any(found != digest for found in self._digests(path)):
            raise DamagedError(f"document {id_} was not stored as given")
        return Stored(id_, hashlib.sha256(data).digest(), digest, len(data), media_type, stored_at, copied_at, now())

    def _read(self, owner: Owner, row: Document) -> bytes:
        for store in (self._first, self._copy):
            sealed = store.find(_path_of(row))
            if sealed is not None and hashlib.sha256(sealed).digest() == row.sealed_sha256:
                return owner.unseal(_OBJECT, row.id, sealed)
        raise DamagedError(f"document {row.id} is in neither store")

    def _digests(self, path: str) -> list[bytes]:
        """As each store has it now."""
        return [hashlib.sha256(store.find(path) or b"").digest() for store in (self._first, self._copy)]

    def _sealed_before(self, owner: Owner, document: UUID, path: str, data: bytes) -> bytes | None:
        """What an interrupted attempt left: sealing is random, so both stores must take the same bytes."""
        sealed = self._first.find(path) or self._copy.find(path)
        if sealed is not None and owner.unseal(_OBJECT, document, sealed) != data:
            raise DamagedError(f"document {document} exists with another content")
        return sealed


async def keep_document(session: AsyncSession, owner: Owner, stored: Stored, about: About) -> None:
    """The row that makes the stored file a document; a second call for the same one changes nothing."""
    await session.execute(_KEEP, document_row(owner, stored, about))


def document_row(owner: Owner, stored: Stored, about: About) -> dict[str, object]:
    return {
        "id": stored.id,
        "party_id": owner.party,
        "conversation_id": owner.conversation,
        "kind": about.kind,
        "submission_id": about.submission,
        "receipt_id": about.receipt,
        "offer_id": about.offer,
        "policy_id": about.policy,
        "sealed_title": owner.seal_text(_TITLE, stored.id, about.title),
        "media_type": stored.media_type,
        "bytes": stored.bytes,
        "sha256": stored.sha256,
        "sealed_sha256": stored.sealed_sha256,
        "stored_at": stored.stored_at,
        "copied_at": stored.copied_at,
        "verified_at": stored.verified_at,
    }


async def find_document(session: AsyncSession, document: UUID) -> Document | None:
    row: Document | None = await session.get(Document, document)
    return row


async def document_of_receipt(session: AsyncSession, receipt: UUID) -> Document | None:
    row: Document | None = await session.scalar(select(Document).where(Document.receipt_id == receipt, Document.kind == "receipt"))
    return row


async def documents_of(session: AsyncSession, party: UUID, *, kinds: Sequence[str] = ()) -> tuple[Document, ...]:
    """The party's documents, the latest first."""
    query = select(Document).where(Document.party_id == party).order_by(Document.id.desc())
    if kinds:
        query = query.where(Document.kind.in_(kinds))
    return tuple(await session.scalars(query))


def read_title(owner: Owner, row: Document) -> str:
    return owner.unseal_text(_TITLE, row.id, row.sealed_title)


def _create_once(store: Store, path: str, sealed: bytes) -> datetime:
    with suppress(AlreadyExistsError):  # an interrupted attempt; reading back decides whether it is whole
        store.create(path, sealed)
    return now()


def _path_of(row: Document) -> str:
    return _path(row.party_id or row.conversation_id, row.id)


def _path(owner: UUID | None, document: UUID) -> str:
    return f"{owner}/{document}"


def _folder(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _sync(folder: Path, path: str) -> None:
    # obstore's local store never syncs: first the file, then the entries that lead to it
    file = folder / path
    for target in (file, file.parent, folder):
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
