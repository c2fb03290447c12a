"""The keys that sign the ledger: Ed25519, the private half in a folder of its own outside of the database, the public half in it.

A key takes over from the one before it by a statement that both sign. The old private half is then deleted: whoever takes the machine
over later cannot sign in the name of the years before (docs/decisions/0015)."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.statements import KeyStatement, key_id
from storage.files import sync_path
from storage.settings import NotConfigured
from storage.tables.base import now
from storage.tables.ledger import LedgerKey

LOCK_SPACE = 7_363  # of advisory locks: whoever makes a key or a root


@dataclass(frozen=True, slots=True)
class SigningKey:
    number: int
    public_key: bytes
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, text: bytes) -> bytes:
        """64 bytes, for the same text always the same."""
        return self.private.sign(text)


class Signer:
    """The newest key of the ledger, from its folder; the first is made where there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current: SigningKey | None = None

    async def current(self, session: AsyncSession, newest: LedgerKey | None = None) -> SigningKey:
        """Where the newest is not given it is looked up. Raises NotConfigured where its private half is not in the folder."""
        newest = newest or await newest_key(session)
        if newest is None:
            await _lock(session)
            newest = await newest_key(session) or await self._make(session, None, now())
        if self._current is None or self._current.public_key != newest.public_key:
            self._current = SigningKey(newest.number, newest.public_key, self._read(newest))
        return self._current

    async def rotate(self, session: AsyncSession, at: datetime, *, is_lost: bool = False) -> tuple[LedgerKey, LedgerKey | None]:
        """The new key and the one before it, in the caller's transaction: `retire` that one after the commit.

        `is_lost`: the private half of the one before is gone, and cannot vouch for the new one. Every check says so from then on."""
        await _lock(session)
        before = await newest_key(session)
        old = await self.current(session) if before and not is_lost else None
        return await self._make(session, before, at, old), before

    def retire(self, key: LedgerKey) -> None:
        """Its private half is deleted; nothing to do = nothing done."""
        self._path(key.public_key).unlink(missing_ok=True)
        sync_path(self._folder)

    async def _make(self, session: AsyncSession, before: LedgerKey | None, at: datetime, old: SigningKey | None = None) -> LedgerKey:
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        self._write(public, private)
        number, previous = (before.number + 1, before.public_key) if before else (1, None)
        text = KeyStatement(number, public, previous, at).text
        crossed = old.sign(text) if old else None
        row = LedgerKey(number=number, public_key=public, made_at=at, signature=private.sign(text), cross_signature=crossed)
        session.add(row)
        await session.flush()
        return row

    def _path(self, public_key: bytes) -> Path:
        return key_path(self._folder, public_key)

    def _read(self, key: LedgerKey) -> Ed25519PrivateKey:
        path = self._path(key.public_key)
        try:
            private = load_pem_private_key(path.read_bytes(), None)
        except FileNotFoundError:
            raise NotConfigured(
                f"The key that signs the ledger is not there: put {path.name} back into {path.parent}, "
                "or, if it is lost, begin a new one with `sospeso ledger rotate --lost`."
            ) from None
        if not isinstance(private, Ed25519PrivateKey) or private.public_key().public_bytes_raw() != key.public_key:
            raise NotConfigured(f"{path} is not the key that its name says: put the right one back from your copy.")
        return private

    def _write(self, public_key: bytes, private: Ed25519PrivateKey) -> None:
        """For this account's eyes only; it survives a power cut before the database knows of it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path(public_key), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        sync_path(self._folder)


def key_path(folder: Path, public_key: bytes) -> Path:
    """Where the private half of a key lies."""
    return folder / f"{key_id(public_key)[:16]}.pem"


async def newest_key(session: AsyncSession) -> LedgerKey | None:
    row: LedgerKey | None = await session.scalar(select(LedgerKey).order_by(LedgerKey.number.desc()).limit(1))
    return row


async def all_keys(session: AsyncSession) -> tuple[LedgerKey, ...]:
    """In the order they took over."""
    return tuple(await session.scalars(select(LedgerKey).order_by(LedgerKey.number)))


def is_signed(public_key: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


async def _lock(session: AsyncSession) -> None:
    """Until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, 1)))
