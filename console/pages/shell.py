"""The frame of the desk: one Panel session, its colleague, its words, and which view is shown."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import panel as pn
import panel_material_ui as pmui
import param
from bokeh.events import ConnectionLost
from bokeh.models import CustomJS
from panel_material_ui.template.base import Page

from console.acting import Actor
from console.entry import Identity, templates
from console.gate import NAMED
from console.mirroring import MENU_PX, page_template
from console.pages.fragment import Fragment
from console.pages.window import Window
from console.theme import bar, theme
from console.wording import Wording
from dialogs.services import Services
from rules.access import ALLOWED, Action
from rules.languages import LANGUAGES, preferred
from rules.refusals import Refused

if TYPE_CHECKING:
    from console.pages.queue import QueueView

log = logging.getLogger(__name__)

# The gate cuts the line when the session has ended. Anything else that cuts it passes by itself: then the page comes back.
LOST = """
fetch(prefix + "/alive", {redirect: "manual"}).then((answer) => {
  if (answer.type === "opaqueredirect") location.assign(prefix + "/sign-in?ended" + location.search.replace("?", "&"))
  else location.reload()
}, () => {})
"""


TEMPLATES = {language: page_template(language) for language in LANGUAGES}  # here: the console does not start with one it cannot use


@dataclass(slots=True)
class Frame:
    """What every view needs: `actor()` is asked anew at each action, `show` replaces what stands in the middle."""

    services: Services
    identity: Identity
    ticket: str
    words: Wording
    prefix: str
    middle: pmui.Container
    notice: Fragment
    window: Window | None = None
    located: str = ""
    """What the address names, as the view that is shown has it."""
    queue: "QueueView | None" = None
    following: asyncio.Task[None] | None = None
    at_work: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def today(self) -> date:
        """In the agency's time zone."""
        return self.services.clock().astimezone(self.services.settings.zone).date()

    async def actor(self) -> Actor:
        return await self.identity.actor(self.ticket)

    def show(self, *parts: object) -> None:
        self.leave()
        self.notice.visible = False
        self.middle[:] = [self.notice, *parts]

    def tell(self, text: str, *, is_problem: bool = False) -> None:
        html = self.render("notice.html", text=text, is_problem=is_problem)
        self.notice.html = ""  # the same sentence again is news too
        self.notice.param.update(html=html, visible=True)

    def locate(self, **shown: UUID) -> None:
        """The address names what is shown: it can be kept, sent to a colleague, loaded anew, gone back to."""
        search = f"?{urlencode(shown)}" if shown else ""
        if search != self.located:
            self.located = search
            if self.window is not None:
                self.window.search = search

    def follow(self, conversation: UUID, version: int, read_anew: Callable[[], Awaitable[None]]) -> None:
        """Whatever is said in the conversation after that version of it is read anew, until something else is shown."""

        async def listen() -> None:
            store = self.services.turn_store
            async with store.listen(str(conversation)) as wake:
                present = await store.load(str(conversation), fresh=True)
                if present is not None and present.version != version:
                    await self.guarded(read_anew)
                while True:
                    await wake()
                    await self.guarded(read_anew)

        self.leave()
        self.following = asyncio.create_task(listen())

    def leave(self) -> None:
        """What was shown is followed no longer."""
        if self.following is not None:
            self.following.cancel()
            self.following = None

    def render(self, template: str, **facts: object) -> str:
        """By our own templates: every value escaped there."""
        return templates().get_template(template).render(words=self.words, prefix=self.prefix, **facts)

    def html(self, template: str, **facts: object) -> Fragment:
        return Fragment(html=self.render(template, **facts), sizing_mode="stretch_width", margin=0)

    def heading(self, text: str) -> Fragment:
        return self.html("heading.html", text=text)

    def line(self, text: str, *, is_beside: bool = False) -> Fragment:
        """A sentence; `is_beside`: in a row with what is done about it."""
        styles = {"flex": "1 1 16rem", "min-inline-size": "0"} if is_beside else {}
        return Fragment(html=self.render("line.html", text=text), margin=0, styles=styles)

    async def guarded(self, act: Callable[[], Awaitable[None]]) -> None:
        """Refusals are told in words; anything else is ours and rises, after a word of excuse."""
        try:
            await act()
        except Refused as refused:
            self.tell(self.words.refusal(refused), is_problem=True)
        except Exception:
            self.tell(self.words.say("our_fault"), is_problem=True)
            raise

    async def pressed(self, act: Callable[[], Awaitable[None]]) -> None:
        """What is pressed in a view is done one after the other: "next" right after "filter" turns the page of what was asked for."""
        async with self.at_work:
            await self.guarded(act)

    def button(
        self, key: str, act: Callable[[], Awaitable[None]], *, color: str = "primary", variant: str = "outlined", margin: int = 8
    ) -> pmui.Button:
        button = pmui.Button(label=self.words.say(key), color=color, variant=variant, margin=margin)
        is_pressed = asyncio.Lock()

        async def press(_: object) -> None:
            """A second click while the first is at work counts for nothing.

            `disabled` would not do: the browser sends back what it was told, and its True can arrive after our False and stay.
            """
            if is_pressed.locked():
                return
            async with is_pressed:
                await self.pressed(act)

        button.on_click(press)
        return button

    def entered(self, text: pmui.TextInput, act: Callable[[], Awaitable[None]]) -> None:
        """The key Enter in a field does what the button beside it does."""

        async def enter(_: object) -> None:
            text.value = text.value_input or ""  # Panel tells of the key before it tells of the value
            await self.pressed(act)

        text.param.watch(enter, "enter_pressed")


