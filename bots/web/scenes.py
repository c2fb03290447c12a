"""Which page shows a conversation as it stands, and what stands on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from starlette.responses import Response

from bots.web.fields import field_of
from bots.web.frame import Frame, Talk
from bots.web.rendering import page
from bots.web.wording import furniture
from dialogs.chat_view import ChatView
from forms.types.showing import file_size

TEMPLATES: Final = {
    "consent": "consent",
    "consents": "consents",
    "price": "price",
    "offer": "price",
    "review": "review",
    "sent": "sent",
    "person": "person",
    "closed": "closed",
}
MOST_LINES: Final = 6  # three exchanges; the rest is in the transcript
API: Final = "/api/chat/conversations"

type Message = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LastTurn:
    """What the house said last, as the chat API tells it."""

    number: int = 0
    messages: Sequence[Message] = ()

    @property
    def problems(self) -> list[str]:
        return [str(message["text"]) for message in self.messages if message["kind"] == "problem"]


def show(
    frame: Frame,
    view: ChatView,
    last: LastTurn,
    *,
    conversation: str,
    max_upload: int,
    problems: Sequence[str] = (),
    given: list[str] | None = None,
    status: int = 200,
) -> Response:
    """`problems` are ours (a file too large, a stale page) and stand before the engine's; `given` is what was typed and refused."""
    template = _template(view)
    told = (*problems, *last.problems)
    field = field_of(view, furniture(frame.language), given)
    framed = replace(
        frame,
        turn=last.number,
        documents=f"{API}/{conversation}/documents",
        events=f"{API}/{conversation}/events?after={last.number}",
        messages=tuple({"document": None, "rows": (), **message} for message in last.messages),
        problems=told,
        talk=_talk(view, last),
        field=field,
        described=_described(view, told),
        heading="h1" if template == "ask" else "h2",
        max_upload=file_size(max_upload, frame.language),
    )
    return page(template, frame.language, {"page": framed, "view": view}, status)


def _talk(view: ChatView, last: LastTurn) -> Talk | None:
    """The free talk without what the page says anyway: the house's answer of just now stands over the question."""
    lines = list(view.thread)
    if view.scene == "person":  # here it is all there is: what the house says stands in it too
        return Talk(tuple(lines), is_recent=True) if lines else None
    told = {str(message["text"])[: len(line.text)] for message in last.messages for line in lines}
    told |= {view.ask.text[: len(line.text)] for line in lines if view.ask is not None}
    while lines and lines[-1].who == "house" and lines[-1].text in told:
        lines.pop()
    if not lines:
        return None
    is_recent = len(lines) < len(view.thread) and lines[-1].who != "house"
    return Talk(tuple(lines[-MOST_LINES:]), is_recent)


def _template(view: ChatView) -> str:
    """A scene that lacks what it shows (a price, a paper) is shown as a plain question."""
    wanted = TEMPLATES.get(view.scene, "ask")
    holds = {
        "consent": view.paper is not None and view.ask is not None,
        "price": view.price is not None,
        "review": view.ask is not None,
        "sent": view.sent is not None,
    }
    return wanted if holds.get(wanted, True) else "ask"


def _described(view: ChatView, problems: Sequence[str]) -> str:
    names = [f"error{number}" for number, _ in enumerate(problems, 1)]
    return " ".join([*names, *(["hint"] if view.ask is not None and view.ask.hint else [])])
