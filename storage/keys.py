"""Sealing: a data key for each conversation and party, wrapped by the master key; look-ups by keyed hashes."""

import hmac
import os
from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rules.addresses import normal_address

NONCE: Final = 12
KEY_ID: Final = 8
KEY: Final = 32
SEALED_FORM: Final = b"\x01"  # AES-256-GCM: form, nonce, ciphertext with its tag
WRAPPED_FORM: Final = b"\x01"  # form, id of the master key, then as sealed
WRAPPED_FOR: Final = b"data key"


class CannotUnseal(Exception):  # noqa: N818 - a broken row or a wrong key
    """The bytes, the place they were found in and the key do not belong together."""


class Keys:
    """Everything derived from SOSPESO_MASTER_KEY. `retired` master keys still unwrap what they wrapped."""

    def __init__(self, master: bytes, *retired: bytes) -> None:
        self._master = _MasterKey(master)
        self._by_id = {key.id: key for key in (self._master, *map(_MasterKey, retired))}

    def new_data_key(self) -> tuple[bytes, bytes]:
        """The key, and the same wrapped for storing."""
        key = os.urandom(KEY)
        return key, WRAPPED_FORM + self._master.id + _seal(self._master.wrapping, key, WRAPPED_FOR)

    def unwrap(self, wrapped: bytes) -> bytes:
        master = self._by_id.get(wrapped[1 : 1 + KEY_ID])
        if wrapped[:1] != WRAPPED_FORM or master is None:
            raise CannotUnseal("a data key was wrapped by a master key that is not configured")
        return _unseal(master.wrapping, wrapped[1 + KEY_ID :], WRAPPED_FOR)

    def seal(self, key: bytes, plaintext: bytes, aad: bytes) -> bytes:
        """`aad` says what this is and where it stands, so that it opens nowhere else."""
        return _seal(_cipher(key), plaintext, aad)

    def unseal(self, key: bytes, sealed: bytes, aad: bytes) -> bytes:
        return _unseal(_cipher(key), sealed, aad)

    def opener(self, key: bytes) -> Callable[[bytes, bytes], bytes]:
        """`unseal` of one key, for many values."""
        return partial(_unseal, _cipher(key))

    def blind_index(self, kind: str, value: str) -> bytes:
        """32 bytes that are equal for equal values of a kind, and say nothing else. The value must be in its normal form."""
        return hmac.digest(self._master.blind(kind), value.encode(), sha256)

    def address_index(self, kind: str, email: str) -> bytes:
        """The blind index of a mailbox, however its address is spelt."""
        return self.blind_index(kind, normal_address(email))

    def derive(self, purpose: str) -> bytes:
        """A key for another use (signing a link, say), different for each purpose."""
        return self._master.derive(f"purpose:{purpose}")


class _MasterKey:
    def __init__(self, secret: bytes) -> None:
        if len(secret) < KEY:
            raise ValueError("a master key has at least 32 bytes")
        self._secret = secret
        self.id = self.derive("id")[:KEY_ID]
        self._blind: dict[str, bytes] = {}

    @cached_property
    def wrapping(self) -> AESGCM:
        return AESGCM(self.derive("wrapping"))

    def blind(self, kind: str) -> bytes:
        if kind not in self._blind:
            self._blind[kind] = self.derive(f"blind:{kind}")
        return self._blind[kind]

    def derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY, salt=None, info=b"sospeso/" + purpose.encode()).derive(self._secret)


@lru_cache(maxsize=256)  # a few conversations and parties at a time; the keys are in memory anyway
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _seal(cipher: AESGCM, plaintext: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return SEALED_FORM + nonce + cipher.encrypt(nonce, plaintext, aad)


def _unseal(cipher: AESGCM, sealed: bytes, aad: bytes) -> bytes:
    if sealed[:1] != SEALED_FORM:
        raise CannotUnseal("not sealed in a form that is known")
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], aad)
    except InvalidTag as error:
        raise CannotUnseal("the bytes, their place and the key do not belong together") from error
