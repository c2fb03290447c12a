"""The queue: one page of rows at a time, filtered and turned by keyset."""

from uuid import UUID

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from console.pages.shell import Frame
from console.reading import Queue, list_submissions
from console.theme import TABLE
from storage.queue import WAITING, Filter, QueueRow

COLUMNS = ("customer", "form", "state", "waits", "place", "claimed")


class QueueView:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        words = frame.words
        states = {words.say("queue.waiting"): "waiting", words.say("queue.all"): "all"}
        states |= {text: state for state, text in words.of("states").items() if state != "draft"}
        forms = {words.say("queue.all"): ""}
        forms |= {frame.services.catalogue.words(name, words.language).title: name for name in frame.services.catalogue.forms}
        self._text = pmui.TextInput(label=words.say("queue.find"), size="small", sizing_mode="stretch_width")
        self._state = pmui.Select(label=words.say("queue.state"), options=states, value="waiting", size="small", width=190)
        self._form = pmui.Select(label=words.say("queue.form"), options=forms, value="", size="small", width=230)
        self._title = pmui.Typography(words.say("queue.title"), variant="h1", margin=(8, 10, 0, 10))
        self._lead = pmui.Typography("", sx={"color": "text.secondary"})
        self._table = pn.widgets.Tabulator(
            pd.DataFrame(columns=[words.of_column(name) for name in COLUMNS]),
            show_index=False,
            disabled=True,
            sortable=False,
            pagination=None,
            selectable=False,
            theme="simple",
            layout="fit_columns",
            sizing_mode="stretch_width",
            stylesheets=[TABLE],
        )
        self._table.on_click(self._open)  # type: ignore[arg-type]  # coroutines are awaited; its annotation does not say so
        self._next = frame.button("queue.next", self._turn_next)
        self._previous = frame.button("queue.previous", self._turn_previous)
        self._rows: tuple[QueueRow, ...] = ()
        self._cursors: tuple[str | None, str | None] = (None, None)

    async def show(self) -> None:
        filters = pmui.Row(
            self._text,
            self._state,
            self._form,
            self._frame.button("queue.apply", self.load),
            sizing_mode="stretch_width",
            sx={"alignItems": "center"},
        )
        await self.load()
        self._frame.show(self._title, self._lead, filters, self._table, pmui.Row(self._previous, self._next))

    async def load(self, after: str | None = None, before: str | None = None) -> None:
        frame = self._frame
        chosen = {"waiting": WAITING, "all": ()}.get(self._state.value, (self._state.value,))
        wanted = Filter(states=chosen, forms=(self._form.value,) if self._form.value else (), text=self._text.value or "")
        found = await list_submissions(frame.services, await frame.actor(), wanted, after=after, before=before)
        self._rows = found.page.rows
        self._cursors = (found.page.previous, found.page.next)
        self._previous.visible, self._next.visible = found.page.previous is not None, found.page.next is not None
        self._lead.object = self._words_of(found)
        self._table.value = pd.DataFrame([self._row(row) for row in self._rows], columns=[frame.words.of_column(name) for name in COLUMNS])

    def _words_of(self, found: Queue) -> str:
        waiting = sum(found.counts.get(state, 0) for state in WAITING)
        return self._frame.words.say("queue.lead", waiting=waiting) if waiting else self._frame.words.say("queue.empty")

    def _row(self, row: QueueRow) -> tuple[str, ...]:
        words, services = self._frame.words, self._frame.services
        now = services.clock()
        is_claimed = row.claimed_until is not None and row.claimed_until > now
        return (
            row.display_name or "—",
            services.catalogue.words(row.form, words.language).title,
            words.of("states")[row.state],
            words.waits(now - row.waiting_since),
            row.municipality or "—",
            words.time(row.claimed_until) if is_claimed and row.claimed_until else "—",
        )

    async def _turn_next(self) -> None:
        await self.load(after=self._cursors[1])

    async def _turn_previous(self) -> None:
        await self.load(before=self._cursors[0])

    async def _open(self, event: pn.models.tabulator.CellClickEvent) -> None:
        submission: UUID = self._rows[event.row].submission
        from console.pages.submission import show_submission

        await show_submission(self._frame, submission)


async def show_queue(frame: Frame) -> None:
    await QueueView(frame).show()
