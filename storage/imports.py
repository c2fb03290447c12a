"""Lists of customers that were read in: kept sealed until somebody has decided on each row, then destroyed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from forms.cards import CARD_OF_FORM
from forms.imports.comparing import Judged, Match
from forms.imports.rows import Problem, Row
from forms.types.base import Wire
from rules.imports import WAITING, Conflict, Decision, Outcome
from rules.refusals import Fact, Reason
from storage.keys import Keys
from storage.parties import Card, known_by, open_card, party_with
from storage.sealing import ErasedError, Owner
from storage.tables.base import new_id
from storage.tables.evidence import CardRevision
from storage.tables.imports import ClientImport, ImportRow
from storage.tables.parties import Party, PartyIdentifier

_ROW, _SOURCE = "import_row.sealed_row", "client_import.sealed_source"
LOCK_SPACE = 7_365  # of advisory locks: one for each file that is read
_ALIKE = ("phone", "iban", "document")


@dataclass(frozen=True, slots=True)
class NewImport:
    colleague: UUID | None
    program: str | None
    format: str
    source: str
    language: str
    fingerprint: bytes
    at: datetime


async def keep_import(session: AsyncSession, keys: Keys, new: NewImport) -> tuple[ClientImport, Owner]:
    """The list, and whose key seals its rows."""
    key, wrapped = keys.new_data_key()
    owner = Owner(None, new_id(), keys, key)
    row = ClientImport(
        id=owner.id,
        colleague_id=new.colleague,
        program=new.program,
        format=new.format,
        sealed_source=owner.seal_text(_SOURCE, owner.id, new.source),
        language=new.language,
        fingerprint=new.fingerprint,
        counts={},
        read_at=new.at,
        wrapped_key=wrapped,
    )
    session.add(row)
    await session.flush()
    return row, owner


async def keep_rows(session: AsyncSession, owner: Owner, colleague: UUID | None, judged: Iterable[Judged]) -> None:
    rows = [_kept(owner, each) | {"colleague_id": colleague} for each in judged if each.outcome in WAITING]
    if rows:
        await session.execute(insert(ImportRow), rows)


async def mark_twice(session: AsyncSession, import_id: UUID) -> None:
    """Rows of one list that name the same customer contradict each other: somebody looks at them."""
    own, released = ImportRow.import_id == import_id, ImportRow.outcome.in_((Outcome.NEW, Outcome.CHANGED))
    told = (own, or_(released, ImportRow.conflict == Conflict.TWICE.value))  # also those that another column has shown already
    for column in (ImportRow.blind_email, ImportRow.blind_tax_code, ImportRow.party_id):
        twice = select(column).where(*told, column.is_not(None)).group_by(column).having(func.count() > 1).scalar_subquery()
        await session.execute(
            update(ImportRow).where(own, released, column.in_(twice)).values(outcome=Outcome.CONFLICT.value, conflict=Conflict.TWICE.value)
        )


async def forget_rows_of_erased(session: AsyncSession, import_id: UUID) -> None:
    """Rows of a list that was being read while their customers were erased; whoever is erased from now on waits until it can be seen."""
    about = select(ImportRow.party_id).where(ImportRow.import_id == import_id, ImportRow.party_id.is_not(None))
    parties = await session.execute(
        select(Party.id, Party.erased_at).where(Party.id.in_(about)).order_by(Party.id).with_for_update(read=True)
    )
    erased = [party for party, erased_at in parties if erased_at is not None]
    await session.execute(delete(ImportRow).where(ImportRow.import_id == import_id, ImportRow.party_id.in_(erased)))


async def count_rows(session: AsyncSession, import_id: UUID, *, only_waiting: bool = False) -> dict[str, int]:
    """Kept rows by outcome."""
    query = select(ImportRow.outcome, func.count()).where(ImportRow.import_id == import_id).group_by(ImportRow.outcome)
    query = query.where(ImportRow.decision.is_(None)) if only_waiting else query
    return dict((await session.execute(query)).all())


async def find_same(session: AsyncSession, fingerprint: bytes) -> ClientImport | None:
    """The list that was made of the very same file, as long as something of it counts. Whoever else looks for it waits for this transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, int.from_bytes(fingerprint[:4], signed=True))))
    row: ClientImport | None = await session.scalar(select(ClientImport).where(ClientImport.fingerprint == fingerprint).limit(1))
    return row


# whom rows are about


async def find_matches(session: AsyncSession, keys: Keys, rows: Sequence[Row]) -> list[Match]:
    """For each row, in their order; one look-up for all of them."""
    named = [_identifiers(keys, row) for row in rows]
    wanted = {each for one in named for each in one}
    found = (
        await session.execute(
            select(PartyIdentifier.kind, PartyIdentifier.blind_index, PartyIdentifier.party_id, PartyIdentifier.proved_at)
            .join(Party, Party.id == PartyIdentifier.party_id)
            .where(tuple_(PartyIdentifier.kind, PartyIdentifier.blind_index).in_(wanted), PartyIdentifier.is_current)
            .where(Party.wrapped_key.is_not(None))
        )
        if wanted
        else ()
    )
    holders: dict[tuple[str, bytes], list[UUID]] = {}
    for kind, blind_index, party, proved_at in found:
        if kind != "email" or proved_at is not None:
            holders.setdefault((kind, blind_index), []).append(party)
    return [_match(one, holders) for one in named]


