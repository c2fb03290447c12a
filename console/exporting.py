"""Lists that leave the house: ordered with a purpose, agreed to by a second person where they are long, made while they are fetched.

No file is kept: what leaves is what counts at that moment, for the eyes of the one who ordered it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from console.acting import Actor, acting
from console.wording import Wording
from dialogs.services import Services
from forms.exports.columns import Column, Mark
from forms.exports.files import MEDIA_TYPES, Words, Writer, writer
from forms.exports.subjects import columns
from rules.access import Action
from rules.exports import (
    ENDINGS,
    FORMATS,
    VALID,
    Aim,
    Format,
    Order,
    Subject,
    check_agreement,
    check_aim,
    check_destruction,
    check_fetch,
    check_purpose,
    needs_second,
)
from rules.refusals import Reason, Refused
from storage.audit import Audited, audit
from storage.database import Role
from storage.exports import (
    NOWHERE,
    SOURCES,
    Line,
    Source,
    Wanted,
    await_own_turn,
    count_lines,
    find_order,
    lines_alone,
    list_orders,
    read_page,
    record_of_line,
    wanted_from,
)
from storage.staff import find_colleague
from storage.tables.exports import ExportOrder
from storage.tables.staff import Colleague

PAGE = 100  # lines made at a time: some 10 ms, in a thread, so that nobody's turn waits for them
OPERATOR = "sospeso export"


@dataclass(frozen=True, slots=True)
class NewOrder:
    subject: Subject
    format: Format
    purpose: str
    wanted: Wanted
    language: str
    aim: Aim = Aim.PROGRAM
    """The command line's."""


