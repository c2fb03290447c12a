"""Customers: their identifiers, their card, what is known of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from forms.types.base import Wire
from storage.acts import erase_salts
from storage.documents import remember_papers
from storage.keys import Keys
from storage.sealing import ErasedError, Owner
from storage.tables.accounts import Account, AccountCode, AccountSession
from storage.tables.base import new_id
from storage.tables.checks import Approach, CardCheck
from storage.tables.evidence import Act, CardRevision, ChainHead, Document
from storage.tables.intake import Conversation
from storage.tables.messages import CallRequest, OutgoingMail
from storage.tables.parties import Party, PartyIdentifier
from storage.tables.submissions import Submission

type Kind = str
KINDS: tuple[Kind, ...] = ("email", "phone", "tax_code", "iban", "document")

_SEALED = "party_identifier.sealed"
_CARD = "card_revision.sealed_answers"
_CONTACT = "party.sealed_contact"
_PROVED = (
    select(PartyIdentifier)
    .where(
        PartyIdentifier.party_id == bindparam("party"),
        PartyIdentifier.kind == "email",
        PartyIdentifier.proved_at.is_not(None),
        PartyIdentifier.is_current,
    )
    .order_by(PartyIdentifier.proved_at, PartyIdentifier.id)
)


@dataclass(frozen=True, slots=True)
class Card:
    number: int
    form: str
    form_version: str
    answers: Mapping[str, Wire]
    submission: UUID | None
    typed_by: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownInClear:
    """What the desk searches, sorts and counts by."""

    display_name: str
    municipality: str | None = None
    province: str | None = None
    region: str | None = None
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class Contact:
    """How and when a customer wants to be looked for."""

    channel: str
    """email, phone, messenger, post."""
    time: str
    """any, morning, afternoon, evening."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What a forgotten owner leaves outside of the database: files in both stores, mails in the demo's Maildir."""

    owner: UUID
    files: tuple[UUID, ...]
    mails: tuple[UUID, ...]


async def create_party(session: AsyncSession, keys: Keys, *, language: str, kind: str = "person") -> Owner:
    key, wrapped = keys.new_data_key()
    party = Party(id=new_id(), kind=kind, language=language, wrapped_key=wrapped)
    session.add(party)
    await session.flush()
    return Owner(party.id, None, keys, key)


async def open_party(session: AsyncSession, keys: Keys, party: UUID) -> Owner:
    """Raises ErasedError where its key was destroyed, LookupError where there is no such party."""
    wrapped = (await session.execute(select(Party.wrapped_key).where(Party.id == party))).one_or_none()
    if wrapped is None:
        raise LookupError(f"no party {party}")
    return party_with(keys, party, wrapped[0])


def party_with(keys: Keys, party: UUID, wrapped: bytes | None) -> Owner:
    if wrapped is None:
        raise ErasedError(f"party {party} was erased")
    return Owner(party, None, keys, keys.unwrap(wrapped))


async def lock_party(session: AsyncSession, party: UUID) -> Party:
    return (await session.scalars(select(Party).where(Party.id == party).with_for_update())).one()


async def set_language(session: AsyncSession, party: UUID, language: str) -> None:
    """In which the customer is written to."""
    await session.execute(update(Party).where(Party.id == party).values(language=language))


async def find_party_by_email(session: AsyncSession, keys: Keys, email: str) -> UUID | None:
    """The party that proved the address. Only a proved e-mail binds a conversation to a card."""
    as_typed, *_ = indexes = known_by(keys, "email", email)
    return await session.scalar(
        select(PartyIdentifier.party_id)
        .where(
            PartyIdentifier.kind == "email",
            PartyIdentifier.blind_index.in_(indexes),
            PartyIdentifier.proved_at.is_not(None),
            PartyIdentifier.is_current,
        )
        .order_by((PartyIdentifier.blind_index == as_typed).desc())
        .limit(1),
    )


