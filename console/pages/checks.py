"""Cards to be looked at again: which, since when, who was asked, and how each customer wants to be asked."""

from uuid import UUID

import panel_material_ui as pmui

from console.checks import WANTED, CardToCheck, list_cards
from console.pages.fragment import Fragment
from console.pages.queue import SELECT
from console.pages.shell import Frame

COLUMNS = ("customer", "confirmed", "asked", "closed", "prefers")


class ChecksView:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        words = frame.words
        options = {text: name for name, text in words.of("checks.wanted").items()}
        self._wanted = pmui.Select(label=words.say("checks.show"), options=options, value=next(iter(WANTED)), **{**SELECT, "width": 320})
        self._wanted.param.watch(self._choose, "value")
        self._table = Fragment(sizing_mode="stretch_width")
        self._table.on_press(self._open)
        self._next = frame.button("queue.next", self._turn_next)
        self._cursor: str | None = None

    async def show(self) -> None:
        frame, words = self._frame, self._frame.words
        await self._load()
        frame.locate()
        frame.show(
            frame.html("title.html", title=words.say("checks.title"), lead=words.say("checks.lead")),
            pmui.FlexBox(self._wanted, sizing_mode="stretch_width", sx={"paddingBlock": "16px"}),
            self._table,
            self._next,
        )

    async def _choose(self, _: object) -> None:
        await self._frame.pressed(self._load)

    async def _load(self, after: str | None = None) -> None:
        frame = self._frame
        found = await list_cards(frame.services, await frame.actor(), self._wanted.value, after=after)
        self._cursor, self._next.visible = found.next, found.next is not None
        self._table.html = frame.render("checks.html", columns=COLUMNS, rows=[(row, *self._told(row)) for row in found.rows])

    def _told(self, row: CardToCheck) -> tuple[str, str, str, str]:
        words, prefers = self._frame.words, row.prefers
        channel, time = words.say(f"contact.channels.{prefers.channel}"), words.say(f"contact.times.{prefers.time}")
        return (
            words.local_day(row.confirmed_at),
            words.say(f"checks.asked.{row.asked_by}", day=words.local_day(row.asked_at)) if row.asked_at else "—",
            words.say(f"checks.closed.{row.closed}") if row.closed else "—",
            f"{channel}{words.apart}{time}",
        )

    async def _turn_next(self) -> None:
        await self._load(self._cursor)

    async def _open(self, pressed: str) -> None:
        from console.pages.submission import show_submission

        await self._frame.pressed(lambda: show_submission(self._frame, UUID(pressed)))


async def show_checks(frame: Frame) -> None:
    await ChecksView(frame).show()
