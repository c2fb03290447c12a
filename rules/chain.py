"""One hash chain per party over salted commitments: every act is bound to all acts before it.

The commitment is an HMAC with a salt of the act's own. With the salt erased nobody can guess what was committed to,
and the chain still verifies."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DOMAIN = b"sospeso.act.v1"
SALT_BYTES = 32
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Link:
    number: int
    at: datetime
    facts: tuple[str, ...]
    """What stands beside the commitment in clear: kind, question, module, version, answer, conversation. Bound like it, so that a change
    of it shows to whoever has no key, and after an erasure."""
    commitment: bytes
    previous: bytes
    link: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain is not what it was: `number`, `previous`, `link` or `commitment`."""

    number: int
    what: str


def genesis(owner: str) -> bytes:
    """What the first link of an owner's chain binds to: a chain cannot be passed off as another party's."""
    return digest(b"genesis", owner.encode())


def commit(salt: bytes, detail: bytes) -> bytes:
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    # HMAC-SHA-256 (RFC 2104) written out: what OpenSSL does around the two hashes takes longer than they do
    padded = salt.ljust(64, b"\0")
    inner = hashlib.sha256(padded.translate(_INNER) + DOMAIN + detail)
    return hashlib.sha256(padded.translate(_OUTER) + inner.digest()).digest()


def next_link(number: int, previous: bytes, *, at: datetime, facts: tuple[str, ...], commitment: bytes) -> Link:
    """The link after one of this `number` and hash; 0 and the owner's genesis before the first."""
    after = number + 1
    return Link(after, at, facts, commitment, previous, _link(previous, after, commitment, at, facts))


def verify(owner: str, links: Iterable[Link], opened: Mapping[int, tuple[bytes, bytes]] | None = None) -> Break | None:
    """None where the whole chain holds. `opened`: (salt, detail) by number, of the acts that are not erased."""
    previous, expected = genesis(owner), 1
    for link in links:
        what = _wrong(link, expected, previous, (opened or {}).get(link.number))
        if what:
            return Break(link.number, what)
        previous, expected = link.link, expected + 1
    return None


def _wrong(link: Link, expected: int, previous: bytes, opened: tuple[bytes, bytes] | None) -> str | None:
    if link.number != expected:
        return "number"
    if link.previous != previous:
        return "previous"
    if link.link != _link(previous, link.number, link.commitment, link.at, link.facts):
        return "link"
    if opened and not hmac.compare_digest(link.commitment, commit(*opened)):
        return "commitment"
    return None


def _link(previous: bytes, number: int, commitment: bytes, at: datetime, facts: Iterable[str]) -> bytes:
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    return digest(previous, number.to_bytes(8), commitment, microseconds.to_bytes(8, signed=True), *(fact.encode() for fact in facts))


def digest(*parts: bytes) -> bytes:
    # every part is preceded by its length: no two different lists of parts give the same bytes
    return hashlib.sha256(b"".join(len(part).to_bytes(4) + part for part in (DOMAIN, *parts))).digest()
