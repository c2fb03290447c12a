"""Outgoing mail: queued in the transaction that caused it, sent by a job, once per Message-ID."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, Uuid, and_, any_, bindparam, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.documents import About, Stored, document_row
from storage.keys import Keys
from storage.parties import open_party
from storage.sealing import ErasedError, Owner
from storage.tables.base import new_id
from storage.tables.erasures import Erasure
from storage.tables.intake import Conversation
from storage.tables.messages import OutgoingMail
from storage.tables.prepared import PreparedCard

_PAYLOAD = "outgoing_mail.sealed_payload"
_OF_RECEIPT = select(OutgoingMail).where(OutgoingMail.receipt_id == bindparam("receipt")).order_by(OutgoingMail.id)
_MAILS = cast(Table, OutgoingMail.__table__)  # made once, and of the table: the class would be looked up in the session for each
_MARK_SENT = (
    update(_MAILS)
    .where(_MAILS.c.id == any_(bindparam("mails", type_=ARRAY(Uuid))))
    .values(state="sent", sent_at=bindparam("at"), attempts=_MAILS.c.attempts + 1, last_error=None)
    .returning(_MAILS.c.id)
)
# Written out, though `keep_document` inserts the same: SQLAlchemy would hand the insert's parameters to the update before it as well.
_KEEP_RECEIPT = text("""
with carried as (update outgoing_mail set document_id = :id where receipt_id = :receipt_id)
insert into document (id, party_id, conversation_id, kind, submission_id, receipt_id, offer_id, policy_id, sealed_title, media_type, bytes,
  sha256, sealed_sha256, stored_at, copied_at, verified_at)
values (:id, :party_id, :conversation_id, :kind, :submission_id, :receipt_id, :offer_id, :policy_id, :sealed_title, :media_type, :bytes,
  :sha256, :sealed_sha256, :stored_at, :copied_at, :verified_at)
on conflict (id) do nothing
""")
STUCK_AFTER = timedelta(hours=1)  # a mail leaves within seconds; outages are waited out for minutes
STRANDED_AFTER = timedelta(minutes=10)  # longer than a job waits an outage out
STRANDED_FOR = timedelta(days=3)  # what has not left by then is for a colleague to look at


@dataclass(frozen=True, slots=True)
class NewMail:
    """One mail to one address; `facts` word it (JSON values only)."""

    kind: str
    to: str
    language: str
    recipient: Literal["customer", "agency"] = "customer"
    facts: Mapping[str, object] = field(default_factory=dict)
    submission: UUID | None = None
    receipt: UUID | None = None
    offer: UUID | None = None
    policy: UUID | None = None
    document: UUID | None = None
    needs_consent: str | None = None
    """Path of the act question on whose yes it rests: looked at again when it is sent."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A queued mail with its payload in hand."""

    row: OutgoingMail
    to: str
    language: str
    facts: Mapping[str, Any]

    @property
    def message_id(self) -> str:
        return self.row.message_id


async def queue_mail(session: AsyncSession, owner: Owner, new: NewMail, *, domain: str) -> UUID:
    """The mail's id. Its Message-ID is fixed here, so that a mail sent twice is seen to be one."""
    id_ = new_id()
    payload = {"to": new.to, "language": new.language, "facts": dict(new.facts)}
    session.add(
        OutgoingMail(
            id=id_,
            party_id=owner.party,
            conversation_id=owner.conversation,
            submission_id=new.submission,
            receipt_id=new.receipt,
            offer_id=new.offer,
            policy_id=new.policy,
            document_id=new.document,
            kind=new.kind,
            recipient=new.recipient,
            sealed_payload=owner.seal_json(_PAYLOAD, id_, payload),
            message_id=f"<{id_}@{domain}>",
            needs_consent=new.needs_consent,
        ),
    )
    await session.flush()
    return id_


async def read_mail(session: AsyncSession, keys: Keys, mail: UUID) -> Mail | None:
    """None where it was deleted or its owner erased since: there is nothing to send then."""
    row: OutgoingMail | None = await session.get(OutgoingMail, mail)
    if row is None:
        return None
    try:
        owner = await _owner(session, keys, row)
    except ErasedError:
        return None
    return open_mail(owner, row)


async def mails_of_receipt(session: AsyncSession, receipt: UUID) -> tuple[OutgoingMail, ...]:
    return tuple(await session.scalars(_OF_RECEIPT, {"receipt": receipt}))


