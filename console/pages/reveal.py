"""Stands where identifiers are covered: what they must be seen for, and the press that shows them whole."""

from collections.abc import Awaitable, Callable

import panel_material_ui as pmui

from console.acting import Actor
from console.pages.queue import SELECT
from console.pages.shell import Frame
from console.revealing import Whole
from rules.access import ALLOWED, REVEAL_REASONS, Action

NO_REASON = "none"  # the console refuses it in words


class Reveal:
    """`show` is told the reason. Whoever may reveal nothing sees no control."""

    def __init__(self, frame: Frame, actor: Actor, show: Callable[[Whole], Awaitable[None]]) -> None:
        words, self._show = frame.words, show
        self._is_allowed = Action.REVEAL in ALLOWED[actor.role]
        reasons = {words.of("reveal.reasons")[name]: name for name in REVEAL_REASONS}
        self._why = pmui.Select(
            label=words.say("reveal.why"), options={words.say("reveal.choose"): NO_REASON, **reasons}, value=NO_REASON, **SELECT
        )
        note = frame.line(words.say("reveal.note"), is_beside=True)
        press = frame.button("reveal.show", self._press, margin=0)
        row = {"gap": "8px", "alignItems": "center", "paddingBlock": "16px 8px"}
        self.row = pmui.FlexBox(note, self._why, press, sizing_mode="stretch_width", visible=False, sx=row)

    def stand(self, *, is_covered: bool) -> None:
        """Only where there is something to show."""
        self.row.visible = is_covered and self._is_allowed

    async def _press(self) -> None:
        await self._show(Whole(str(self._why.value)))
        self._why.value = NO_REASON
