"""The audit trail: who looked at what or did what, filtered and turned a page at a time. Nothing here changes anything."""

from typing import get_args
from uuid import UUID

import panel_material_ui as pmui

from console.pages.exports import CHOICE, LONG, ROW
from console.pages.fragment import Fragment
from console.pages.shell import Frame
from console.record import Asked, Record, RecordRow, What, list_record, sees_customers
from console.telling import WHY_NOT, told_action, told_facts, told_reason, told_who
from storage.audit import Who

COLUMNS = ("at", "who", "what", "customer")
EVERYBODY = "everybody"


class RecordView:
    def __init__(self, frame: Frame, record: Record) -> None:
        self._frame = frame
        words = frame.words
        people = {words.of("record.whose")[name]: name for name in (EVERYBODY, "customer", "clock", "operator")}
        people |= {name: str(colleague) for colleague, name in record.colleagues.items()}
        self._who = self._select("record.by", people)
        self._what = self._select("record.kind", {words.of("record.whats")[each]: each.value for each in What})
        self._customer = pmui.TextInput(label=words.say("erasures.customer"), **LONG)
        frame.entered(self._customer, self._apply)
        self._table = Fragment(sizing_mode="stretch_width", margin=(16, 0, 0, 0))
        self._table.on_press(self._open)
        self._next = frame.button("queue.next", self._turn_next)
        self._previous = frame.button("queue.previous", self._turn_previous)
        self._asked = Asked()
        self._fill(record, [None])

    def _select(self, key: str, options: dict[str, str]) -> pmui.Select:
        return pmui.Select(label=self._frame.words.say(key), options=options, value=next(iter(options.values())), width=260, **CHOICE)

    async def show(self) -> None:
        frame, words = self._frame, self._frame.words
        filters: list[object] = [self._who, self._what]
        if sees_customers((await frame.actor()).role):
            filters.append(self._customer)
        frame.locate()
        frame.show(
            frame.html("title.html", title=words.say("record.title"), lead=words.say("record.lead")),
            pmui.FlexBox(*filters, frame.button("queue.apply", self._apply, margin=0), sizing_mode="stretch_width", sx=ROW),
            self._table,
            pmui.Row(self._previous, self._next),
        )

    async def _apply(self) -> None:
        await self._load(Asked(_who(self._who.value), What(self._what.value), self._customer.value or ""), [None])

    async def _turn_next(self) -> None:
        await self._load(self._asked, [*self._befores, *([] if self._cursor is None else [self._cursor])])

    async def _turn_previous(self) -> None:
        await self._load(self._asked, self._befores[:-1] or [None])

    async def _load(self, asked: Asked, befores: list[int | None]) -> None:
        """What was shown stays where it is refused."""
        frame = self._frame
        record = await list_record(frame.services, await frame.actor(), asked, before=befores[-1])
        self._asked = asked
        self._fill(record, befores)

    def _fill(self, record: Record, befores: list[int | None]) -> None:
        self._befores, self._cursor = befores, record.next
        self._previous.visible, self._next.visible = len(befores) > 1, record.next is not None
        rows = [(row, *self._told(row)) for row in record.rows]
        self._table.html = self._frame.render("record.html", columns=COLUMNS, rows=rows)

    def _told(self, row: RecordRow) -> tuple[str, str, str, str, str]:
        words = self._frame.words
        return (
            words.moment(row.at),
            told_who(words, row.who, row.colleague),
            told_action(words, row.action),
            told_reason(words, row.detail) if row.is_refused else "",
            words.apart.join(told_facts(words, row.detail, but=WHY_NOT if row.is_refused else ())),
        )

    async def _open(self, pressed: str) -> None:
        from console.pages.submission import show_submission

        await self._frame.pressed(lambda: show_submission(self._frame, UUID(pressed)))


def _who(chosen: str) -> Who | UUID | None:
    if chosen == EVERYBODY:
        return None
    return next((who for who in get_args(Who.__value__) if who == chosen), None) or UUID(chosen)


async def show_record(frame: Frame) -> None:
    await RecordView(frame, await list_record(frame.services, await frame.actor(), Asked())).show()
