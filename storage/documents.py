"""Documents in two stores, sealed with their owner's data key, synced to disk, read back before anybody relies on them.

The second store may be out of reach: nobody waits for it, and the scrub (bots/scrub.py) brings the copy there later."""

import asyncio
import hashlib
import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.files import sync_path
from storage.sealing import Owner
from storage.tables.base import new_id, now
from storage.tables.erasures import PastPaper
from storage.tables.evidence import Document

log = logging.getLogger(__name__)

ISSUED = ("receipt", "offer", "policy")  # kinds of documents that the agency makes
COPY_S = 5  # a copy is not tried longer: a customer may be waiting
REST_S = 30  # a copy store out of reach is not asked again by the next customer
_MISSING = (NotFoundError, FileNotFoundError)  # obstore raises the one or the other
_NOWHERE = "nothing-lies-here"
_OBJECT = "document"
_TITLE = "document.sealed_title"
_KEEP = insert(Document).on_conflict_do_nothing(index_elements=["id"])


class DamagedError(OSError):
    """An object is not what its row says."""


class UnreachableError(OSError):
    """A store does not answer: nothing is known of what lies there."""


UNREAD = (DamagedError, UnreachableError)  # of a document that cannot be had now, or any more
type Side = Literal["whole", "mended", "damaged", "unreachable"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a document left in each store; damaged = not as its row says, and not to be mended."""

    first: Side
    copy: Side


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the first store and was read back; its row comes with the transaction."""

    id: UUID
    sha256: bytes
    sealed_sha256: bytes
    bytes: int
    media_type: str
    stored_at: datetime
    copied_at: datetime | None
    """None = the second store was out of reach."""
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
    """One store: a local folder (`file:///…`), or whatever obstore opens by URL (`s3://bucket/prefix`). Blocks: call it from a thread.

    Raises UnreachableError where it does not answer."""

    def __init__(self, url: str, **options: object) -> None:
        self.folder = _folder(url)
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store: ObjectStore = LocalStore(self.folder) if self.folder else from_url(url, **options)  # type: ignore[call-overload]

    def create(self, path: str, data: bytes) -> None:
        """Never overwrites; on return it survives a power cut."""
        with self._reached(AlreadyExistsError):
            obstore.put(self._store, path, data, mode="create")
            self._sync(path)

    def replace(self, path: str, data: bytes) -> None:
        with self._reached():
            obstore.put(self._store, path, data, mode="overwrite")
            self._sync(path)

    def find(self, path: str) -> bytes | None:
        try:
            with self._reached(*_MISSING):
                return bytes(obstore.get(self._store, path).bytes())
        except _MISSING:
            return None

    def list_paths(self, folder: str) -> list[str]:
        with self._reached():
            return [str(each["path"]) for some in obstore.list(self._store, folder) for each in some]

    def delete(self, path: str) -> None:
        with suppress(*_MISSING), self._reached(*_MISSING):
            obstore.delete(self._store, path)

    def answers(self) -> bool:
        """Asked for what does not lie there: an object that cannot be read says nothing of the others."""
        with suppress(UnreachableError):
            return self.find(_NOWHERE) is None and not self.list_paths(_NOWHERE)  # only a list tells a bucket that is gone
        return False

    @contextmanager
    def _reached(self, *expected: type[Exception]) -> Iterator[None]:
        # An unmounted folder would answer that everything is lost.
        if self.folder is not None and not self.folder.is_dir():
            raise UnreachableError("a folder of documents is not there")
        try:
            yield
        except expected:
            raise
        except (BaseError, OSError) as error:
            unreachable = UnreachableError(f"a store of documents does not answer ({type(error).__name__})")
            unreachable.errno = _errno(error)
            raise unreachable from error

    def _sync(self, path: str) -> None:
        if self.folder is None:
            return
        # obstore's local store never syncs: first the file, then the entries that lead to it
        file = self.folder / path
        for target in (file, file.parent, self.folder):
            sync_path(target)


class DocumentStores:
    """`url` holds the documents, `copy_url` their second copies, in a different area (S0-26)."""

    def __init__(self, url: str, copy_url: str) -> None:
        self._first = Store(url)
        # Not by client_options: those would take the place of all that the environment says (AWS_ALLOW_HTTP, a proxy).
        self._copy = Store(copy_url, retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=COPY_S)})
        self._copy_rests_until = 0.0

    async def put(self, owner: Owner, data: bytes, *, media_type: str, document: UUID | None = None) -> Stored:
        """Stores and reads back in both stores. The same document id again with the same content is the same document.

        Where the second is out of reach, the copy is left to the scrub."""
        return await asyncio.to_thread(self._put, owner, data, media_type, document or new_id())

    async def find_stored(self, owner: Owner, document: UUID) -> bytes | None:
        """What an interrupted attempt left in the first store, where its row was never made."""
        return await asyncio.to_thread(self._find_stored, owner, document)

    async def read(self, owner: Owner, row: Document) -> bytes:
        """From the first store, from the second where the first has lost or damaged it."""
        return await asyncio.to_thread(self._read, owner, row)

    async def check(self, row: Document) -> tuple[bool, bool]:
        """Whether each store holds the object unchanged; needs no key."""
        look = await asyncio.to_thread(self._look, row, mend=False)
        return look.first == "whole", look.copy == "whole"

    async def scrub(self, row: Document) -> Look:
        """Reads both and mends one from the other; needs no key."""
        return await asyncio.to_thread(self._look, row, mend=True)

    async def keep_copy(self, path: str, data: bytes) -> None:
        """A file of the ledger's, in the second store only, never overwritten. Raises DamagedError where another one lies there."""
        await asyncio.to_thread(_create_once, self._copy, path, data)
        if await self.read_copy(path) != data:
            raise DamagedError(f"{path} in the second store is not what it was")

    async def keep_in_both(self, path: str, data: bytes) -> bool:
        """A small file in both stores, a later one in place of an earlier. False where the second is out of reach. Raises UnreachableError for the first."""
        await asyncio.to_thread(self._first.replace, path, data)
        try:
            await asyncio.to_thread(self._copy.replace, path, data)
        except UnreachableError:
            return False
        return True

    async def list_in_either(self, folder: str) -> set[str]:
        """Paths; of the stores that answer. Raises UnreachableError where neither does."""
        found, unreachable = [], []
        for store in (self._first, self._copy):
            try:
                found.append(await asyncio.to_thread(store.list_paths, folder))
            except UnreachableError as error:
                unreachable.append(error)
        if not found:
            raise unreachable[0]
        return {path for paths in found for path in paths}

    async def read_from_either(self, path: str, sha256: bytes | None = None) -> bytes:
        """As its row says, where either has it so. Raises DamagedError where neither has it, UnreachableError where one may have it."""
        return await asyncio.to_thread(self._find_in_either, path, sha256)

    async def list_copies(self, folder: str) -> list[str]:
        return await asyncio.to_thread(self._copy.list_paths, folder)

    async def read_copy(self, path: str) -> bytes | None:
        return await asyncio.to_thread(self._copy.find, path)

    async def delete(self, owner: UUID, document: UUID) -> None:
        """From both stores; nothing to do = nothing done. Raises UnreachableError where one is out of reach, once the other is done."""
        unreachable: UnreachableError | None = None
        for store in (self._first, self._copy):
            try:
                await asyncio.to_thread(store.delete, _path(owner, document))
            except UnreachableError as error:
                unreachable = error
        if unreachable is not None:
            raise unreachable

    # One thread for all of a document: handing each call of the stores to another thread cost more than the calls.
    def _put(self, owner: Owner, data: bytes, media_type: str, id_: UUID) -> Stored:
        path = _path(owner.id, id_)
        sealed = self._sealed_before(owner, id_, path, data) or owner.seal(_OBJECT, id_, data)
        digest = hashlib.sha256(sealed).digest()
        stored_at = _create_once(self._first, path, sealed)
        if not _holds(self._first, path, digest):
            raise DamagedError(f"document {id_} was not stored as given")
        copied_at = self._copied(id_, path, sealed, digest)
        return Stored(id_, hashlib.sha256(data).digest(), digest, len(data), media_type, stored_at, copied_at, now())

    def _copied(self, document: UUID, path: str, sealed: bytes, digest: bytes) -> datetime | None:
        """When the copy was made; None where it was not."""
        if time.monotonic() < self._copy_rests_until:
            return None
        try:
            copied_at = _create_once(self._copy, path, sealed)
            return copied_at if _holds(self._copy, path, digest) else None
        except OSError as error:
            self._copy_rests_until = time.monotonic() + REST_S
            log.warning("document %s waits for its copy: %s", document, error)
            return None

    def _find_in_either(self, path: str, sha256: bytes | None) -> bytes:
        found, unreachable = None, None
        for store in (self._first, self._copy):
            data = _held(store, path)
            if isinstance(data, UnreachableError):
                unreachable = data
            elif data is not None and (sha256 is None or hashlib.sha256(data).digest() == sha256):
                return data
            else:
                found = found or data
        if found is not None:
            return found
        raise unreachable or DamagedError(f"{path} is in neither store")

    def _find_stored(self, owner: Owner, document: UUID) -> bytes | None:
        sealed = self._first.find(_path(owner.id, document))
        return None if sealed is None else owner.unseal(_OBJECT, document, sealed)

    def _read(self, owner: Owner, row: Document) -> bytes:
        unreachable: UnreachableError | None = None
        for store in (self._first, self._copy):
            try:
                sealed = store.find(_path_of(row))
            except UnreachableError as error:
                unreachable = error
                continue
            if sealed is not None and hashlib.sha256(sealed).digest() == row.sealed_sha256:
                return owner.unseal(_OBJECT, row.id, sealed)
        raise unreachable or DamagedError(f"document {row.id} is in neither store")

    def _look(self, row: Document, *, mend: bool) -> Look:
        path = _path_of(row)
        held = [_held(store, path) for store in (self._first, self._copy)]
        good = next((data for data in held if isinstance(data, bytes) and hashlib.sha256(data).digest() == row.sealed_sha256), None)
        first, copy = (
            _side(store, path, data, good, mend=mend) for store, data in zip((self._first, self._copy), held, strict=True)
        )  # fmt: skip
        return Look(first, copy)

    def _sealed_before(self, owner: Owner, document: UUID, path: str, data: bytes) -> bytes | None:
        """What an interrupted attempt left in the first store: sealing is random, so both must take the same bytes."""
        sealed = self._first.find(path)
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


