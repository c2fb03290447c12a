"""A colleague at a page of the desk: the view's own objects, pressed and read as the browser would."""

import asyncio
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import panel_material_ui as pmui
from panel.models.esm import DataEvent

from console.acting import Actor
from console.pages.fragment import Fragment
from console.pages.shell import Frame
from console.wording import Wording
from dialogs.services import Services


class SignedIn:
    """Whoever comes is this colleague."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    async def actor(self, ticket: str) -> Actor:
        return self._actor


class Desk:
    def __init__(self, services: Services, actor: Actor) -> None:
        words = Wording("it", ZoneInfo("Europe/Rome"), services.settings.currency)
        notice = Fragment(visible=False)
        self.frame = Frame(services, SignedIn(actor), "", words, "/console", pmui.Container(notice), notice)  # type: ignore[arg-type]

    def all(self) -> Iterator[Any]:
        """Every object of the page that is visible, from the top."""
        yield from _within(self.frame.middle)

    @property
    def html(self) -> str:
        """Of all that our templates made of it."""
        return "\n".join(each.html for each in self.all() if isinstance(each, Fragment))

    @property
    def told(self) -> str:
        return self.frame.notice.html if self.frame.notice.visible else ""

    def offers(self, key: str) -> bool:
        return any(each.label == self.frame.words.say(key) for each in self.all() if isinstance(each, pmui.Button))

    def field(self, key: str, **facts: object) -> Any:  # a widget of any kind
        label = self.frame.words.say(key, **facts)
        (found,) = (each for each in self.all() if getattr(each, "label", None) == label and not isinstance(each, pmui.Button))
        return found

    def begin(self, key: str) -> "asyncio.Future[None]":
        """What Panel calls when the browser tells of a click on this button."""
        label = self.frame.words.say(key)
        (button,) = (each for each in self.all() if isinstance(each, pmui.Button) and each.label == label)
        (watcher,) = (each for each in button.param.watchers["clicks"]["value"] if asyncio.iscoroutinefunction(each.fn))
        return asyncio.ensure_future(watcher.fn(None))

    async def press(self, key: str) -> None:
        await self.begin(key)


def click(fragment: Fragment, pressed: object) -> "asyncio.Future[list[None]]":
    """What Panel calls when the browser tells of a press on that `data-press`."""
    event = DataEvent(None, pressed)
    return asyncio.gather(*(act(event) for act in fragment._msg__callbacks))


def _within(part: Any) -> Iterator[Any]:
    if not part.visible:
        return
    yield part
    for each in getattr(part, "objects", []):
        yield from _within(each)