async def latest_cards(session: AsyncSession, keys: Keys, parties: Iterable[UUID]) -> dict[UUID, Card]:
    """Those that can still be read, whatever their state: what the customer confirmed last."""
    latest = (
        select(CardRevision, Party.wrapped_key)
        .join(Party, Party.id == CardRevision.party_id)
        .where(CardRevision.party_id.in_(set(parties)))
        .ext(distinct_on(CardRevision.party_id))
        .order_by(CardRevision.party_id, CardRevision.number.desc())
    )
    found = {}
    for row, wrapped in await session.execute(latest):
        try:
            found[row.party_id] = open_card(party_with(keys, row.party_id, wrapped), row)
        except ErasedError:
            continue
    return found


# looking at it and deciding


async def find_import(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> ClientImport:
    """Raises LookupError where there is none, or row security hides it."""
    row = await session.get(ClientImport, import_id, with_for_update=lock)
    if row is None:
        raise LookupError(f"no import {import_id}")
    return row


async def list_imports(session: AsyncSession, since: datetime, most: int = 50) -> tuple[ClientImport, ...]:
    """The latest first."""
    query = select(ClientImport).where(ClientImport.read_at >= since).order_by(ClientImport.read_at.desc(), ClientImport.id).limit(most)
    return tuple(await session.scalars(query))


def import_owner(keys: Keys, row: ClientImport) -> Owner:
    """Raises ErasedError where it has ended."""
    if row.wrapped_key is None:
        raise ErasedError(f"import {row.id} has ended")
    return Owner(None, row.id, keys, keys.unwrap(row.wrapped_key))


def read_source(keys: Keys, row: ClientImport) -> str:
    """Empty where it has ended."""
    return import_owner(keys, row).unseal_text(_SOURCE, row.id, row.sealed_source) if row.wrapped_key else ""


type Place = tuple[int, UUID]
"""Where a page ended: a row's line and id, as several may begin in one line of a file."""
NOWHERE: Place = (0, UUID(int=0))


async def read_rows(
    session: AsyncSession,
    import_id: UUID,
    outcomes: Sequence[str],
    *,
    after: Place = NOWHERE,
    most: int,
    only_undoubted: bool = False,
) -> tuple[ImportRow, ...]:
    """Those that wait, in the file's order."""
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.decision.is_(None), ImportRow.outcome.in_(outcomes))
    query = query.where(tuple_(ImportRow.line, ImportRow.id) > tuple_(*after))
    query = query.where(ImportRow.is_doubtful.is_(False)) if only_undoubted else query
    return tuple(await session.scalars(query.order_by(ImportRow.line, ImportRow.id).limit(most)))


async def find_row(session: AsyncSession, row: UUID, *, lock: bool = False) -> ImportRow:
    """Raises LookupError where there is none, or row security hides it. Its list is locked before it is."""
    found = await session.get(ImportRow, row, populate_existing=lock, with_for_update=lock)
    if found is None:
        raise LookupError(f"no row {row} of an import")
    return found


def open_row(owner: Owner, row: ImportRow) -> Row:
    told: dict[str, Any] = owner.unseal_json(_ROW, row.id, row.sealed_row)
    problems = (tuple(_problem(each) for each in told.get(name, ())) for name in ("refused", "doubts", "omitted"))
    return Row(row.line, CARD_OF_FORM[told["form"]], told["values"], *problems)


def decide(row: ImportRow, decision: Decision, by: UUID, at: datetime) -> None:
    """What stood in it goes at once; that it was decided stays until the list ends."""
    row.decision, row.decided_by, row.decided_at = decision.value, by, at
    row.sealed_row, row.blind_email, row.blind_tax_code = b"", None, None


async def end_if_decided(session: AsyncSession, row: ClientImport, at: datetime) -> bool:
    """Whether nothing of it waits any more: then it has ended."""
    waiting = select(ImportRow.id).where(ImportRow.import_id == row.id, ImportRow.decision.is_(None)).limit(1)
    if await session.scalar(waiting) is not None:
        return False
    await end_import(session, row, at)
    return True


async def end_import(session: AsyncSession, row: ClientImport, at: datetime) -> None:
    """Key and rows are destroyed. A file of which nothing was released may be read again."""
    released = select(ImportRow.id).where(ImportRow.import_id == row.id, ImportRow.decision == Decision.RELEASED.value).limit(1)
    if await session.scalar(released) is None:
        row.fingerprint = None
    await session.execute(delete(ImportRow).where(ImportRow.import_id == row.id))
    row.wrapped_key, row.sealed_source, row.ended_at = None, b"", at