def open_mail(owner: Owner, row: OutgoingMail) -> Mail:
    payload = owner.unseal_json(_PAYLOAD, row.id, row.sealed_payload)
    return Mail(row, payload["to"], payload["language"], payload["facts"])


async def mark_sent(session: AsyncSession, mails: Collection[UUID], at: datetime) -> set[UUID]:
    """Those that were not forgotten while they were being sent."""
    if not mails:
        return set()
    marked = await session.scalars(_MARK_SENT, {"mails": list(mails), "at": at})
    return set(marked)


async def mark_failed(session: AsyncSession, mail: UUID, error: str, *, is_final: bool) -> None:
    """`error` is a code. Not final: it stays queued and will be tried again."""
    await session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == mail)
        .values(state="failed" if is_final else "queued", attempts=OutgoingMail.attempts + 1, last_error=error),
    )


async def withhold(session: AsyncSession, mail: UUID) -> None:
    """It will not be sent any more: what it rests on was taken back while it waited."""
    await session.execute(update(OutgoingMail).where(OutgoingMail.id == mail).values(state="withheld"))


async def queue_again(session: AsyncSession, mail: UUID, now: datetime) -> OutgoingMail | None:
    """A colleague wants an undelivered mail tried again; its Message-ID stays. None = it is on its way or has arrived."""
    row: OutgoingMail | None = await session.scalar(
        select(OutgoingMail).where(OutgoingMail.id == mail, _undelivered(now)).with_for_update()
    )
    if row is not None:
        row.state = "queued"
        await session.flush()
    return row


async def keep_receipt(session: AsyncSession, owner: Owner, stored: Stored, about: About) -> None:
    """The row of a receipt's paper, which its mails carry from now on: in one statement, so that one goes with the other."""
    await session.execute(_KEEP_RECEIPT, document_row(owner, stored, about))


async def failed_mails(session: AsyncSession, now: datetime, *, most: int = 100) -> tuple[OutgoingMail, ...]:
    """Refused for good, or never tried though long queued: the job that should print or send it has broken. The latest first."""
    return tuple(await session.scalars(select(OutgoingMail).where(_undelivered(now)).order_by(OutgoingMail.id.desc()).limit(most)))


async def stranded_mails(session: AsyncSession, now: datetime, *, most: int = 100) -> tuple[OutgoingMail, ...]:
    """Never tried, though their jobs have had the time to, the oldest first. No codes, which are good for minutes."""
    created = OutgoingMail.created_at
    query = select(OutgoingMail).where(_never_tried(), OutgoingMail.kind != "code", created < now - STRANDED_AFTER)
    return tuple(await session.scalars(query.where(created > now - STRANDED_FOR).order_by(OutgoingMail.id).limit(most)))


def _never_tried() -> ColumnElement[bool]:
    return and_(OutgoingMail.state == "queued", OutgoingMail.attempts == 0)


def _undelivered(now: datetime) -> ColumnElement[bool]:
    return or_(OutgoingMail.state == "failed", and_(_never_tried(), OutgoingMail.created_at < now - STUCK_AFTER))


async def mails_of(session: AsyncSession, party: UUID) -> tuple[OutgoingMail, ...]:
    """The latest first."""
    return tuple(await session.scalars(select(OutgoingMail).where(OutgoingMail.party_id == party).order_by(OutgoingMail.id.desc())))


async def mails_of_prepared(session: AsyncSession, prepared: UUID) -> tuple[OutgoingMail, ...]:
    """That told of a card prepared for somebody."""
    return tuple(await session.scalars(select(OutgoingMail).where(OutgoingMail.conversation_id == prepared).order_by(OutgoingMail.id)))


async def _owner(session: AsyncSession, keys: Keys, row: OutgoingMail) -> Owner:
    if row.party_id is not None:
        return await open_party(session, keys, row.party_id)
    wrapped = await session.scalar(select(Conversation.wrapped_key).where(Conversation.id == row.conversation_id))
    if wrapped is None:  # of a party that was erased: the certificate
        wrapped = await session.scalar(select(Erasure.letter_key).where(Erasure.id == row.conversation_id))
    if wrapped is None:  # to somebody for whom a card was prepared
        wrapped = await session.scalar(select(PreparedCard.wrapped_key).where(PreparedCard.id == row.conversation_id))
    if wrapped is None:
        raise ErasedError(f"conversation {row.conversation_id} was forgotten")
    return Owner(None, row.conversation_id, keys, keys.unwrap(wrapped))
