"""What all tables share: names, ids, times, types, and the promises that triggers and row security keep."""

import os
import time
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal, dataclass_transform
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Numeric, Text, Uuid
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, MappedColumn, mapped_column, relationship

type RowSecurity = Literal["party", "conversation", "visitor", "staff", "own", "preparer", "system"] | None
"""Who may see a row, beside `system` (jobs, turns, the command line), which sees all:

- `party`: the party itself, and colleagues whose portfolio holds it. The column is `party_id`; `info["party_column"]` names another.
- `conversation`: colleagues and the party, where they see its `conversation` (column `conversation_id`).
- `visitor`: as `party` but for colleagues only, and what no party has caused is every agent's, manager's and auditor's.
- `staff`: every signed-in colleague.
- `own`: who may read the audit trail; an agent what they did themselves (column `colleague_id`).
- `preparer`: managers and auditors; an agent what they prepared themselves (column `colleague_id`).
- `system`: nobody else.
- None: no row security (reference data)."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

JsonMap = Annotated[dict[str, Any], mapped_column(JSONB)]
Sealed = Annotated[bytes, mapped_column(LargeBinary, info={"storage": "external"})]
"""Made by `storage.keys.Keys.seal`. Ciphertext does not shrink: PostgreSQL is told not to try."""
Digest = Annotated[bytes, mapped_column(LargeBinary)]
"""SHA-256 or a blind index: 32 bytes."""
Money = Annotated[Decimal, mapped_column(Numeric(14, 2))]
BigInt = Annotated[int, mapped_column(BigInteger)]

NOBODY = UUID(int=0)
"""The agent of a submission whose customer nobody has taken yet. Not null: an index ordered behind `is null` is not seen to be in order."""


@dataclass_transform(kw_only_default=True, field_specifiers=(MappedColumn, mapped_column, relationship))
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False):
    """Keyword-only dataclasses without a repr, so that no personal value slips into a log.

    `__table_args__ = {"info": guarded(append_only=True, rls="party")}`: the migration makes triggers and policies from it."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        Decimal: Numeric(14, 2),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
        # Stored as their values, as text: a new state needs no migration.
        Enum: EnumType(
            Enum, native_enum=False, create_constraint=False, length=40, values_callable=lambda kind: [each.value for each in kind]
        ),
    }


def guarded(
    *, rls: RowSecurity, append_only: bool = False, is_kept: bool = False, party_column: str = "party_id", is_private: bool = False
) -> dict[str, Any]:
    """`info` of a table. Append-only tables refuse UPDATE, DELETE and TRUNCATE from everybody, kept ones DELETE and TRUNCATE; to a private
    one the run time has no right."""
    return {"append_only": append_only, "is_kept": is_kept, "rls": rls, "party_column": party_column, "is_private": is_private}


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): rows made together lie together, on PostgreSQL 15 too, which has no `uuidv7()`.

    Twelve bits say when within the millisecond (its section 6.2, method 3), so that what was made later sorts later."""
    milliseconds, within = divmod(time.time_ns(), 1_000_000)
    random = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=(milliseconds << 80) | (7 << 76) | ((within << 12) // 1_000_000 << 64) | (2 << 62) | random)


def now() -> datetime:
    return datetime.now(UTC)
