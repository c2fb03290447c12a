"""The path of one customer's acts, whole or from a day, to be read and handed out."""

from datetime import date
from uuid import UUID

import panel_material_ui as pmui

from console.pages.shell import Frame
from console.paths import MEDIA, Path, open_path
from forms.papers.wording import paper_words
from forms.types import TYPES
from forms.types.base import Asked, Read
from rules.refusals import Reason, Refused


class PathView:
    def __init__(self, frame: Frame, path: Path) -> None:
        self._frame, self._path = frame, path
        value = frame.words.day(path.since.isoformat()) if path.since else ""
        self._since = pmui.TextInput(label=frame.words.say("path.from_day"), value=value, sizing_mode="stretch_width")
        frame.entered(self._since, self._choose)

    def show(self) -> None:
        frame, path, words = self._frame, self._path, self._frame.words
        lead = words.say("path.since", day=words.day(path.since.isoformat())) if path.since else words.say("path.whole")
        head = frame.html(
            "title.html", title=path.customer, about=words.say("path.title"), lead=f"{lead} {words.count('path.acts', len(path.rows))}"
        )
        channels = paper_words(words.language).certificate.channels
        table = frame.html("path.html", page=path, forms=MEDIA, language=words.language, channels=channels)
        choose = pmui.Row(self._since, frame.button("path.show", self._choose), sx={"maxWidth": "36rem"})
        frame.show(head, choose, table)
        frame.locate(path=path.party)

    async def _choose(self) -> None:
        await show_path(self._frame, self._path.party, _day(self._since.value or "", self._frame))


async def show_path(frame: Frame, party: UUID, since: date | None = None) -> None:
    path = await open_path(frame.services, await frame.actor(), party, frame.words.language, since)
    PathView(frame, path).show()


def _day(text: str, frame: Frame) -> date | None:
    """As a customer's day is read; empty: from the start."""
    if not text.strip():
        return None
    reading = TYPES["date"].read_text(text, Asked("since", "date", frame.words.language, frame.today))
    if not isinstance(reading, Read):
        raise Refused(Reason.DATE_UNKNOWN)
    return date.fromisoformat(str(reading.value))