@dataclass(frozen=True, slots=True)
class Asker:
    """In whose role and portfolio the lines are read."""

    role: Role
    staff: UUID | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as its list shows it to a colleague. `can_fetch` and `can_agree` are theirs."""

    id: UUID
    subject: Subject
    format: Format
    aim: Aim
    purpose: str
    rows: int
    by: str
    at: datetime
    agreed_by: str | None
    has_ended: bool
    waits: bool
    """For a second person."""
    can_fetch: bool
    can_agree: bool
    fetched_at: datetime | None
    destroyed_at: datetime | None
    is_out: bool
    """Fetched, and nobody has said that it was destroyed."""
    can_destroy: bool


@dataclass(frozen=True, slots=True)
class File:
    """A list on its way; `chunks` can be read once."""

    name: str
    media_type: str
    chunks: AsyncIterator[bytes]


async def order_export(services: Services, actor: Actor, new: NewOrder) -> ExportOrder:
    """The order; its file is made when it is fetched."""
    async with acting(services, actor, Action.EXPORT) as work:
        check_aim(new.aim)
        purpose = check_purpose(new.purpose)
        if new.format not in FORMATS[new.subject]:
            raise Refused(Reason.NOT_ALLOWED)
        rows = await _count(work.session, new)
        row = _kept(new, purpose, rows, work.at, actor.id)
        work.session.add(row)
        work.subject = row.id
        work.detail.update(subject=row.subject, format=row.format, rows=rows, aim=row.aim, purpose=purpose)
        return row


async def agree_to_export(services: Services, actor: Actor, export: UUID) -> None:
    """Another colleague has looked at what is asked for and what for. Said by two, the first counts."""
    async with acting(services, actor, Action.AGREE_TO_EXPORT, export) as work:
        row = await find_order(work.session, export, lock=True)
        check_agreement(_order(row), str(actor.id), work.at)
        if row.agreed_by is None:
            row.agreed_by, row.agreed_at = actor.id, work.at


async def fetch_export(services: Services, actor: Actor, export: UUID) -> File:
    """Recorded before its first byte leaves. Raises Refused where a second person has yet to agree."""
    async with acting(services, actor, Action.FETCH_EXPORT, export) as work:
        await await_own_turn(work.session, actor.id)
        row = await find_order(work.session, export, lock=True)
        order = NewOrder(Subject(row.subject), Format(row.format), row.purpose, wanted_from(row.wanted), row.language)
        rows = await _count(work.session, order)
        alone, most_alone = await _alone(work.session, row, work.at), services.settings.export_alone
        check_fetch(_order(row), str(actor.id), rows, alone=alone, most_alone=most_alone, now=work.at)
        row.fetched_at, row.destroyed_at = work.at, None
        if row.agreed_by is None:  # else it stays what the second person saw
            row.rows = rows
        work.detail.update(subject=row.subject, format=row.format, rows=rows, aim=row.aim, purpose=row.purpose)
        mark = Mark(str(row.id), actor.name, work.at, row.purpose)
    chunks = make_file(services, Asker(actor.role.value, actor.id), order, mark)
    return File(_file_name(order, mark), MEDIA_TYPES[order.format], chunks)


async def confirm_destruction(services: Services, actor: Actor, export: UUID) -> None:
    """File and copies are gone, says who fetched it. Said twice, the first time counts."""
    async with acting(services, actor, Action.CONFIRM_DESTRUCTION, export) as work:
        row = await find_order(work.session, export, lock=True)
        holder = await find_colleague(work.session, row.colleague_id) if row.colleague_id else None
        check_destruction(_holder(holder), str(actor.id), is_fetched=row.fetched_at is not None)
        row.destroyed_at = row.destroyed_at or work.at


async def list_exports(services: Services, actor: Actor) -> tuple[OrderRow, ...]:
    """First what is out and not said to be destroyed, then those that can still be fetched or were lately; the latest first."""
    async with acting(services, actor, Action.LIST_EXPORTS) as work:
        found = await list_orders(work.session, work.at - 7 * VALID)
        people = {id_ for row in found for id_ in (row.colleague_id, row.agreed_by) if id_}
        known = {id_: colleague for id_ in people if (colleague := await find_colleague(work.session, id_))}
        work.detail["rows"] = len(found)
        alone = {row.id: await _alone(work.session, row, work.at) for row in found if not _order(row).has_ended(work.at)}
        most_alone = services.settings.export_alone
        waiting = {row.id for row in found if row.agreed_by is None and needs_second(row.rows, most_alone, alone.get(row.id, 0))}
        return tuple(_shown(row, known, actor, work.at, waits=row.id in waiting) for row in found)


async def keep_operators_order(services: Services, new: NewOrder) -> Mark:
    """Of the command line: whoever may read the keys may read the lists, and it is written down all the same."""
    async with services.database.transaction() as session:
        at = services.clock()
        rows = await _count(session, new)
        row = _kept(new, check_purpose(new.purpose), rows, at, None)
        row.fetched_at = at
        session.add(row)
        detail: dict[str, str | int | bool | None] = {
            "subject": row.subject,
            "format": row.format,
            "rows": rows,
            "aim": row.aim,
            "purpose": row.purpose,
        }
        await audit(session, Audited(Action.FETCH_EXPORT.value, at, who="operator", subject=row.id, detail=detail))
        return Mark(str(row.id), OPERATOR, at, row.purpose)


async def make_file(services: Services, asker: Asker, order: NewOrder, mark: Mark) -> AsyncIterator[bytes]:
    """The file, piece by piece, each page in a transaction of its own."""
    listed = columns(order.subject, services.catalogue)
    file = writer(order.subject, order.format, listed, mark, _words(services, order.language))
    yield file.head()
    for source in SOURCES[order.subject]:
        async for page in _pages(services, asker, source, order.wanted):
            yield await asyncio.to_thread(_written, file, listed, page)
    yield file.foot()


async def _count(session: AsyncSession, order: NewOrder) -> int:
    return sum([await count_lines(session, source, order.wanted) for source in SOURCES[order.subject]])


def _file_name(order: NewOrder, mark: Mark) -> str:
    return f"{order.subject}-{mark.at:%Y%m%d-%H%M%S}-{mark.export[-8:]}.{ENDINGS.get(order.format, order.format)}"


async def _pages(services: Services, asker: Asker, source: Source, wanted: Wanted) -> AsyncIterator[list[Line]]:
    place = NOWHERE
    while True:
        async with services.database.transaction(asker.role, staff=asker.staff) as session:
            page, place = await read_page(session, services.keys, source, wanted, after=place, size=PAGE)
        yield page
        if len(page) < PAGE:
            return


def _written(file: Writer, listed: tuple[Column, ...], page: list[Line]) -> bytes:
    return b"".join(file.row(record_of_line(listed, line)) for line in page)


def _words(services: Services, language: str) -> Words:
    words = Wording(language, services.settings.zone, services.settings.currency)
    return Words(language, {**words.of("states"), **words.of("exports.kinds")}, words.of("exports.deadlines"))


def _kept(new: NewOrder, purpose: str, rows: int, at: datetime, colleague: UUID | None) -> ExportOrder:
    return ExportOrder(
        colleague_id=colleague,
        subject=new.subject.value,
        format=new.format.value,
        wanted=new.wanted.as_json(),
        aim=new.aim.value,
        purpose=purpose,
        language=new.language,
        rows=rows,
        ordered_at=at,
    )


def _order(row: ExportOrder) -> Order:
    return Order(str(row.colleague_id), row.ordered_at, row.rows, str(row.agreed_by) if row.agreed_by else None)


async def _alone(session: AsyncSession, row: ExportOrder, now: datetime) -> int:
    return await lines_alone(session, row.colleague_id, now - VALID, but=row.id) if row.colleague_id else 0


def _shown(row: ExportOrder, known: Mapping[UUID, Colleague], actor: Actor, now: datetime, *, waits: bool) -> OrderRow:
    """`waits`: for a second person, unless it has ended."""
    order = _order(row)
    by = known.get(row.colleague_id) if row.colleague_id else None
    agreed = known.get(row.agreed_by) if row.agreed_by else None
    is_open, is_own = not order.has_ended(now), row.colleague_id == actor.id
    is_out = row.fetched_at is not None and row.destroyed_at is None
    return OrderRow(
        id=row.id,
        subject=Subject(row.subject),
        format=Format(row.format),
        aim=Aim(row.aim),
        purpose=row.purpose,
        rows=row.rows,
        by=by.name if by else "",
        at=row.ordered_at,
        agreed_by=agreed.name if agreed else None,
        has_ended=not is_open,
        waits=is_open and waits,
        can_fetch=is_open and is_own and not waits,
        can_agree=is_open and not is_own and waits,
        fetched_at=row.fetched_at,
        destroyed_at=row.destroyed_at,
        is_out=is_out,
        can_destroy=is_out and _holder(by) in {None, str(actor.id)},
    )


def _holder(by: Colleague | None) -> str | None:
    """Who has the file, while they are with the agency; None for the command line's."""
    return str(by.id) if by is not None and by.is_active else None