async def is_issued(session: AsyncSession, sha256: bytes) -> bool:
    """Whether a paper of the agency's has these bytes, be its customer erased; what customers handed in is none."""
    known = select(Document.id).where(Document.sha256 == sha256, Document.kind.in_(ISSUED)).exists()
    past = select(PastPaper.document_id).where(PastPaper.sha256 == sha256).exists()
    return bool(await session.scalar(select(known | past)))


async def issued_digests(session: AsyncSession, *, receipt: UUID | None = None, policy: UUID | None = None) -> set[bytes]:
    """Of the papers of a receipt, or of a policy."""
    known = select(Document.sha256).where(_paper_of(Document, receipt, policy), Document.kind.in_(ISSUED))
    return set(await session.scalars(known.union(select(PastPaper.sha256).where(_paper_of(PastPaper, receipt, policy)))))


def _paper_of(table: type[Document] | type[PastPaper], receipt: UUID | None, policy: UUID | None) -> ColumnElement[bool]:
    return table.receipt_id == receipt if receipt else table.policy_id == policy


async def remember_papers(session: AsyncSession, party: UUID) -> None:
    """Of the papers whose rows are about to go, what tells the genuine one from another: a hash, which names nobody."""
    columns = (Document.id, Document.sha256, Document.receipt_id, Document.policy_id)
    papers = select(*columns).where(Document.party_id == party, Document.kind.in_(ISSUED))
    known = insert(PastPaper).from_select(["document_id", "sha256", "receipt_id", "policy_id"], papers)
    await session.execute(known.on_conflict_do_nothing())  # a restored backup is erased again


