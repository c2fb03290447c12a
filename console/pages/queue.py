"""The queue: one page of rows at a time, filtered and turned by keyset."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import panel_material_ui as pmui

from console.pages.fragment import Fragment
from console.pages.shell import Frame
from console.reading import Queue, list_submissions
from storage.queue import MOST_COUNTED, WAITING, Filter, QueueRow

COLUMNS = ("customer", "form", "state", "waits", "missing", "place", "claimed")
LATE = timedelta(days=1)
SELECT: dict[str, Any] = {"size": "small", "width": 190, "margin": 0, "sx": {"& .MuiInputBase-root": {"minHeight": "40px"}}}


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is shown."""

    submission: UUID
    customer: str
    title: str
    state: str
    waits: str
    is_late: bool
    missing: str
    place: str
    claimed: str


class QueueView:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        words = frame.words
        states = {words.say("queue.waiting"): "waiting", words.say("queue.all"): "all"}
        states |= {text: state for state, text in words.of("states").items() if state != "draft"}
        forms = {words.say("queue.all"): ""} | {words.form(name): name for name in frame.services.catalogue.forms}
        self._text = pmui.TextInput(
            label=words.say("queue.find"), size="small", sizing_mode="stretch_width", styles={"flex": "3 1 14rem"}, margin=0
        )
        frame.entered(self._text, self.load)
        self._state = pmui.Select(label=words.say("queue.state"), options=states, value="waiting", **SELECT)
        self._form = pmui.Select(label=words.say("queue.form"), options=forms, value="", **SELECT)
        self._head = Fragment(sizing_mode="stretch_width")
        self._table = Fragment(sizing_mode="stretch_width")
        self._table.on_press(self._open)
        self._next = frame.button("queue.next", self._turn_next)
        self._previous = frame.button("queue.previous", self._turn_previous)
        self._rows: tuple[QueueRow, ...] = ()
        self._cursors: tuple[str | None, str | None] = (None, None)

    async def show(self) -> None:
        filters = pmui.FlexBox(
            self._text,
            self._state,
            self._form,
            self._frame.button("queue.apply", self.load, margin=0),
            sizing_mode="stretch_width",
            sx={"gap": "8px", "alignItems": "center", "paddingBlock": "16px"},
        )
        await self.load()
        self._frame.show(self._head, filters, self._table, pmui.Row(self._previous, self._next))
        self._frame.locate()

    async def load(self, after: str | None = None, before: str | None = None) -> None:
        frame = self._frame
        chosen = {"waiting": WAITING, "all": ()}.get(self._state.value, (self._state.value,))
        wanted = Filter(states=chosen, forms=(self._form.value,) if self._form.value else (), text=self._text.value or "")
        found = await list_submissions(frame.services, await frame.actor(), wanted, after=after, before=before)
        self._rows = found.page.rows
        self._cursors = (found.page.previous, found.page.next)
        self._previous.visible, self._next.visible = found.page.previous is not None, found.page.next is not None
        self._head.html = frame.render("title.html", title=frame.words.say("queue.title"), lead=self._words_of(found))
        self._table.html = frame.render("queue.html", columns=COLUMNS, rows=[self._line(row, found) for row in self._rows])

    def _words_of(self, found: Queue) -> str:
        words = self._frame.words
        waiting = sum(found.counts.get(state, 0) for state in WAITING)
        if not self._rows and (waiting or self._state.value != "waiting"):
            return words.say("queue.nothing_found")
        if any(found.counts.get(state, 0) >= MOST_COUNTED for state in WAITING):
            return words.say("queue.lead.at_least", count=waiting)
        return words.count("queue.lead", waiting) if waiting else words.say("queue.empty")

    def _line(self, row: QueueRow, found: Queue) -> Line:
        words, now = self._frame.words, self._frame.services.clock()
        is_claimed = row.claimed_until is not None and row.claimed_until > now
        return Line(
            submission=row.submission,
            customer=row.display_name or "—",
            title=words.form(row.form),
            state=row.state,
            waits=words.waits(now - row.waiting_since),
            is_late=row.state in WAITING and now - row.waiting_since >= LATE,
            missing=words.count("queue.fields_missing", row.missing_count) if row.missing_count else "—",
            place=row.municipality or "—",
            claimed=found.colleagues.get(row.claimed_by, "—") if is_claimed and row.claimed_by else "—",
        )

    async def _turn_next(self) -> None:
        await self.load(after=self._cursors[1])

    async def _turn_previous(self) -> None:
        await self.load(before=self._cursors[0])

    async def _open(self, pressed: str) -> None:
        from console.pages.submission import show_submission

        submission = next((row.submission for row in self._rows if str(row.submission) == pressed), None)
        if submission is not None:
            await self._frame.pressed(lambda: show_submission(self._frame, submission))


async def show_queue(frame: Frame) -> None:
    """As it was left: with its filters, its rows anew."""
    if frame.queue is None:
        frame.queue = QueueView(frame)
    await frame.queue.show()
