"""The texts that the ledger's keys sign: lines that a person can read, the same bytes for the same facts.

Each begins with what it is, so that a signature on one can never be taken for one on another."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

NOTHING = "-"


def key_id(public_key: bytes) -> str:
    """SHA-256 of the raw public key: what papers and statements name a key by."""
    return sha256(public_key).hexdigest()


def instant(at: datetime) -> str:
    """UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """A key takes over. Signed by the key itself and by the one before it: each vouches for the other."""

    number: int
    public_key: bytes
    before: bytes | None
    made_at: datetime

    @property
    def text(self) -> bytes:
        before = self.before.hex() if self.before else NOTHING
        return _lines("key", number=self.number, key=self.public_key.hex(), before=before, made=instant(self.made_at))


@dataclass(frozen=True, slots=True)
class RootStatement:
    """The root of the log of heads at its size on a day."""

    day: date
    size: int
    root: bytes
    made_at: datetime
    key: bytes

    @property
    def text(self) -> bytes:
        return _lines(
            "root", day=self.day.isoformat(), size=self.size, root=self.root.hex(), made=instant(self.made_at), key=key_id(self.key)
        )


@dataclass(frozen=True, slots=True)
class HeadStatement:
    """The head of a customer's chain as a receipt prints it, with the latest root there was."""

    receipt: str
    sequence: int
    head: bytes
    shown: bytes
    at: datetime
    root: bytes | None
    root_day: date | None
    key: bytes

    @property
    def text(self) -> bytes:
        return _lines(
            "head",
            receipt=self.receipt,
            sequence=self.sequence,
            head=self.head.hex(),
            shown=self.shown.hex(),
            at=instant(self.at),
            root=self.root.hex() if self.root else NOTHING,
            day=self.root_day.isoformat() if self.root_day else NOTHING,
            key=key_id(self.key),
        )


def leaf(owner: str, number: int, head: bytes) -> bytes:
    """An entry of the log of heads."""
    return _lines("leaf", owner=owner, number=number, head=head.hex())


def _lines(kind: str, **facts: object) -> bytes:
    return "\n".join([f"sospeso.{kind}.v1", *(f"{name} {value}" for name, value in facts.items())]).encode()