async def overdue_imports(session: AsyncSession, before: datetime) -> tuple[ClientImport, ...]:
    """Read before that moment and not ended; nobody else has one in hand."""
    query = select(ClientImport).where(ClientImport.wrapped_key.is_not(None), ClientImport.read_at <= before)
    return tuple(await session.scalars(query.with_for_update(skip_locked=True)))


async def forget_fingerprints(session: AsyncSession, before: datetime) -> None:
    """Of files that were read before that moment."""
    kept = (ClientImport.read_at <= before, ClientImport.fingerprint.is_not(None))
    await session.execute(update(ClientImport).where(*kept).values(fingerprint=None))


# what is held about one customer


async def rows_about(
    session: AsyncSession, keys: Keys, party: UUID, emails: Iterable[str]
) -> list[tuple[ClientImport, Mapping[str, Wire]]]:
    """What waits about a party, or one of its proved addresses: each with its list and its values."""
    is_about = _is_about(keys, party, emails)
    query = select(ClientImport, ImportRow).join(ClientImport, ClientImport.id == ImportRow.import_id).where(is_about)
    found = await session.execute(query.where(ImportRow.decision.is_(None)).order_by(ImportRow.id))
    return [(row, open_row(import_owner(keys, row), each).values) for row, each in found]


async def forget_rows_about(session: AsyncSession, keys: Keys, party: UUID, emails: Iterable[str]) -> None:
    """Also those that were read before it was known."""
    is_about = _is_about(keys, party, emails)
    lists = select(ClientImport.id).where(ClientImport.id.in_(select(ImportRow.import_id).where(is_about)))
    await session.execute(lists.order_by(ClientImport.id).with_for_update())  # a list is locked before its rows by everybody
    await session.execute(delete(ImportRow).where(is_about))


def _is_about(keys: Keys, party: UUID, emails: Iterable[str]) -> ColumnElement[bool]:
    """`emails`: those they proved. A tax code proves nothing: a row that has it may be somebody else's."""
    return or_(ImportRow.party_id == party, ImportRow.blind_email.in_([_index(keys, email) for email in emails]))


def _index(keys: Keys, email: str) -> bytes:
    return keys.address_index("imported_email", email)


def _kept(owner: Owner, judged: Judged) -> dict[str, object]:
    row, id_ = judged.row, new_id()
    email, tax_code = row.values.get(row.card.email), row.values.get(row.card.tax_code)
    told = {
        "form": row.card.form,
        "values": dict(row.values),
        "refused": [_told(each) for each in row.refused],
        "doubts": [_told(each) for each in row.doubts],
        "omitted": [_told(each) for each in row.omitted],
    }
    return {
        "id": id_,
        "import_id": owner.id,
        "line": row.line,
        "outcome": judged.outcome.value,
        "conflict": judged.conflict.value if judged.conflict else None,
        "is_doubtful": bool(row.doubts),
        "party_id": judged.party,
        "blind_email": _index(owner.keys, str(email)) if email else None,
        "blind_tax_code": owner.keys.blind_index("tax_code", str(tax_code)) if tax_code else None,
        "sealed_row": owner.seal_json(_ROW, id_, told),
    }


def _told(problem: Problem) -> dict[str, object]:
    facts = {name: fact if isinstance(fact, str | int | list) else str(fact) for name, fact in problem.facts.items()}
    return {"column": problem.column, "key": problem.key, "reason": problem.reason.value, "facts": facts}


def _problem(told: Mapping[str, Any]) -> Problem:
    facts: dict[str, Fact] = told["facts"]
    return Problem(told["column"], told["key"], Reason(told["reason"]), facts)


def _identifiers(keys: Keys, row: Row) -> list[tuple[str, bytes]]:
    """The proved address is looked for by the one that the card is bound to: another of its addresses proves nothing."""
    places = {"email": (row.card.email,), "tax_code": row.card.identifiers["tax_code"]}
    places |= {kind: row.card.identifiers[kind] for kind in _ALIKE if kind in row.card.identifiers}
    told = [(kind, str(row.values[place])) for kind, where in places.items() for place in where if place in row.values]
    return [(kind, index) for kind, value in told for index in known_by(keys, kind, value)]


def _match(identifiers: Sequence[tuple[str, bytes]], holders: Mapping[tuple[str, bytes], Sequence[UUID]]) -> Match:
    of: dict[str, dict[UUID, None]] = {}
    for each in identifiers:
        of.setdefault(each[0], {}).update(dict.fromkeys(holders.get(each, ())))
    alike = {party for kind in _ALIKE for party in of.get(kind, ())}
    return Match(next(iter(of.get("email", ())), None), tuple(of.get("tax_code", ())), tuple(alike))
