"""What the desk lists, a page at a time by keyset: as fast on the millionth row as on the first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, func, literal_column, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from rules.submissions import State
from storage.tables.parties import Party
from storage.tables.submissions import Submission

WAITING = ("suspended", "in_review", "issue_requested")
"""What waits for the agency; `returned` and `quoted` wait for the customer."""


@dataclass(frozen=True, slots=True)
class Filter:
    states: Sequence[str] = WAITING
    forms: Sequence[str] = ()
    text: str = ""
    """A part of the display name."""
    claimed_by: UUID | None = None
    agent: UUID | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    submission: UUID
    party: UUID
    display_name: str | None
    municipality: str | None
    form: str
    state: str
    language: str
    waiting_since: datetime
    missing_count: int
    indicative_cents: int | None
    claimed_by: UUID | None
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """`next` and `previous` are cursors for `after` and `before`; None = nothing there."""

    rows: tuple[Row, ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class ClientRow:
    party: UUID
    display_name: str | None
    municipality: str | None
    province: str | None
    language: str
    agent: UUID | None
    created_at: datetime


async def list_queue(
    session: AsyncSession, wanted: Filter, *, after: str | None = None, before: str | None = None, size: int = 25
) -> Page[QueueRow]:
    """Those who wait longest first. Row security has already left out other portfolios."""
    submissions = _placed(_filtered(wanted), after, before).limit(size + 1)
    if wanted.text.strip() or wanted.agent is not None:
        query = (
            submissions.join(Party, Party.id == Submission.party_id)
            .where(*_of_party(wanted))
            .add_columns(Party.display_name, Party.municipality)
        )
    else:
        # a page of submissions first, then their names: the planner must not walk all parties to find 25
        page = aliased(Submission, submissions.subquery())
        query = select(page, Party.display_name, Party.municipality).join(Party, Party.id == page.party_id)
        query = query.order_by(*_order(page, is_backwards=before is not None))
    found = [_queue_row(*row) for row in (await session.execute(query)).all()]
    return _page(found, size, after=after, before=before, cursor=lambda row: f"{row.waiting_since.isoformat()}|{row.submission}")


async def list_clients(
    session: AsyncSession, text: str = "", *, after: str | None = None, before: str | None = None, size: int = 25
) -> Page[ClientRow]:
    """Customers with a card, the newest first."""
    query = select(Party).where(Party.display_name.is_not(None))
    if text.strip():
        query = query.where(_name_contains(text))
    if before is not None:
        query = query.where(Party.id > UUID(before)).order_by(Party.id)
    else:
        query = query.order_by(Party.id.desc())
        query = query.where(Party.id < UUID(after)) if after is not None else query
    found = [_client_row(row) for row in await session.scalars(query.limit(size + 1))]
    return _page(found, size, after=after, before=before, cursor=lambda row: str(row.party))


async def count_states(session: AsyncSession) -> dict[str, int]:
    """How many submissions, by state."""
    rows = await session.execute(select(Submission.state, func.count()).group_by(Submission.state))
    return {row[0]: row[1] for row in rows}


def _filtered(wanted: Filter) -> Select[Submission]:
    query = select(Submission)
    if wanted.states:
        query = query.where(
            Submission.state.in_([literal_column(f"'{State(state).value}'") for state in wanted.states])
        )  # known words, so that the planner sees its index
    if wanted.forms:
        query = query.where(Submission.form.in_(wanted.forms))
    if wanted.claimed_by is not None:
        query = query.where(Submission.claimed_by == wanted.claimed_by)
    return query


def _of_party(wanted: Filter) -> list[Any]:  # column expressions
    by_name = [_name_contains(wanted.text)] if wanted.text.strip() else []
    return by_name + ([Party.agent_id == wanted.agent] if wanted.agent is not None else [])


def _placed(query: Select[Submission], after: str | None, before: str | None) -> Select[Submission]:
    place = tuple_(Submission.waiting_since, Submission.id)
    if before is not None:
        query = query.where(place < _place(before))
    elif after is not None:
        query = query.where(place > _place(after))
    return query.order_by(*_order(Submission, is_backwards=before is not None))


def _order(of: type[Submission], *, is_backwards: bool) -> tuple[Any, Any]:  # column expressions
    return (of.waiting_since.desc(), of.id.desc()) if is_backwards else (of.waiting_since, of.id)


def _name_contains(text: str) -> Any:  # a column expression
    if re.search("[\0\ud800-\udfff]", text):
        return false()  # PostgreSQL stores neither, so no name has one
    return Party.display_name.icontains(text.strip(), autoescape=True)


def _page[Row](found: list[Row], size: int, *, after: str | None, before: str | None, cursor: Any) -> Page[Row]:
    has_more = len(found) > size
    rows = found[:size]
    if before is not None:
        rows.reverse()
    first, last = (cursor(rows[0]), cursor(rows[-1])) if rows else (None, None)
    has_next, has_previous = (True, has_more) if before is not None else (has_more, after is not None)
    return Page(tuple(rows), last if has_next else None, first if has_previous else None)


def _place(cursor: str) -> Any:  # a pair that compares with columns
    """Raises ValueError for what is no cursor of ours."""
    since, _, id_ = cursor.partition("|")
    return tuple_(datetime.fromisoformat(since), UUID(id_))


def _queue_row(row: Submission, display_name: str | None, municipality: str | None) -> QueueRow:
    return QueueRow(
        submission=row.id,
        party=row.party_id,
        display_name=display_name,
        municipality=municipality,
        form=row.form,
        state=row.state,
        language=row.language,
        waiting_since=row.waiting_since,
        missing_count=row.missing_count,
        indicative_cents=row.indicative_cents,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
    )


def _client_row(row: Party) -> ClientRow:
    return ClientRow(row.id, row.display_name, row.municipality, row.province, row.language, row.agent_id, row.created_at)
