"""What the desk lists, a page at a time by keyset: as fast on the millionth row as on the first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, func, literal, select, text, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from rules.submissions import State
from storage.receipts import party_named
from storage.tables.base import NOBODY
from storage.tables.parties import Party
from storage.tables.submissions import Submission

WAITING = ("suspended", "in_review", "issue_requested")
"""What waits for the agency; `returned` and `quoted` wait for the customer."""
MOST_COUNTED = 1_000
"""Of each state: counting a million rows at every click costs a quarter of a second, and nobody reads the last digits."""
_FEW_NAMES = 2_000
"""So many customers are looked up one by one; a part of a name that more have is soon met on the way along the queue."""
# Who asks. And each page is planned for what it asks, as a walk along an index that stops: a plan for any filter took six seconds
# where its own takes milliseconds, and the planner, who takes row security for a sieve that lets little through, would rather sort all that waits.
_ASKING = text("""
select current_setting('sospeso.role', true), nullif(current_setting('sospeso.staff', true), '')::uuid,
  set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_bitmapscan', 'off', true),
  set_config('enable_seqscan', 'off', true)
""")
_NAMED = text("select parties_named(:part, :most)")

type Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Filter:
    states: Sequence[str] = WAITING
    forms: Sequence[str] = ()
    text: str = ""
    """A part of the display name, accents and case do not matter; or what `party_named` knows somebody by."""
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
    """Those who wait longest first. Row security leaves out other portfolios, and what it leaves out is not even looked at."""
    scopes = await _scopes(session, wanted.agent)
    common = [*_filtered(wanted), *_placed(after, before), *await _named(session, wanted.text, Submission.party_id)]
    states = [State(state).value for state in wanted.states] or [state.value for state in State]
    order = _order(is_backwards=before is not None)
    # each branch is one walk along an index that stops after a page; merging them sorts a few pages
    branches = [
        select(Submission.id).where(Submission.state == state, *scope, *common).order_by(*order).limit(size + 1).subquery()
        for state in states
        for scope in scopes
    ]
    ids = union_all(*(select(branch.c.id) for branch in branches))
    query = (
        select(Submission, Party.display_name, Party.municipality)
        .join(Party, Party.id == Submission.party_id)
        .where(Submission.id.in_(ids))
        .order_by(*order)
        .limit(size + 1)
    )
    found = [_queue_row(*row) for row in (await session.execute(query)).all()]
    return page_of(found, size, after=after, before=before, cursor=lambda row: f"{row.waiting_since.isoformat()}|{row.submission}")


async def list_clients(
    session: AsyncSession, text: str = "", *, after: str | None = None, before: str | None = None, size: int = 25
) -> Page[ClientRow]:
    """Customers with a card, the newest first."""
    await session.execute(_ASKING)
    query = select(Party).where(Party.display_name.is_not(None), *await _named(session, text, Party.id))
    if before is not None:
        query = query.where(Party.id > UUID(before)).order_by(Party.id)
    else:
        query = query.order_by(Party.id.desc())
        query = query.where(Party.id < UUID(after)) if after is not None else query
    found = [_client_row(row) for row in await session.scalars(query.limit(size + 1))]
    return page_of(found, size, after=after, before=before, cursor=lambda row: str(row.party))


async def count_states(session: AsyncSession) -> dict[str, int]:
    """How many submissions, by state; MOST_COUNTED = so many or more. States without any are left out."""
    scopes = await _scopes(session, None)
    counts = [
        select(literal(state.value), func.count()).select_from(
            # in order, so that an index is walked and left after so many
            select(Submission.id).where(Submission.state == state.value, *scope).order_by(*_order()).limit(MOST_COUNTED).subquery(),
        )
        for state in State
        for scope in scopes
    ]
    found: dict[str, int] = {}
    for state, count in (await session.execute(union_all(*counts))).all():
        found[state] = min(found.get(state, 0) + count, MOST_COUNTED)
    return {state: count for state, count in found.items() if count}


async def _scopes(session: AsyncSession, agent: UUID | None) -> list[list[Condition]]:
    """The portfolios to walk, each a condition an index serves: all in one, or an agent's own and nobody's."""
    role, staff, *_ = (await session.execute(_ASKING)).one()
    if agent is not None:
        return [[Submission.agent_id == agent]]
    return [[Submission.agent_id == staff], [Submission.agent_id == NOBODY]] if role == "agent" else [[]]


def _filtered(wanted: Filter) -> Iterator[Condition]:
    if wanted.forms:
        yield Submission.form.in_(wanted.forms)
    if wanted.claimed_by is not None:
        yield Submission.claimed_by == wanted.claimed_by


async def _named(session: AsyncSession, part: str, party: Any) -> list[Condition]:  # party: a mapped column
    """Nothing where no name is looked for; else whose number it is, the customers who have that name, or a condition on each where they are many."""
    part = part.strip()
    if not part:
        return []
    if re.search("[\0\ud800-\udfff]", part):
        return [party.in_([])]  # PostgreSQL stores neither, so no name has one
    if (known := await party_named(session, part)) is not None:
        return [party == known]
    few = list(await session.scalars(_NAMED, {"part": part, "most": _FEW_NAMES + 1}))
    if len(few) <= _FEW_NAMES:
        return [party == any_(literal(few, ARRAY(Uuid)))]
    walked = aliased(Party)
    has_it = func.strpos(func.fold_name(walked.display_name), func.fold_name(part)) > 0
    # a value and not a join: the planner would begin with all names
    return [select(has_it).where(walked.id == party).scalar_subquery()]


def _placed(after: str | None, before: str | None) -> Iterator[Condition]:
    place = tuple_(Submission.waiting_since, Submission.id)
    if before is not None:
        yield place < _place(before)
    elif after is not None:
        yield place > _place(after)


def _order(*, is_backwards: bool = False) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    if is_backwards:
        return Submission.waiting_since.desc(), Submission.id.desc()
    return Submission.waiting_since.asc(), Submission.id.asc()


def page_of[Row](found: list[Row], size: int, *, after: str | None, before: str | None, cursor: Any) -> Page[Row]:
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