async def find_parties(session: AsyncSession, keys: Keys, kind: Kind, value: str) -> tuple[UUID, ...]:
    """Exact look-up of an identifier, proved or not, in order of entry."""
    found = await session.scalars(
        select(PartyIdentifier.party_id)
        .where(PartyIdentifier.kind == kind, PartyIdentifier.blind_index.in_(known_by(keys, kind, value)), PartyIdentifier.is_current)
        .order_by(PartyIdentifier.id),
    )
    return tuple(dict.fromkeys(found))


async def shared_identifiers(session: AsyncSession, party: UUID) -> dict[UUID, tuple[Kind, ...]]:
    """Other parties that hold one of this party's identifiers, each with the kinds of those (in the order of KINDS): a colleague looks."""
    own = select(PartyIdentifier.kind, PartyIdentifier.blind_index).where(PartyIdentifier.party_id == party, PartyIdentifier.is_current)
    mine = own.subquery()
    found = await session.execute(
        select(PartyIdentifier.party_id, func.array_agg(PartyIdentifier.kind.distinct()))
        .join(mine, (PartyIdentifier.kind == mine.c.kind) & (PartyIdentifier.blind_index == mine.c.blind_index))
        .where(PartyIdentifier.party_id != party, PartyIdentifier.is_current)
        .group_by(PartyIdentifier.party_id)
        .order_by(PartyIdentifier.party_id),
    )
    return {other: tuple(sorted(kinds, key=KINDS.index)) for other, kinds in found.all()}


async def prove_email(session: AsyncSession, owner: Owner, email: str, at: datetime) -> None:
    """The address is proved and this party's; nothing changes where it already was."""
    row = await _current(session, owner, "email", email)
    if row is None:
        row = _add_identifier(session, owner, "email", email)
    row.proved_at = row.proved_at or at
    await session.flush()


async def keep_identifiers(
    session: AsyncSession, owner: Owner, identifiers: Sequence[tuple[Kind, str]], *, kinds: Sequence[Kind] = KINDS
) -> None:
    """The card's identifiers replace the former ones of these kinds; proved addresses stay."""
    wanted = {(kind, _index(owner.keys, kind, value)): value for kind, value in identifiers}
    kept_as = {(kind, index): _index(owner.keys, kind, value) for kind, value in identifiers for index in known_by(owner.keys, kind, value)}
    current = await session.scalars(
        select(PartyIdentifier).where(PartyIdentifier.party_id == owner.party, PartyIdentifier.kind.in_(kinds), PartyIdentifier.is_current),
    )
    for row in current:
        if wanted.pop((row.kind, kept_as.get((row.kind, row.blind_index), b"")), None) is None and row.proved_at is None:
            row.is_current = False
    await session.flush()
    for (kind, _), value in wanted.items():
        _add_identifier(session, owner, kind, value)
    await session.flush()


async def proved_emails(session: AsyncSession, owner: Owner) -> tuple[str, ...]:
    """The addresses that mail goes to, in the order they were proved."""
    return tuple((await when_proved(session, owner)).keys())


async def when_proved(session: AsyncSession, owner: Owner) -> dict[str, datetime]:
    """The same addresses, each with the moment its code was typed in for the first time."""
    rows = await session.scalars(_PROVED, {"party": owner.party})
    return {owner.unseal_text(_SEALED, row.id, row.sealed): row.proved_at for row in rows if row.proved_at}


async def read_identifiers(session: AsyncSession, owner: Owner) -> tuple[tuple[Kind, str], ...]:
    rows = await session.scalars(
        select(PartyIdentifier).where(PartyIdentifier.party_id == owner.party, PartyIdentifier.is_current).order_by(PartyIdentifier.id),
    )
    return tuple((row.kind, owner.unseal_text(_SEALED, row.id, row.sealed)) for row in rows)


async def read_every_identifier(session: AsyncSession, owner: Owner) -> list[dict[str, object]]:
    """Those of before too: kind, value, proved_at, is_current, created_at; in order of entry."""
    rows = await session.scalars(select(PartyIdentifier).where(PartyIdentifier.party_id == owner.party).order_by(PartyIdentifier.id))
    return [
        {
            "kind": row.kind,
            "value": owner.unseal_text(_SEALED, row.id, row.sealed),
            "proved_at": row.proved_at,
            "is_current": row.is_current,
            "created_at": row.created_at,
        }
        for row in rows
    ]


