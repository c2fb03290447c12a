"""Erasure of a customer: the request, the order, what is done to the rows, what is kept apart and until when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rules.submissions import State, is_final
from storage.audit import Audited, audit
from storage.keys import Keys
from storage.parties import Traces, conversations_of, forget_conversation, lock_party, take_away
from storage.sealing import Owner
from storage.submissions import submissions_of
from storage.sync import forget_told
from storage.tables.channels import Chat, Entry, Sender
from storage.tables.erasures import Erasure, KeptApart
from storage.tables.evidence import Document, YearCounter
from storage.tables.intake import Conversation
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party
from storage.tables.portfolio import Offer, Policy
from storage.tables.submissions import Submission
from storage.takeovers import forget_takeovers

SERIES = "E"
SHOWN = timedelta(days=90)


async def request_erasure(session: AsyncSession, party: UUID, *, by: Literal["customer", "colleague", "operator"], at: datetime) -> Erasure:
    """The party's open erasure; a second request finds the first. Nothing is erased by it: a colleague looks at it.

    A colleague's order is on record by itself, with who gave it: the request that it makes is not told a second time."""
    await lock_party(session, party)
    row = await _unfinished(session, party)
    if row is not None and not is_withdrawn(row):
        return row
    if row is None:
        row = Erasure(party_id=party, asked_by=by, asked_at=at)
        session.add(row)
    else:
        row.asked_by, row.asked_at, row.colleague_id = by, at, None
    if by != "colleague":
        await audit(session, Audited("erasure.requested", at, by, party=party, subject=row.id))
    return row


async def open_erasure(session: AsyncSession, party: UUID) -> Erasure | None:
    """Asked for and not done yet."""
    row = await _unfinished(session, party)
    return None if row is None or is_withdrawn(row) else row


def is_withdrawn(row: Erasure) -> bool:
    """Only a colleague had asked for it, who took that back. No row is deleted: it stands in no list until somebody asks again."""
    return row.asked_by == "colleague" and row.colleague_id is not None and row.ordered_at is None


async def _unfinished(session: AsyncSession, party: UUID) -> Erasure | None:
    row: Erasure | None = await session.scalar(select(Erasure).where(Erasure.party_id == party, Erasure.erased_at.is_(None)))
    return row


def end_order(row: Erasure) -> None:
    """The request stays and can be ordered again."""
    row.colleague_id = row.reason = row.ordered_at = row.agreed_by = row.agreed_at = None


def withdraw_order(row: Erasure) -> bool:
    """Whether a request is left: the customer's own is not withdrawn by it, nor the command line's."""
    if row.asked_by != "colleague":
        end_order(row)
        return True
    row.reason = row.ordered_at = None
    return False


async def lock_erasure(session: AsyncSession, erasure: UUID) -> Erasure:
    """Raises LookupError where there is none (or row security hides it)."""
    row: Erasure | None = await session.scalar(select(Erasure).where(Erasure.id == erasure).with_for_update())
    if row is None:
        raise LookupError(f"no erasure {erasure}")
    return row


async def find_erasure(session: AsyncSession, erasure: UUID | str) -> Erasure | None:
    """By its id, or by the number of its certificate."""
    named = Erasure.number == erasure if isinstance(erasure, str) else Erasure.id == erasure
    row: Erasure | None = await session.scalar(select(Erasure).where(named))
    return row


async def list_erasures(session: AsyncSession, now: datetime, *, most: int = 100) -> tuple[Erasure, ...]:
    """Those that wait, the longest waiting first; then those of the last months, the latest first."""
    withdrawn = and_(Erasure.asked_by == "colleague", Erasure.colleague_id.is_not(None), Erasure.ordered_at.is_(None))  # as is_withdrawn
    waits = select(Erasure).where(Erasure.erased_at.is_(None), ~withdrawn)
    waiting = await session.scalars(waits.order_by(Erasure.asked_at).limit(most))
    done = select(Erasure).where(Erasure.erased_at > now - SHOWN).order_by(Erasure.erased_at.desc()).limit(most)
    return (*waiting, *await session.scalars(done))


async def close_conversations(session: AsyncSession, party: UUID, closed: Callable[[str], bytes]) -> tuple[tuple[UUID, ...], list[Traces]]:
    """Their keys are destroyed, with them all that was said; which they were, and what they leave outside of the database.

    `closed`: the snapshot of a conversation that is over, in a language. Whoever still holds an earlier one finds it past."""
    conversations = await conversations_of(session, party)
    traces = []
    for row in await session.scalars(select(Conversation).where(Conversation.id.in_(conversations)).with_for_update()):
        row.wrapped_key, row.snapshot, row.version = None, closed(row.language), row.version + 1
        await forget_takeovers(session, row.id)
        traces.append(await forget_conversation(session, row.id))
    all_of_them = select(Conversation.id).where(
        Conversation.party_id == party
    )  # for a colleague row security hides their doors: they go with the job
    for table in (Chat, Sender, Entry):
        await session.execute(delete(table).where(table.conversation_id.in_(all_of_them)))
    return conversations, traces


