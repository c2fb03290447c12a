"""Lists that leave the house: their orders, and their rows a page at a time by keyset, unsealed one by one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from forms.exports.columns import Column, Record, Value, instant, record_of
from forms.types.base import Wire
from rules.exports import Subject
from storage.acts import KeptAct, open_act
from storage.calls import read_call
from storage.keys import Keys
from storage.parties import open_card, party_with
from storage.submissions import open_submission
from storage.tables.evidence import Act, CardRevision
from storage.tables.exports import ExportOrder
from storage.tables.messages import CallRequest
from storage.tables.parties import Party
from storage.tables.portfolio import Offer
from storage.tables.submissions import Submission

type Rows = Select[*tuple[Any, ...]]
type Place = tuple[UUID, int]
"""Where a page ended: the last row's id, of acts also its number."""
LOCK_SPACE = 7_366  # of advisory locks: one for each colleague who fetches a list
NOWHERE: Place = (UUID(int=0), 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is asked for; empty = all. `since`: what has changed from then on."""

    kind: str = ""
    state: str = ""
    since: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items() if value}


def wanted_from(kept: Mapping[str, Any]) -> Wanted:
    since = kept.get("since")
    return Wanted(kept.get("kind", ""), kept.get("state", ""), datetime.fromisoformat(since) if since else None)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: what the house knows by the columns' names, and the answers that the customer gave."""

    known: Mapping[str, str | int | datetime | None]
    answers: Mapping[str, Wire] = field(default_factory=dict)


class Clients:
    """Customers by their latest card, whatever its state."""

    def query(self, wanted: Wanted) -> Rows:
        cards = select(CardRevision).where(CardRevision.party_id == Party.id).order_by(CardRevision.number.desc())
        latest = cards.limit(1).correlate(Party).lateral("latest")
        changed = func.greatest(latest.c.at, Submission.updated_at)
        found = (
            select(Party, latest, Submission.state, changed.label("changed_at"))
            .select_from(Party)
            .join(latest, true())
            .outerjoin(Submission, Submission.id == latest.c.submission_id)
            .where(Party.wrapped_key.is_not(None))
        )
        return _filtered(found, wanted, kind=Party.kind, state=Submission.state, changed=changed)

    def after(self, query: Rows, place: Place) -> Rows:
        return query.where(Party.id > place[0]).order_by(Party.id)

    def place(self, row: Any) -> Place:
        return row.Party.id, 0

    def line(self, keys: Keys, row: Any) -> Line:
        party: Party = row.Party
        card = open_card(party_with(keys, party.id, party.wrapped_key), row)
        known = {
            "id": str(party.id),
            "kind": party.kind,
            "state": row.state,
            "display_name": party.display_name,
            "language": party.language,
            "region": party.region,
            "agent": _text(party.agent_id),
            "created_at": party.created_at,
            "updated_at": row.changed_at,
            "card_revision": card.number,
        }
        return Line(known, card.answers)


class Submissions:
    """Everything that customers confirmed, as it stands."""

    def query(self, wanted: Wanted) -> Rows:
        found: Rows = select(Submission, Party).join(Party, Party.id == Submission.party_id).where(Party.wrapped_key.is_not(None))
        return _filtered(found, wanted, kind=Party.kind, state=Submission.state, changed=Submission.updated_at)

    def after(self, query: Rows, place: Place) -> Rows:
        return query.where(Submission.id > place[0]).order_by(Submission.id)

    def place(self, row: Any) -> Place:
        return row.Submission.id, 0

    def line(self, keys: Keys, row: Any) -> Line:
        party, submission = row.Party, row.Submission
        read = open_submission(party_with(keys, party.id, party.wrapped_key), submission)
        known = {
            "id": str(submission.id),
            "party": str(party.id),
            "display_name": party.display_name,
            "form": submission.form,
            "form_version": submission.form_version,
            "state": submission.state,
            "language": submission.language,
            "indicative": _amount(submission.indicative_cents),
            "premium": _amount(submission.premium_cents),
            "missing": submission.missing_count,
            "waiting_since": submission.waiting_since,
            "updated_at": submission.updated_at,
        }
        return Line(known, read.answers)


class Acts:
    """Every act of every customer, in each one's order."""

    def query(self, wanted: Wanted) -> Rows:
        found: Rows = select(Act, Party).join(Party, Party.id == Act.party_id).where(Party.wrapped_key.is_not(None), Act.is_sealed)
        return _filtered(found, wanted, kind=Party.kind, state=Act.kind, changed=Act.at)

    def after(self, query: Rows, place: Place) -> Rows:
        return query.where(tuple_(Act.owner_id, Act.number) > tuple_(*place)).order_by(Act.owner_id, Act.number)

    def place(self, row: Any) -> Place:
        return row.Act.owner_id, row.Act.number

    def line(self, keys: Keys, row: Any) -> Line:
        party: Party = row.Party
        act: KeptAct = open_act(party_with(keys, party.id, party.wrapped_key), row.Act)
        known = {
            "id": f"{row.Act.owner_id}/{act.number}",
            "party": str(party.id),
            "number": act.number,
            "question": act.question,
            "module": act.module,
            "version": act.version,
            "kind": act.kind,
            "answer": act.answer,
            "at": act.at,
            "link": act.link.hex(),
            **{name: act.facts.get(name) for name in ("text_sha256", "channel", "language", "stamp")},
        }
        return Line(known)


class OfferEnds:
    """Offers that wait for their customer, and end by themselves."""

    def query(self, wanted: Wanted) -> Rows:
        found: Rows = (
            select(Offer, Party).join(Party, Party.id == Offer.party_id).where(Offer.state == "open", Party.wrapped_key.is_not(None))
        )
        return _filtered(found, wanted, kind=Party.kind, changed=Offer.made_at)

    def after(self, query: Rows, place: Place) -> Rows:
        return query.where(Offer.id > place[0]).order_by(Offer.id)

    def place(self, row: Any) -> Place:
        return row.Offer.id, 0

    def line(self, _keys: Keys, row: Any) -> Line:
        offer, known = row.Offer, _deadline("offer_ends", row.Offer.id, row.Party)
        return Line({**known, "on": offer.valid_until.isoformat(), "premium": _amount(offer.premium_cents)})


class CallBacks:
    """Customers who wait to be called; a visitor's request stays in the console."""

    def query(self, wanted: Wanted) -> Rows:
        found: Rows = select(CallRequest, Party).join(Party, Party.id == CallRequest.party_id)
        found = found.where(CallRequest.state == "open", Party.wrapped_key.is_not(None))
        return _filtered(found, wanted, kind=Party.kind, changed=CallRequest.at)

    def after(self, query: Rows, place: Place) -> Rows:
        return query.where(CallRequest.id > place[0]).order_by(CallRequest.id)

    def place(self, row: Any) -> Place:
        return row.CallRequest.id, 0

    def line(self, keys: Keys, row: Any) -> Line:
        call, party = row.CallRequest, row.Party
        told = read_call(party_with(keys, party.id, party.wrapped_key), call)
        return Line({**_deadline("call_back", call.id, party), "at": call.at, "phone": told["phone"]})


type Source = Clients | Submissions | Acts | OfferEnds | CallBacks
SOURCES: Mapping[Subject, tuple[Source, ...]] = {
    Subject.CLIENTS: (Clients(),),
    Subject.SUBMISSIONS: (Submissions(),),
    Subject.ACTS: (Acts(),),
    Subject.DEADLINES: (OfferEnds(), CallBacks()),
}


async def count_lines(session: AsyncSession, source: Source, wanted: Wanted) -> int:
    """Of those that whoever asks may see."""
    return await session.scalar(select(func.count()).select_from(source.query(wanted).subquery())) or 0


async def read_page(
    session: AsyncSession, keys: Keys, source: Source, wanted: Wanted, *, after: Place, size: int
) -> tuple[list[Line], Place]:
    """The lines after that place, and where they end; fewer than `size` = the last."""
    rows = (await session.execute(source.after(source.query(wanted), after).limit(size))).all()
    return [source.line(keys, row) for row in rows], source.place(rows[-1]) if rows else after


async def find_order(session: AsyncSession, order: UUID, *, lock: bool = False) -> ExportOrder:
    """Raises LookupError where there is none, or row security hides it."""
    row = await session.get(ExportOrder, order, with_for_update=lock)
    if row is None:
        raise LookupError(f"no export {order}")
    return row


async def list_orders(session: AsyncSession, since: datetime, most: int = 50) -> tuple[ExportOrder, ...]:
    """The latest first, and before them all that were fetched and are not said to be destroyed, however old."""
    is_out = ExportOrder.fetched_at.is_not(None) & ExportOrder.destroyed_at.is_(None)
    latest_first = (ExportOrder.ordered_at.desc(), ExportOrder.id)
    out = await session.scalars(select(ExportOrder).where(is_out).order_by(*latest_first))
    others = select(ExportOrder).where(ExportOrder.ordered_at >= since, ~is_out).order_by(*latest_first).limit(most)
    return (*out, *await session.scalars(others))


async def await_own_turn(session: AsyncSession, colleague: UUID) -> None:
    """Fetches of one colleague's wait for each other until the transaction ends: each counts those before."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, func.hashtext(str(colleague)))))


async def lines_alone(session: AsyncSession, colleague: UUID, since: datetime, *, but: UUID) -> int:
    """In their other lists that they have fetched since then, and nobody else had agreed to."""
    alone = select(func.coalesce(func.sum(ExportOrder.rows), 0)).where(ExportOrder.colleague_id == colleague, ExportOrder.id != but)
    return int(await session.scalar(alone.where(ExportOrder.agreed_by.is_(None), ExportOrder.fetched_at > since)) or 0)


def record_of_line(listed: Iterable[Column], line: Line) -> Record:
    known: dict[str, Value] = {
        name: instant(value) if isinstance(value, datetime) else value for name, value in line.known.items() if value is not None
    }
    return {**known, **record_of(listed, line.answers)}


def _filtered(query: Rows, wanted: Wanted, *, kind: Any, changed: Any, state: Any = None) -> Rows:  # Any: mapped columns
    return query.where(*_conditions(wanted, kind, changed, state))


def _conditions(wanted: Wanted, kind: Any, changed: Any, state: Any) -> Iterator[ColumnElement[bool]]:
    if wanted.kind:
        yield kind == wanted.kind
    if wanted.state and state is not None:
        yield state == wanted.state
    if wanted.since is not None:
        yield changed >= wanted.since


def _deadline(kind: str, id_: UUID, party: Party) -> dict[str, str | None]:
    return {"id": str(id_), "kind": kind, "party": str(party.id), "customer": party.display_name}


def _amount(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100}.{cents % 100:02}"


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