async def names_of(session: AsyncSession, parties: Collection[UUID]) -> dict[UUID, str | None]:
    """As lists show them, of those that are there; None for whoever was erased or has not said it yet."""
    return dict((await session.execute(select(Party.id, Party.display_name).where(Party.id.in_(parties)))).all())


async def keep_contact(session: AsyncSession, owner: Owner, contact: Contact) -> None:
    sealed = owner.seal_json(_CONTACT, owner.id, asdict(contact))
    await session.execute(update(Party).where(Party.id == owner.party).values(sealed_contact=sealed))


def read_contact(owner: Owner, row: Party) -> Contact | None:
    """None where the customer has not said."""
    return None if row.sealed_contact is None else Contact(**owner.unseal_json(_CONTACT, row.id, row.sealed_contact))


async def show_in_clear(session: AsyncSession, party: UUID, shown: ShownInClear) -> None:
    await session.execute(
        update(Party)
        .where(Party.id == party)
        .values(
            kind=shown.kind, display_name=shown.display_name, municipality=shown.municipality, province=shown.province, region=shown.region
        ),
    )


async def keep_card(
    session: AsyncSession,
    owner: Owner,
    answers: Mapping[str, Wire],
    *,
    form: str,
    form_version: str,
    submission: UUID | None,
    typed_by: str,
    channel: str,
    at: datetime,
) -> int:
    """Adds the card's next revision; the number it got."""
    if owner.party is None:
        raise ValueError("only a party has a card")
    await lock_party(session, owner.party)
    number = 1 + (await session.scalar(select(func.max(CardRevision.number)).where(CardRevision.party_id == owner.party)) or 0)
    session.add(
        CardRevision(
            party_id=owner.party,
            number=number,
            submission_id=submission,
            form=form,
            form_version=form_version,
            sealed_answers=owner.seal_json(_CARD, f"{owner.party}/{number}", dict(answers)),
            typed_by=typed_by,
            channel=channel,
            at=at,
        ),
    )
    await session.flush()
    return number


async def read_cards(session: AsyncSession, owner: Owner, *, most: int = 1) -> tuple[Card, ...]:
    """The card's revisions, the latest first; last of all those that the customer has withdrawn."""
    is_withdrawn = func.coalesce(Submission.state == "withdrawn", False)
    rows = await session.scalars(
        select(CardRevision)
        .outerjoin(Submission, Submission.id == CardRevision.submission_id)
        .where(CardRevision.party_id == owner.party)
        .order_by(is_withdrawn, CardRevision.number.desc())
        .limit(most),
    )
    return tuple(open_card(owner, row) for row in rows)


async def accepted_card(session: AsyncSession, owner: Owner) -> Card | None:
    """The latest revision whose submission a colleague accepted: the one that counts."""
    row = await session.scalar(
        select(CardRevision)
        .join(Submission, Submission.id == CardRevision.submission_id)
        .where(CardRevision.party_id == owner.party, Submission.state == "accepted")
        .order_by(CardRevision.number.desc())
        .limit(1),
    )
    return open_card(owner, row) if row else None


def open_card(owner: Owner, row: CardRevision) -> Card:
    answers: dict[str, Any] = owner.unseal_json(_CARD, f"{row.party_id}/{row.number}", row.sealed_answers)
    return Card(row.number, row.form, row.form_version, answers, row.submission_id, row.typed_by, row.channel, row.at)


async def conversations_of(session: AsyncSession, party: UUID) -> tuple[UUID, ...]:
    """Ids of the party's conversations that can still be read, the latest first."""
    return tuple(
        await session.scalars(
            select(Conversation.id)
            .where(Conversation.party_id == party, Conversation.wrapped_key.is_not(None))
            .order_by(Conversation.updated_at.desc(), Conversation.id.desc()),
        ),
    )


