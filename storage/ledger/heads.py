"""The signed head that each receipt prints."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rules.statements import HeadStatement, key_id
from storage.ledger.keys import Signer
from storage.receipts import Evidence
from storage.tables.evidence import Receipt
from storage.tables.ledger import LedgerKey, LedgerRoot, ReceiptSignature

# Only the newest key signs: one that this process still holds while another rotated is not taken any more.
KEEP = text("""
insert into receipt_signature (receipt_id, root_day, key_number, signature)
select :receipt, :root_day, :key_number, :signature where :key_number = (select max(number) from ledger_key)
on conflict do nothing returning receipt_id
""")


@dataclass(frozen=True, slots=True)
class SignedHead:
    """What a receipt prints of it: by which key, the signature, the latest root there was."""

    key: str
    signature: bytes
    root: bytes | None
    root_day: date | None


async def sign_head(session: AsyncSession, signer: Signer, found: Evidence) -> SignedHead:
    """As it was signed the first time; signed now if it never was."""
    if kept := kept_head(found):
        return kept
    key = await signer.current(session, found.key)
    signature = key.sign(head_statement(found.receipt, found.root, key.public_key).text)
    root_day = found.root.day if found.root else None
    given = {"receipt": found.receipt.id, "root_day": root_day, "key_number": key.number, "signature": signature}
    if await session.scalar(KEEP, given):
        return _signed(signature, key.public_key, found.root)
    # another was faster, or rotated the key at this moment
    return await _read(session, found.receipt.id) or await sign_head(session, signer, found._replace(key=None))


def kept_head(found: Evidence) -> SignedHead | None:
    """None where it was not signed yet."""
    return _signed(found.signature.signature, found.key.public_key, found.root) if found.signature and found.key else None


def head_statement(receipt: Receipt, root: LedgerRoot | None, public_key: bytes) -> HeadStatement:
    return HeadStatement(
        receipt=receipt.number,
        sequence=receipt.sequence,
        head=receipt.head,
        shown=receipt.text_sha256,
        at=receipt.at,
        root=root.root if root else None,
        root_day=root.day if root else None,
        key=public_key,
    )


async def _read(session: AsyncSession, receipt: UUID) -> SignedHead | None:
    query = select(ReceiptSignature, LedgerKey, LedgerRoot).join(LedgerKey, LedgerKey.number == ReceiptSignature.key_number)
    query = query.outerjoin(LedgerRoot, LedgerRoot.day == ReceiptSignature.root_day)
    row = (await session.execute(query.where(ReceiptSignature.receipt_id == receipt))).one_or_none()
    return _signed(row[0].signature, row[1].public_key, row[2]) if row else None


def _signed(signature: bytes, public_key: bytes, root: LedgerRoot | None) -> SignedHead:
    return SignedHead(key_id(public_key), signature, root.root if root else None, root.day if root else None)
