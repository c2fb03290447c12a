"""Submissions: made by customers, moved by the rules, every move kept."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from forms.types.base import Wire
from rules import submissions as rules
from rules.origins import Origin, Origins, carried_origins
from storage.sealing import Owner
from storage.tables.base import new_id
from storage.tables.submissions import Submission, SubmissionEvent

_ANSWERS = "submission.sealed_answers"
_PRICING = "submission.sealed_pricing"
_DETAIL = "submission_event.sealed_detail"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a customer confirmed. `submission` is set where a returned one comes back."""

    form: str
    form_version: str
    answers: Mapping[str, Wire]
    language: str
    conversation: UUID
    at: datetime
    submission: UUID | None = None
    indicative_cents: int | None = None
    tariff_version: str | None = None
    pricing: Mapping[str, object] | None = None
    unanswered: tuple[str, ...] = ()
    missing_count: int = 0
    draft_begun_at: datetime | None = None
    origins: Origins = field(default_factory=dict)
    """Of answers that somebody had prepared for the customer."""


@dataclass(frozen=True, slots=True)
class Move:
    """One act on a submission; `detail` (reason, questions) is sealed with the party's key."""

    act: rules.Act
    at: datetime
    colleague: UUID | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A submission with its answers in hand."""

    row: Submission
    answers: Mapping[str, Wire]
    pricing: Mapping[str, Any] | None
    unanswered: tuple[str, ...]
    origins: Origins


@dataclass(frozen=True, slots=True)
class Event:
    version: int
    act: str
    state_before: str | None
    state_after: str
    who: str
    colleague: UUID | None
    at: datetime
    detail: Mapping[str, Any]


async def suspend(session: AsyncSession, owner: Owner, confirmed: Confirmed) -> Submission:
    """A new submission, or a returned one with its new answers, in state `suspended`."""
    if confirmed.submission is None:
        row, before = _new_row(owner, confirmed), rules.State.DRAFT
    else:
        row = await _lock_own(session, owner, confirmed.submission)
        before = rules.State(row.state)
        row.version += 1
        confirmed = _with_origins_of_before(owner, row, confirmed)
    row.state = rules.move(before, rules.Act.CONFIRM, confirmed.form)
    _write_answers(owner, row, confirmed)
    row.claimed_by = row.claimed_until = None
    session.add(row)
    await session.flush()
    _keep_event(session, owner, row, before, Move(rules.Act.CONFIRM, confirmed.at, detail=_told(confirmed)))
    await session.flush()
    return row


async def lock_submission(session: AsyncSession, submission: UUID) -> Submission:
    """Raises LookupError where there is none (or row security hides it)."""
    row = await session.scalar(select(Submission).where(Submission.id == submission).with_for_update())
    if row is None:
        raise LookupError(f"no submission {submission}")
    return row


async def move_submission(session: AsyncSession, owner: Owner, submission: UUID, move: Move) -> Submission:
    """Raises Refused(NOT_POSSIBLE_NOW) where the rules do not know the move, LookupError for another party's."""
    row = await _lock_own(session, owner, submission)
    before = rules.State(row.state)
    row.state = rules.move(before, move.act, row.form)
    row.version += 1
    if move.act is not rules.Act.CLAIM:
        row.claimed_by = row.claimed_until = None
    _keep_event(session, owner, row, before, move)
    await session.flush()
    return row


async def claim_submission(
    session: AsyncSession, owner: Owner, submission: UUID, colleague: UUID, at: datetime, *, minutes: int = 30
) -> Submission:
    """The lock is this colleague's for so long; taken again, it is renewed; ended, it can be taken by another."""
    row = await lock_submission(session, submission)
    rules.check_claim(present_claim(row), str(colleague), at)
    if row.state != rules.State.IN_REVIEW:
        await move_submission(session, owner, submission, Move(rules.Act.CLAIM, at, colleague))
    row.claimed_by, row.claimed_until = colleague, at + timedelta(minutes=minutes)
    await session.flush()
    return row


def present_claim(row: Submission) -> rules.Claim | None:
    if row.claimed_by is None or row.claimed_until is None:
        return None
    return rules.Claim(str(row.claimed_by), row.claimed_until)


async def read_submission(session: AsyncSession, owner: Owner, submission: UUID) -> Read:
    row = await session.scalar(select(Submission).where(Submission.id == submission, Submission.party_id == owner.party))
    if row is None:
        raise LookupError(f"no submission {submission}")
    return open_submission(owner, row)


def open_submission(owner: Owner, row: Submission) -> Read:
    told = owner.unseal_json(_ANSWERS, row.id, row.sealed_answers)
    pricing = owner.unseal_json(_PRICING, row.id, row.sealed_pricing) if row.sealed_pricing else None
    return Read(row, told["answers"], pricing, tuple(told["unanswered"]), _origins(told))


async def find_submission(session: AsyncSession, submission: UUID) -> Submission | None:
    row: Submission | None = await session.get(Submission, submission)
    return row


async def submissions_of(session: AsyncSession, party: UUID) -> tuple[Submission, ...]:
    """The party's submissions, the latest first."""
    return tuple(await session.scalars(select(Submission).where(Submission.party_id == party).order_by(Submission.id.desc())))