async def forget_prospect(session: AsyncSession, party: UUID) -> Traces | None:
    """Takes away a party that has confirmed nothing yet: whom nothing names any more. None = it is a customer and stays.

    Acts stay as salted commitments that can no longer be opened; without any the party's row goes too."""
    if await _is_customer(session, party):
        return None
    await session.execute(update(Conversation).where(Conversation.party_id == party).values(party_id=None))
    traces = await take_away(session, party)
    if await session.scalar(select(select(Act.number).where(Act.owner_id == party).exists())):
        await session.execute(update(Party).where(Party.id == party).values(wrapped_key=None, display_name=None, erased_at=func.now()))
    else:
        await session.execute(delete(ChainHead).where(ChainHead.owner_id == party))
        await session.execute(delete(Party).where(Party.id == party))
    return traces


async def take_away(session: AsyncSession, party: UUID) -> Traces:
    """The rows that name a party and may go, and the salts of its acts; what of it lies outside of the database."""
    for table in (PartyIdentifier, CardCheck, Approach, CallRequest, AccountSession, AccountCode, Account):
        await session.execute(delete(table).where(table.party_id == party))
    await remember_papers(session, party)
    files = await session.scalars(delete(Document).where(Document.party_id == party).returning(Document.id))
    mails = await session.scalars(delete(OutgoingMail).where(OutgoingMail.party_id == party).returning(OutgoingMail.id))
    await erase_salts(session, party)
    return Traces(party, tuple(files), tuple(mails))


async def forget_conversation(session: AsyncSession, conversation: UUID) -> Traces:
    """Takes away what a conversation had caused before it had a party; its own key goes with its closing turn."""
    await session.execute(delete(CallRequest).where(CallRequest.conversation_id == conversation, CallRequest.party_id.is_(None)))
    files = delete(Document).where(Document.conversation_id == conversation, Document.party_id.is_(None)).returning(Document.id)
    mails = delete(OutgoingMail).where(OutgoingMail.conversation_id == conversation, OutgoingMail.party_id.is_(None))
    left = await session.scalars(mails.returning(OutgoingMail.id))
    return Traces(conversation, tuple(await session.scalars(files)), tuple(left))


async def _is_customer(session: AsyncSession, party: UUID) -> bool:
    """It has confirmed a form, or talks to us in another conversation too."""
    has_card = await session.scalar(
        select(
            select(Submission.id).where(Submission.party_id == party).exists()
            | select(CardRevision.number).where(CardRevision.party_id == party).exists(),
        ),
    )
    return bool(has_card) or len(await conversations_of(session, party)) > 1


def known_by(keys: Keys, kind: Kind, value: str) -> tuple[bytes, ...]:
    """The blind indexes that an identifier may be found by: of an address first as it was typed, as they were all kept once."""
    return tuple(dict.fromkeys((keys.blind_index(kind, value), _index(keys, kind, value))))


def _index(keys: Keys, kind: Kind, value: str) -> bytes:
    return keys.address_index(kind, value) if kind == "email" else keys.blind_index(kind, value)


def _add_identifier(session: AsyncSession, owner: Owner, kind: Kind, value: str) -> PartyIdentifier:
    if owner.party is None:
        raise ValueError("only a party has identifiers")
    id_ = new_id()
    row = PartyIdentifier(
        id=id_,
        party_id=owner.party,
        kind=kind,
        blind_index=_index(owner.keys, kind, value),
        sealed=owner.seal_text(_SEALED, id_, value),
    )
    session.add(row)
    return row


async def _current(session: AsyncSession, owner: Owner, kind: Kind, value: str) -> PartyIdentifier | None:
    row: PartyIdentifier | None = await session.scalar(
        select(PartyIdentifier)
        .where(
            PartyIdentifier.party_id == owner.party,
            PartyIdentifier.kind == kind,
            PartyIdentifier.blind_index.in_(known_by(owner.keys, kind, value)),
            PartyIdentifier.is_current,
        )
        .order_by(PartyIdentifier.id)
        .limit(1),
    )
    return row