def desk(services: Services, identity: Identity, prefix: str) -> Page:
    """One visit: built by Panel for each session."""
    frame = _frame(services, identity, prefix)
    words = frame.words
    shown, part = ["queue"], "queue"  # the menu's views, and which of them is marked
    menu = pmui.MenuList(items=[], active=0, sizing_mode="stretch_width")

    opening = asyncio.Lock()  # one view after the other: what two show at once may not arrive, and the page stays empty

    async def choose(item: dict[str, str | None] | None) -> None:
        """Each press, on the entry that is marked too: its view may stand under another page, or is wanted anew."""
        nonlocal part
        if item not in menu.items:
            return  # whatever else a browser sends is not for us
        async with opening:
            part = shown[menu.items.index(item)]
            if window.is_narrow:
                page.sidebar_open = False  # it would lie over what was chosen, or press it together
            await _open(frame, part, None)

    person = frame.html("person.html", actor=None)
    search = pn.state.location.search if pn.state.location is not None else ""
    frame.window = window = Window(words, is_narrow="mobi" in _header("user-agent").lower(), search=search)
    frame.located = search
    page = _page(frame, words.say("desk", agency=services.settings.agency_name), window, [menu, person])

    async def begin() -> None:
        """The menu comes after the first view: nobody can choose another one while that is on its way."""
        nonlocal part
        async with opening:
            with contextlib.suppress(Refused):  # told by what is opened
                actor = await frame.actor()
                person.html = frame.render("person.html", actor=actor)
                shown[:] = views_of(actor)
            view, named = _named(search) or (shown[0], None)
            await _open(frame, view, named)
            part = "messages" if view == "conversation" and "messages" in shown else shown[0]
            menu.param.update(items=_items(words, shown), active=shown.index(part))
            menu.on_click(choose)  # type: ignore[arg-type]  # it gives the item, and awaits

    async def go_back(_: object) -> None:
        """Or forward. What the address names already is opened without naming it anew, which would be one more step to go back."""
        async with opening:
            if window.search != frame.located:
                frame.located = window.search
                await _open(frame, *(_named(window.search) or (part, None)))

    pn.state.onload(begin)
    window.param.watch(go_back, "search")
    if pn.state.curdoc is not None:
        pn.state.curdoc.js_on_event(ConnectionLost, CustomJS(args={"prefix": prefix}, code=LOST))
    # What stays in `main` keeps the whole session alive: about 1.8 MB a visit.
    pn.state.on_session_destroyed(lambda _: _forget(page, frame))
    return page


def _frame(services: Services, identity: Identity, prefix: str) -> Frame:
    words = _wording(services, preferred(_header("accept-language"), LANGUAGES))
    notice = Fragment(visible=False, sizing_mode="stretch_width", margin=0)
    middle = pmui.Container(notice, width_option="xl", sx={"paddingBlock": "16px 48px"})
    return Frame(services, identity, _header("x-console-ticket"), words, prefix, middle, notice)


