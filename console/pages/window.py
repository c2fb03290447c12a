"""The browser's window around the desk: its address, whether it is narrow, and what the buttons of its bar are called."""

import param
from panel.custom import JSComponent

from console.pages.fragment import STATIC
from console.wording import Wording

NAMES = {"Open drawer": "bar.open", "Close drawer": "bar.close", "Toggle theme": "bar.theme"}
"""The library's own names, English for everybody."""


class Window(JSComponent):
    """`is_narrow`: the menu would leave no room beside it; before the browser has told, as it is asked for.

    `search`: what its address names; the browser's buttons Back and Forward change it too, of which Panel's own Location hears nothing."""

    is_narrow = param.Boolean(default=False)
    names = param.Dict(default={})
    search = param.String(default="")

    def __init__(self, words: Wording, *, is_narrow: bool, search: str = "") -> None:
        super().__init__(is_narrow=is_narrow, search=search, names={theirs: words.say(key) for theirs, key in NAMES.items()})  # type: ignore[no-untyped-call]  # Panel leaves it so

    _esm = STATIC.joinpath("window.js").read_text(encoding="utf-8")
