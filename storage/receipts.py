"""Receipts: their number, instant and stamp are fixed in the transaction of the confirming turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, case, func, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from rules.stamps import Binding, utc_offset
from storage.acts import read_head
from storage.sealing import Owner
from storage.tables.base import new_id
from storage.tables.evidence import CardRevision, Receipt, YearCounter
from storage.tables.ledger import LedgerKey, LedgerRoot, ReceiptSignature
from storage.tables.parties import Party
from storage.tables.portfolio import Policy
from storage.tables.submissions import Submission, SubmissionEvent

_STAMP = "receipt.sealed_stamp"


@dataclass(frozen=True, slots=True)
class NewReceipt:
    kind: str
    conversation: UUID
    language: str
    at: datetime
    stamp: str
    zone: str
    text_sha256: bytes
    submission: UUID | None = None
    submission_version: int | None = None
    offer: UUID | None = None


class Evidence(NamedTuple):
    """A receipt's row with the rows of what it prints, sealed; `event` holds the answers as they were confirmed, `card` is the latest.
    `root` and `key` are those of its signature; the latest there are, where it has none yet."""

    receipt: Receipt
    wrapped_key: bytes | None
    display_name: str | None
    submission: Submission | None
    event: SubmissionEvent | None
    card: CardRevision | None
    signature: ReceiptSignature | None
    root: LedgerRoot | None
    key: LedgerKey | None
    earlier: list[tuple[str, int]] | None
    """Number and sequence of the party's receipts before it, the oldest first."""


_EARLIER = aliased(Receipt)
_BEFORE = (
    select(func.json_agg(aggregate_order_by(func.json_build_array(_EARLIER.number, _EARLIER.sequence), _EARLIER.sequence)))
    .where(_EARLIER.party_id == Receipt.party_id, _EARLIER.sequence < Receipt.sequence)
    .correlate(Receipt)
)
_ROOT_DAY = case(
    (ReceiptSignature.receipt_id.is_not(None), ReceiptSignature.root_day), else_=select(func.max(LedgerRoot.day)).scalar_subquery()
)
_KEY_NUMBER = func.coalesce(ReceiptSignature.key_number, select(func.max(LedgerKey.number)).scalar_subquery())
_LATEST_CARD = select(func.max(CardRevision.number)).where(CardRevision.party_id == Receipt.party_id).correlate(Receipt)
_EVIDENCE = (  # in one statement, made once: a job spends more time on asking than the server on answering
    select(
        *(Receipt, Party.wrapped_key, Party.display_name, Submission, SubmissionEvent, CardRevision),
        *(ReceiptSignature, LedgerRoot, LedgerKey, _BEFORE.scalar_subquery()),
    )
    .join(Party, Party.id == Receipt.party_id)
    .outerjoin(Submission, Submission.id == Receipt.submission_id)
    .outerjoin(
        SubmissionEvent,
        and_(SubmissionEvent.submission_id == Receipt.submission_id, SubmissionEvent.version == Receipt.submission_version),
    )
    .outerjoin(CardRevision, and_(CardRevision.party_id == Receipt.party_id, CardRevision.number == _LATEST_CARD.scalar_subquery()))
    .outerjoin(ReceiptSignature, ReceiptSignature.receipt_id == Receipt.id)
    .outerjoin(LedgerRoot, LedgerRoot.day == _ROOT_DAY)
    .outerjoin(LedgerKey, LedgerKey.number == _KEY_NUMBER)
    .where(Receipt.id == bindparam("receipt"))
)


async def next_number(session: AsyncSession, series: str, at: datetime, zone: str) -> str:
    """`R-2026-000001`: gap-free within the agency's year, but for what a restore passes over; others wait until this transaction ends."""
    _, number = await take_numbers(session, series, at, zone, count=1)
    return number


async def take_numbers(session: AsyncSession, series: str, at: datetime, zone: str, *, count: int) -> tuple[str, str]:
    """The first and the last of them."""
    year = at.astimezone(ZoneInfo(zone)).year
    row = insert(YearCounter).values(series=series, year=year, last=count)
    row = row.on_conflict_do_update(index_elements=["series", "year"], set_={"last": YearCounter.last + count})
    last = (await session.execute(row.returning(YearCounter.last))).scalar_one()
    return f"{series}-{year}-{last - count + 1:06d}", f"{series}-{year}-{last:06d}"


async def number_receipt(session: AsyncSession, owner: Owner, new: NewReceipt) -> Receipt:
    """Takes the next number and binds the stamp to the head of the party's chain."""
    if owner.party is None:
        raise ValueError("only a party is receipted")
    head = await read_head(session, owner.party)
    id_ = new_id()
    row = Receipt(
        id=id_,
        number=await next_number(session, "R", new.at, new.zone),
        kind=new.kind,
        party_id=owner.party,
        conversation_id=new.conversation,
        submission_id=new.submission,
        submission_version=new.submission_version,
        offer_id=new.offer,
        language=new.language,
        at=new.at,
        sealed_stamp=owner.seal_text(_STAMP, id_, new.stamp),
        utc_offset=utc_offset(new.at, new.zone),
        sequence=head.number,
        head=head.link,
        text_sha256=new.text_sha256,
    )
    session.add(row)
    await session.flush()
    return row


async def read_evidence(session: AsyncSession, receipt: UUID) -> Evidence | None:
    found = (await session.execute(_EVIDENCE, {"receipt": receipt})).one_or_none()
    return Evidence(*found) if found else None


async def find_receipt_by_number(session: AsyncSession, number: str) -> Receipt | None:
    row: Receipt | None = await session.scalar(select(Receipt).where(Receipt.number == number))
    return row


async def party_named(session: AsyncSession, named: str) -> UUID | None:
    """Whose id it is, or the number of whose receipt or policy, as somebody typed it. An id is not looked up: there may be no such party."""
    named = "".join(each for each in named.strip() if each.isprintable())  # the database refuses what is no text
    numbers = (named, named.upper())
    found = union_all(*(select(table.party_id).where(table.number.in_(numbers)) for table in (Receipt, Policy)))
    party: UUID | None = await session.scalar(found)
    if party is not None:
        return party
    try:
        return UUID(named)
    except ValueError:
        return None


async def receipts_of(session: AsyncSession, party: UUID) -> tuple[Receipt, ...]:
    """The party's receipts, the latest first."""
    return tuple(await session.scalars(select(Receipt).where(Receipt.party_id == party).order_by(Receipt.id.desc())))


def read_binding(owner: Owner, row: Receipt) -> Binding:
    """The literal stamp and what is printed beside it."""
    stamp = owner.unseal_text(_STAMP, row.id, row.sealed_stamp)
    return Binding(stamp, row.utc_offset, row.sequence, row.text_sha256.hex(), row.head.hex())