async def documents_of(session: AsyncSession, party: UUID, *, kinds: Sequence[str] = ()) -> tuple[Document, ...]:
    """The party's documents, the latest first."""
    query = select(Document).where(Document.party_id == party).order_by(Document.created_at.desc(), Document.id.desc())
    if kinds:
        query = query.where(Document.kind.in_(kinds))
    return tuple(await session.scalars(query))


def read_title(owner: Owner, row: Document) -> str:
    return owner.unseal_text(_TITLE, row.id, row.sealed_title)


def _errno(error: Exception) -> int | None:
    """Why the disk did not do it. obstore has that in its sentence only."""
    found = re.search(r"\(os error (\d+)\)", str(error))
    return int(found[1]) if found else getattr(error, "errno", None)


def _create_once(store: Store, path: str, sealed: bytes) -> datetime:
    with suppress(AlreadyExistsError):  # an interrupted attempt; reading back decides whether it is whole
        store.create(path, sealed)
    return now()


def _holds(store: Store, path: str, digest: bytes) -> bool:
    return hashlib.sha256(store.find(path) or b"").digest() == digest


def _held(store: Store, path: str) -> bytes | UnreachableError | None:
    """None = lost, or not to be read in a store that answers (a bad sector, an object withheld)."""
    try:
        return store.find(path)
    except UnreachableError as error:
        return None if store.answers() else error


def _side(store: Store, path: str, data: bytes | UnreachableError | None, good: bytes | None, *, mend: bool) -> Side:
    if isinstance(data, UnreachableError):
        return "unreachable"
    if good is None or (data != good and not mend):
        return "damaged"
    if data == good:
        return "whole"
    try:
        store.replace(path, good)
        return "mended" if store.find(path) == good else "damaged"
    except UnreachableError:
        return "damaged" if store.answers() else "unreachable"


def _path_of(row: Document) -> str:
    return _path(row.party_id or row.conversation_id, row.id)


def _path(owner: UUID | None, document: UUID) -> str:
    return f"{owner}/{document}"


def _folder(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None
