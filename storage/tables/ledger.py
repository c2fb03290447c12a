"""What is signed about the acts: keys, the log of heads with its daily roots, their witnesses, the heads on receipts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Digest, guarded


class LedgerKey(Base):
    """A public key that signs from `made_at` on, until the next. Its private half is never in the database."""

    __tablename__ = "ledger_key"
    __table_args__ = ({"info": guarded(rls="staff", append_only=True)},)

    number: Mapped[int] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime]
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    """By the key itself, on `rules.statements.KeyStatement`, which names the one before."""
    cross_signature: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """On the same, by the key before. None of the first; of a later one where the key before was lost."""


class LedgerLeaf(Base):
    """A head as it stood when a root was made: an entry of the log that the roots are taken over. Only changed heads are entered anew."""

    __tablename__ = "ledger_leaf"
    __table_args__ = (UniqueConstraint("owner_id", "number"), {"info": guarded(rls="system", append_only=True)})

    position: Mapped[BigInt] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    number: Mapped[int]
    link: Mapped[Digest]


class LedgerRoot(Base):
    """The signed root of the log on a day of the agency's."""

    __tablename__ = "ledger_root"
    __table_args__ = ({"info": guarded(rls="staff", append_only=True)},)

    day: Mapped[date] = mapped_column(primary_key=True)
    size: Mapped[BigInt]
    root: Mapped[Digest]
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    """From which the next root grows without reading the log again; a check does read it."""
    made_at: Mapped[datetime]
    key_number: Mapped[int]
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerWitness(Base):
    """That a root is known elsewhere: `copy` in the second document store, `timestamp` to an authority (RFC 3161)."""

    __tablename__ = "ledger_witness"
    __table_args__ = ({"info": guarded(rls="staff", append_only=True)},)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    token: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """The authority's answer as it came."""


class ReceiptSignature(Base):
    """The signed head that a receipt prints, with the latest root there was. Kept before it is printed: the same receipt is always the same file."""

    __tablename__ = "receipt_signature"
    __table_args__ = ({"info": guarded(rls="system", append_only=True)},)

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    root_day: Mapped[date | None]
    key_number: Mapped[int]
    signature: Mapped[bytes] = mapped_column(LargeBinary)
