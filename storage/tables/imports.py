"""Lists of customers that were read in: what of them waits for somebody to look at it, sealed with a key of the list's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Digest, JsonMap, Sealed, guarded, new_id


class ClientImport(Base):
    """One file. Ended, it keeps who read it, when and how many rows of each kind: key, source and rows are gone."""

    __tablename__ = "client_import"
    __table_args__ = (
        Index("ix_client_import_read_at", "read_at"),
        Index("ix_client_import_fingerprint", "fingerprint", postgresql_where=text("fingerprint is not null")),
        {"info": guarded(rls="preparer", is_kept=True)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    colleague_id: Mapped[UUID | None]
    program: Mapped[str | None]
    """The source it came from by itself. Neither = by the command line."""
    format: Mapped[str]
    sealed_source: Mapped[Sealed]
    """Where it comes from and what for, in the colleague's own words: they may name somebody."""
    language: Mapped[str]
    fingerprint: Mapped[Digest | None]
    """A keyed hash of the file, by which the same one is known again as long as something of it counts."""
    counts: Mapped[JsonMap]
    """Rows by outcome, as they were read."""
    read_at: Mapped[datetime]
    wrapped_key: Mapped[Sealed | None]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class ImportRow(Base):
    """A row that waits to be released or dropped; those without a difference are only counted."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_import_id", "import_id", "line"),
        Index("ix_import_row_party_id", "party_id", postgresql_where=text("party_id is not null")),
        Index("ix_import_row_blind_email", "blind_email", postgresql_where=text("blind_email is not null")),
        Index("ix_import_row_blind_tax_code", "blind_tax_code", postgresql_where=text("blind_tax_code is not null")),
        {"info": guarded(rls="preparer")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("client_import.id"))
    colleague_id: Mapped[UUID | None]
    """The list's."""
    line: Mapped[BigInt]
    outcome: Mapped[str]
    conflict: Mapped[str | None]
    """two_customers, tax_code, kind, twice."""
    is_doubtful: Mapped[bool]
    party_id: Mapped[UUID | None]
    """The customer it is about, by an address they proved."""
    blind_email: Mapped[Digest | None]
    blind_tax_code: Mapped[Digest | None]
    """Who is erased is found by the address, who stands there twice by both; the tax code's as storage.parties makes it."""
    sealed_row: Mapped[Sealed]
    """Form, values by path, what was refused and doubted; empty once it is decided."""
    decision: Mapped[str | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class IncomingFile(Base):
    """A file that another program left, or sent: kept, or refused. Known again, so that it is read once, for as long as lists wait."""

    __tablename__ = "incoming_file"
    __table_args__ = (
        Index("ix_incoming_file_source", "source", "at"),
        {"info": guarded(rls="staff")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    source: Mapped[str]
    fingerprint: Mapped[Digest]
    import_id: Mapped[UUID | None]
    """The list it became; None = refused, or the same was read in by somebody."""
    problem: Mapped[str | None]
    """Why it was refused: a code."""
    sealed_told: Mapped[Sealed]
    """Its name, and what the sentence of the refusal is made of: both may name somebody."""
    wrapped_key: Mapped[Sealed]
    at: Mapped[datetime]
    last_at: Mapped[datetime]
    """When the very same file came last: of one that was kept, and comes every night, last night."""
    is_settled: Mapped[bool] = mapped_column(default=False)
    """It is out of the way: deleted or put aside."""