async def erase_party(session: AsyncSession, party: UUID, at: datetime) -> tuple[Traces, int]:
    """Key and salts destroyed, what stood in clear blanked; what is left of the rows can be opened by nobody. Its traces outside, and how
    many other programs are told to delete it."""
    await session.execute(
        update(Submission).where(Submission.party_id == party).values(sealed_answers=b"", sealed_pricing=None, claimed_by=None)
    )
    for row in await submissions_of(session, party):
        if not is_final(State(row.state), row.form):
            row.state = State.WITHDRAWN.value
    await session.execute(update(Policy).where(Policy.party_id == party).values(document_id=None))
    await session.execute(update(Offer).where(Offer.party_id == party).values(sealed_reason=None, document_id=None))
    await session.execute(update(Offer).where(Offer.party_id == party, Offer.state == "open").values(state="refused", decided_at=at))
    traces = await take_away(session, party)
    blank = dict.fromkeys(("wrapped_key", "sealed_contact", "display_name", "municipality", "province", "region"))
    await session.execute(update(Party).where(Party.id == party).values(erased_at=at, **blank))
    return traces, await forget_told(session, party, at)


async def reach_number(session: AsyncSession, number: str) -> None:
    """A number that is in use outside of this database (a backup was restored) is given to nothing else."""
    _, year, last = number.split("-")
    row = insert(YearCounter).values(series=SERIES, year=int(year), last=int(last))
    reached = {"last": func.greatest(YearCounter.last, int(last))}
    await session.execute(row.on_conflict_do_update(index_elements=["series", "year"], set_=reached))


# what is kept apart, and the certificate's mails


async def keep_apart(session: AsyncSession, keys: Keys, erasure: UUID, until: date) -> Owner:
    """Whose key seals the bundle that stays until that day."""
    key, wrapped = keys.new_data_key()
    row = KeptApart(erasure_id=erasure, until=until, wrapped_key=wrapped)
    session.add(row)
    await session.flush()
    return Owner(None, row.id, keys, key)


async def open_kept(session: AsyncSession, keys: Keys, erasure: UUID) -> tuple[Owner, Document] | None:
    """All that is still kept of it. None = nothing is, or nothing any more."""
    live = (KeptApart.erasure_id == erasure, KeptApart.wrapped_key.is_not(None))
    row: KeptApart | None = await session.scalar(select(KeptApart).where(*live).order_by(KeptApart.until).limit(1))
    if row is None or row.wrapped_key is None:
        return None
    document = (await session.scalars(select(Document).where(Document.conversation_id == row.id))).one()
    return Owner(None, row.id, keys, keys.unwrap(row.wrapped_key)), document


async def destroy_overdue(session: AsyncSession, today: date, at: datetime) -> list[Traces]:
    """What has been kept long enough: its key goes now, its file lies outside."""
    traces = []
    overdue = select(KeptApart).where(KeptApart.wrapped_key.is_not(None), KeptApart.until < today).with_for_update(skip_locked=True)
    for row in await session.scalars(overdue):
        row.wrapped_key = None
        files = await session.scalars(delete(Document).where(Document.conversation_id == row.id).returning(Document.id))
        traces.append(Traces(row.id, tuple(files), ()))
        await audit(session, Audited("erasure.kept_destroyed", at, "clock", subject=row.erasure_id))
    return traces


def letter_owner(keys: Keys, row: Erasure) -> Owner:
    """Whose key seals the certificate's mails: a new one, or the one that is there."""
    if row.letter_key is None:
        key, row.letter_key = keys.new_data_key()
        return Owner(None, row.id, keys, key)
    return Owner(None, row.id, keys, keys.unwrap(row.letter_key))


async def destroy_letter_keys(session: AsyncSession) -> None:
    """Of certificates whose mails have left, or were given up."""
    queued = select(OutgoingMail.id).where(OutgoingMail.conversation_id == Erasure.id, OutgoingMail.state == "queued").exists()
    await session.execute(update(Erasure).where(Erasure.letter_key.is_not(None), ~queued).values(letter_key=None))


# the list outside of the database


@dataclass(frozen=True, slots=True)
class Listed:
    """An erasure as the document stores list it: enough to do it again."""

    id: UUID
    party: UUID
    number: str
    erased_at: datetime


async def unlisted(session: AsyncSession) -> Sequence[Erasure]:
    """Done, and not yet in the list of both stores."""
    return (await session.scalars(select(Erasure).where(Erasure.erased_at.is_not(None), Erasure.listed_at.is_(None)))).all()


async def left_undone(session: AsyncSession, before: datetime) -> Sequence[UUID]:
    """Agreed to before that moment and not done: the job's patience with an outage has ended."""
    undone = select(Erasure.id).where(Erasure.agreed_at < before, Erasure.erased_at.is_(None))
    return (await session.scalars(undone)).all()


async def unknown_here(session: AsyncSession, parties: Sequence[UUID]) -> list[UUID]:
    """Those of them whose erasure this database does not know as done."""
    known = set(await session.scalars(select(Erasure.party_id).where(Erasure.party_id.in_(parties), Erasure.erased_at.is_not(None))))
    return [party for party in parties if party not in known]


async def standing_again(session: AsyncSession, parties: Sequence[UUID]) -> list[UUID]:
    """Those of them who were erased and are here as if they had not been."""
    return list(await session.scalars(select(Party.id).where(Party.id.in_(parties), Party.erased_at.is_(None)).order_by(Party.id)))


async def take_up_again(session: AsyncSession, listed: Listed) -> Erasure:
    """The row of an erasure that this database does not know, or knows as not done."""
    row = await find_erasure(session, listed.id) or await _unfinished(session, listed.party)
    if row is None:
        row = Erasure(id=listed.id, party_id=listed.party, asked_by="operator", asked_at=listed.erased_at)
        session.add(row)
    row.number = listed.number
    await session.flush()
    return row