def _page(frame: Frame, title: str, window: Window, sidebar: list[object]) -> Page:
    page = Page(
        title=title,
        site_url=f"{frame.prefix}/",  # not the customers' own front page
        header=[window],
        main=[frame.middle],
        sidebar=sidebar,
        sidebar_width=MENU_PX,
        sidebar_open=not window.is_narrow,
        sidebar_resizable=False,
        busy_indicator=None,
        theme_config=theme(frame.words.language),
        theme_toggle=True,
        sx=bar(frame.words.language),
        template=TEMPLATES[frame.words.language],
    )
    window.jslink(page, code={"is_narrow": "target.data.sidebar_open = !source.is_narrow"})
    return page


def _forget(page: Page, frame: Frame) -> None:
    """The session's document is gone already: nobody is to be told of these changes."""
    frame.queue = frame.window = None
    frame.leave()
    for part, name in ((frame.middle, "objects"), (page, "main"), (page, "sidebar"), (page, "header")):
        with param.parameterized.discard_events(part):
            setattr(part, name, [])


def _wording(services: Services, language: str) -> Wording:
    told = language if language in LANGUAGES else LANGUAGES[0]
    today = services.clock().astimezone(services.settings.zone).date()
    modules = {each.module.code: each.words[told].title for each in services.catalogue.modules(today) if told in each.words}
    return Wording(told, services.settings.zone, services.settings.currency, modules)


def _header(name: str) -> str:
    value = pn.state.headers.get(name, "")
    return value if isinstance(value, str) else value[0]


def _items(words: Wording, views: Sequence[str]) -> list[dict[str, str | None]]:
    return [{"label": words.of("menu")[name], "icon": None} for name in views]


NEEDED = {
    "queue": Action.LIST_SUBMISSIONS,
    "messages": Action.READ_MESSAGES,
    "checks": Action.LIST_CARDS,
    "prepare": Action.PREPARE_CARD,
    "exports": Action.LIST_EXPORTS,
    "imports": Action.LIST_IMPORTS,
    "sync": Action.LIST_SYNC,
    "erasures": Action.LIST_ERASURES,
    "record": Action.READ_AUDIT,
}
"""Every view, as the menu has them, with what a colleague must be allowed to do to be offered it."""


def views_of(actor: Actor) -> tuple[str, ...]:
    return tuple(view for view, action in NEEDED.items() if action in ALLOWED[actor.role])


async def _open(frame: Frame, view: str, named: UUID | None) -> None:
    """Views are imported here: they need this frame."""
    from console.pages.checks import show_checks
    from console.pages.conversation import show_conversation
    from console.pages.erasures import show_erasures
    from console.pages.exports import show_exports
    from console.pages.imports import show_imports
    from console.pages.messages import show_messages
    from console.pages.path import show_path
    from console.pages.prepare import show_prepare
    from console.pages.queue import show_queue
    from console.pages.record import show_record
    from console.pages.submission import show_submission
    from console.pages.sync import show_sync

    by_name: Mapping[str, Callable[[Frame, UUID], Awaitable[None]]] = {
        "submission": show_submission,
        "conversation": show_conversation,
        "path": show_path,
    }
    from_menu: Mapping[str, Callable[[Frame], Awaitable[None]]] = {
        "queue": show_queue,
        "messages": show_messages,
        "checks": show_checks,
        "prepare": show_prepare,
        "exports": show_exports,
        "imports": show_imports,
        "sync": show_sync,
        "erasures": show_erasures,
        "record": show_record,
    }

    async def opened() -> None:
        await (by_name[view](frame, named) if named is not None else from_menu[view](frame))

    frame.show()
    await frame.guarded(opened)


def _named(search: str) -> tuple[str, UUID] | None:
    """The view that an address names, and of what; None: of nothing that there is."""
    given = parse_qs(search.removeprefix("?"))
    found = ((name, _uuid(given[name][0])) for name in NAMED if name in given)
    return next(((name, named) for name, named in found if named is not None), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
