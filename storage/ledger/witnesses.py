"""Who else knows a root: a file in the second document store, a time stamp of an authority (RFC 3161)."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.documents import DocumentStores
from storage.ledger.roots import statement_of
from storage.tables.ledger import LedgerKey, LedgerRoot, LedgerWitness

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

type Kind = Literal["copy", "timestamp"]
type Unwitnessed = tuple[tuple[LedgerRoot, LedgerKey], ...]


class BadStampError(ValueError):
    """A time stamp is not one of this text by that authority."""


async def unwitnessed(session: AsyncSession, kind: Kind, most: int = 100) -> Unwitnessed:
    """Roots that no witness of this kind has seen, the oldest first, with the key that signed each."""
    seen = select(LedgerWitness.day).where(LedgerWitness.day == LedgerRoot.day, LedgerWitness.kind == kind).exists()
    query = select(LedgerRoot, LedgerKey).join(LedgerKey, LedgerKey.number == LedgerRoot.key_number)
    rows = await session.execute(query.where(~seen).order_by(LedgerRoot.day).limit(most))
    return tuple((root, key) for root, key in rows)


async def keep_witness(session: AsyncSession, day: date, kind: Kind, at: datetime, token: bytes | None = None) -> None:
    """The same one twice is one."""
    await session.execute(insert(LedgerWitness).values(day=day, kind=kind, at=at, token=token).on_conflict_do_nothing())


def copy_path(day: date) -> str:
    return f"ledger/{day.isoformat()}.json"


def copy_day(path: str) -> date | None:
    """Of which day a file of the second store is the root; None = it is something else."""
    found = re.fullmatch(r"ledger/(\d{4}-\d\d-\d\d)\.json", path)
    return date.fromisoformat(found[1]) if found else None


async def copied_days(documents: DocumentStores) -> set[date]:
    """Of which days the second store has the root."""
    return {day for path in await documents.list_copies("ledger") if (day := copy_day(path))}


def copy_of(root: LedgerRoot, key: LedgerKey) -> bytes:
    return copy_text(statement_of(root, key.public_key).text, root.signature, key.public_key)


def copy_text(statement: bytes, signature: bytes, public_key: bytes) -> bytes:
    """All that is needed to check a root without this database: what was signed, by which key."""
    told = {"statement": statement.decode(), "signature": signature.hex(), "public_key": public_key.hex()}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def stamped_at(answer: bytes, text: bytes, authorities: "list[Certificate]") -> datetime:
    """When the authority saw the text. Raises BadStampError."""
    from rfc3161_client import VerifierBuilder, decode_timestamp_response  # here: 7 MB that few need
    from rfc3161_client.errors import VerificationError

    if not authorities:
        raise BadStampError("no certificate of the authority is known")
    try:
        response = decode_timestamp_response(answer)
        builder = VerifierBuilder()
        for certificate in authorities:
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(response, text)
    except (VerificationError, ValueError) as error:
        raise BadStampError(str(error)) from error
    return response.tst_info.gen_time