async def parties_of(session: AsyncSession, submissions: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose each is, of those that are there."""
    found = select(Submission.id, Submission.party_id).where(Submission.id.in_(submissions))
    return dict((await session.execute(found)).all())


async def quote_before(session: AsyncSession, owner: Owner, submission: UUID) -> datetime | None:
    """When the party first confirmed the quote before this one; None = this is its first."""
    before = (
        select(SubmissionEvent.at)
        .join(Submission, Submission.id == SubmissionEvent.submission_id)
        .where(Submission.party_id == owner.party, Submission.id < submission, SubmissionEvent.version == 1)
        .where(Submission.form.startswith(rules.QUOTES, autoescape=True))
        .order_by(SubmissionEvent.at.desc())
        .limit(1)
    )
    return await session.scalar(before)


async def read_history(session: AsyncSession, owner: Owner, submission: UUID) -> tuple[Event, ...]:
    rows = await session.scalars(
        select(SubmissionEvent).where(SubmissionEvent.submission_id == submission).order_by(SubmissionEvent.version),
    )
    return tuple(_event(owner, row) for row in rows)


def open_confirmed(owner: Owner, row: SubmissionEvent) -> tuple[Mapping[str, Wire], Origins]:
    """The answers exactly as they stood when this move confirmed them, and who had prepared which: what its receipt prints."""
    detail = _event(owner, row).detail
    return detail["answers"], _origins(detail)


async def was_confirmed(session: AsyncSession, owner: Owner, document: UUID) -> bool:
    """Whether any confirmation of the party's ever held the file: a card's revisions and receipts come from these."""
    confirmed = select(SubmissionEvent).where(SubmissionEvent.party_id == owner.party, SubmissionEvent.act == rules.Act.CONFIRM)
    named = str(document).encode()
    rows = await session.scalars(confirmed)
    return any(row.sealed_detail is not None and named in owner.unseal(_DETAIL, row.id, row.sealed_detail) for row in rows)


async def _lock_own(session: AsyncSession, owner: Owner, submission: UUID) -> Submission:
    row = await lock_submission(session, submission)
    if row.party_id != owner.party:
        raise LookupError(f"no submission {submission} of party {owner.party}")
    return row


def _new_row(owner: Owner, confirmed: Confirmed) -> Submission:
    if owner.party is None:
        raise ValueError("only a party submits")
    return Submission(
        id=new_id(),
        party_id=owner.party,
        conversation_id=confirmed.conversation,
        form=confirmed.form,
        form_version=confirmed.form_version,
        language=confirmed.language,
        state=rules.State.DRAFT,
        sealed_answers=b"",
        waiting_since=confirmed.at,
        draft_begun_at=confirmed.draft_begun_at,
    )


def _write_answers(owner: Owner, row: Submission, confirmed: Confirmed) -> None:
    row.sealed_answers = owner.seal_json(_ANSWERS, row.id, _told(confirmed))
    row.sealed_pricing = owner.seal_json(_PRICING, row.id, confirmed.pricing) if confirmed.pricing is not None else None
    row.form_version, row.language = confirmed.form_version, confirmed.language
    row.conversation_id, row.waiting_since = confirmed.conversation, confirmed.at
    row.indicative_cents, row.tariff_version = confirmed.indicative_cents, confirmed.tariff_version
    row.missing_count = confirmed.missing_count


def _with_origins_of_before(owner: Owner, row: Submission, confirmed: Confirmed) -> Confirmed:
    """Sent back and answered in another browser, it is still known who had prepared what stays."""
    before = open_submission(owner, row)
    return replace(confirmed, origins=carried_origins(before.origins, before.answers, confirmed.origins, confirmed.answers))


def _told(confirmed: Confirmed) -> dict[str, object]:
    told: dict[str, object] = {"answers": dict(confirmed.answers), "unanswered": list(confirmed.unanswered)}
    return told | ({"origins": {path: asdict(origin) for path, origin in confirmed.origins.items()}} if confirmed.origins else {})


def _origins(told: Mapping[str, Any]) -> Origins:
    return {path: Origin(**origin) for path, origin in told.get("origins", {}).items()}


def _keep_event(session: AsyncSession, owner: Owner, row: Submission, before: rules.State, move: Move) -> None:
    id_ = new_id()
    session.add(
        SubmissionEvent(
            id=id_,
            submission_id=row.id,
            party_id=row.party_id,
            version=row.version,
            act=move.act,
            state_before=before,
            state_after=row.state,
            who=rules.WHO[move.act],
            colleague_id=move.colleague,
            at=move.at,
            sealed_detail=owner.seal_json(_DETAIL, id_, move.detail) if move.detail else None,
        ),
    )


def _event(owner: Owner, row: SubmissionEvent) -> Event:
    detail = owner.unseal_json(_DETAIL, row.id, row.sealed_detail) if row.sealed_detail else {}
    return Event(row.version, row.act, row.state_before, row.state_after, row.who, row.colleague_id, row.at, detail)
