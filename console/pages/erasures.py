"""Customers whose data are to be erased, or were: orders with their reason, the second person's agreement, certificates."""

from uuid import UUID

import panel_material_ui as pmui

from console.erasing import ErasureRow, agree_to_erasure, list_erasures, order_erasure, withdraw_erasure
from console.pages.exports import LONG, ROW
from console.pages.fragment import Fragment
from console.pages.shell import Frame
from rules.access import ALLOWED, Action

ORDER, WITHDRAW = "order ", "withdraw "  # begin what a press sends that is no agreement


class ErasuresView:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        words = frame.words
        self._customer = pmui.TextInput(label=words.say("erasures.customer"), **LONG)
        self._reason = pmui.TextInput(label=words.say("erasures.reason"), **LONG)
        self._list = Fragment(sizing_mode="stretch_width", margin=0)
        self._list.on_press(self._press)

    async def show(self) -> None:
        frame, words = self._frame, self._frame.words
        await self._load()
        frame.locate()
        order = pmui.FlexBox(
            self._customer,
            self._reason,
            frame.button("erasures.order", self._order, color="error", margin=0),
            sizing_mode="stretch_width",
            sx=ROW,
        )
        frame.show(
            frame.html("title.html", title=words.say("erasures.title"), lead=words.say("erasures.lead")),
            *([order] if Action.ORDER_ERASURE in ALLOWED[(await frame.actor()).role] else []),
            frame.heading(words.say("erasures.recent")),
            self._list,
        )

    async def _order(self) -> None:
        frame = self._frame
        await order_erasure(frame.services, await frame.actor(), self._customer.value or "", self._reason.value or "")
        self._customer.value = self._reason.value = ""
        await self._load()
        frame.tell(frame.words.say("told.order_erasure"))

    async def _press(self, pressed: str) -> None:
        """On a request: its customer is filled in above. On an order of one's own: it is taken back. Else an agreement."""
        if pressed.startswith(ORDER):
            self._customer.value = pressed.removeprefix(ORDER)
            return
        frame, say = self._frame, self._frame.words.say

        async def withdraw() -> None:
            is_left = await withdraw_erasure(frame.services, await frame.actor(), UUID(pressed.removeprefix(WITHDRAW)))
            await self._load()
            frame.tell(say("told.withdraw_erasure_left" if is_left else "told.withdraw_erasure"))

        async def agree() -> None:
            await agree_to_erasure(frame.services, await frame.actor(), UUID(pressed))
            await self._load()
            frame.tell(say("told.agree_to_erasure"))

        await frame.pressed(withdraw if pressed.startswith(WITHDRAW) else agree)

    async def _load(self) -> None:
        frame = self._frame
        rows = await list_erasures(frame.services, await frame.actor())
        self._list.html = frame.render("erasures.html", rows=[(row, self._told(row)) for row in rows])

    def _told(self, row: ErasureRow) -> str:
        words = self._frame.words
        if row.erased_at is not None:
            return words.say("erasures.done", number=row.number, at=words.instant(row.erased_at))
        if row.ordered_at is not None:
            return words.say("erasures.ordered", name=row.ordered_by or words.say("exports.operator"), at=words.instant(row.ordered_at))
        return words.say("erasures.asked", who=words.of("erasures.who")[row.asked_by], at=words.instant(row.asked_at))


async def show_erasures(frame: Frame) -> None:
    await ErasuresView(frame).show()
