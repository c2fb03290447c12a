"""A piece of our own templates in a page, whose links talk to the server instead of loading the page anew."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

import param
from panel.custom import JSComponent
from panel.models.esm import DataEvent

STATIC = files("console").joinpath("static")
DESK_CSS = STATIC.joinpath("desk.css").read_text(encoding="utf-8")


class Fragment(JSComponent):
    """`html` is made by `console.entry.templates`, which escapes every value."""

    html = param.String(default="")

    def __init__(self, html: str = "", **params: object) -> None:
        super().__init__(html=html, **params)  # type: ignore[no-untyped-call]  # Panel leaves it so

    _esm = STATIC.joinpath("fragment.js").read_text(encoding="utf-8")
    _stylesheets = [DESK_CSS]  # noqa: RUF012 - as Panel has it

    def on_press(self, act: Callable[[str], Awaitable[None]]) -> None:
        """`act` gets the pressed element's `data-press`; whatever else a browser sends is not for us. A second click on the same one while
        the first is at work counts for nothing, as with `Frame.button`: what was done already would be told as a refusal."""
        at_work: set[str] = set()

        async def pressed(event: DataEvent) -> None:
            if not isinstance(event.data, str) or event.data in at_work:
                return
            at_work.add(event.data)
            try:
                await act(event.data)
            finally:
                at_work.remove(event.data)

        self.on_msg(pressed)
