"""One conversation in which a person was asked for: what was said, and the colleague's part in it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import panel_material_ui as pmui
from babel import Locale

from console import takeovers
from console.acting import Actor
from console.pages.reveal import Reveal
from console.pages.shell import Frame
from console.revealing import Whole
from console.takeovers import OpenConversation, open_conversation
from forms.types import showing
from rules.access import Action
from rules.refusals import Reason, Refused

OPEN_LINES = 8
"""The last exchanges stand open above the answer, the rest folded: a registration has a hundred lines."""


class ConversationView:
    def __init__(self, frame: Frame, page: OpenConversation, actor: Actor, whole: Whole | None = None) -> None:
        self._frame, self._page, self._actor, self._whole = frame, page, actor, whole
        self._reveal = Reveal(frame, actor, self._show_whole)
        self._reveal.stand(is_covered=page.is_covered)
        self._lines = frame.html("conversation.html", **self._said())
        self._lines.margin = (16, 0, 0, 0)
        self._text = pmui.TextAreaInput(label=frame.words.say("inputs.message"), sizing_mode="stretch_width", rows=3)
        self._message = uuid4().hex

    def show(self) -> None:
        frame, page, words = self._frame, self._page, self._frame.words
        name = Locale.parse(showing.manner(words.language).locale).languages.get(page.language, page.language)
        lead = words.say("conversation.lead", at=words.instant(page.asked_at), language=name)
        head = frame.html("title.html", title=page.customer or words.say("messages.visitor"), about=words.of("menu")["messages"], lead=lead)
        parts = [frame.line(self._whose()), *self._acts()]
        acts = pmui.Paper(
            *parts, elevation=0, sizing_mode="stretch_width", sx={"padding": "16px", "border": "1px solid", "borderColor": "divider"}
        )
        frame.show(frame.button("conversation.back", self._back, variant="text", margin=0), head, self._reveal.row, self._lines, acts)
        frame.locate(conversation=page.conversation)
        frame.follow(page.conversation, page.version, self._read_anew)

    def _said(self) -> dict[str, object]:
        lines = self._page.lines
        return {"page": self._page, "earlier": lines[:-OPEN_LINES], "latest": lines[-OPEN_LINES:]}

    def _whose(self) -> str:
        page, words = self._page, self._frame.words
        if page.taken_at is None:
            return words.say("conversation.free" if self._actor.may(Action.TAKE_OVER) else "conversation.untaken")
        since = words.time(page.taken_at)
        return (
            words.say("conversation.mine", since=since)
            if page.is_mine
            else words.say("conversation.other", name=page.colleague, since=since)
        )

    def _acts(self) -> list[object]:
        """Of what can be done here, what this colleague may do."""
        page, may = self._page, self._actor.may
        acts: list[object] = []
        if page.taken_at is None and may(Action.TAKE_OVER):
            acts.append(self._act("take_over", self._take_over, variant="contained"))
        if page.is_mine and may(Action.WRITE_TO_CUSTOMER):
            acts += [self._text, self._act("write", self._write, variant="contained")]
        if page.can_end and may(Action.GIVE_BACK):
            acts.append(self._act("give_back", self._give_back))
        return acts

    def _act(self, name: str, act: Callable[[], Awaitable[None]], *, variant: str = "outlined") -> pmui.Button:
        return self._frame.button(f"buttons.{name}", act, variant=variant)

    async def _take_over(self) -> None:
        await takeovers.take_over(self._frame.services, await self._frame.actor(), self._page.conversation)
        await show_conversation(self._frame, self._page.conversation)
        self._frame.tell(self._frame.words.say("told.take_over"))

    async def _write(self) -> None:
        """Pressed again after an answer was lost, it is the same message. What was sent joins the lines, and nothing else needs to say so."""
        services, actor = self._frame.services, await self._frame.actor()
        await takeovers.write(services, actor, self._page.conversation, self._written, self._message)
        self._message = uuid4().hex
        self._text.param.update(value="", value_input="")

    @property
    def _written(self) -> str:
        return self._text.value_input or self._text.value or ""

    async def _give_back(self) -> None:
        """Not while something that was written stands unsent: it would be gone without a word."""
        if self._written.strip():
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="unsent")
        self._frame.leave()
        await takeovers.give_back(self._frame.services, await self._frame.actor(), self._page.conversation)
        await self._back()
        self._frame.tell(self._frame.words.say("told.give_back"))

    async def _back(self) -> None:
        from console.pages.messages import show_messages

        await show_messages(self._frame)

    async def _read_anew(self) -> None:
        """Only what has changed: what the colleague is writing stays."""
        frame, before = self._frame, self._page
        try:
            self._page = await open_conversation(frame.services, await frame.actor(), before.conversation, whole=self._whole)
        except Refused:
            await self._back()
            frame.tell(frame.words.say("conversation.over"))
            return
        if (self._page.colleague, self._page.is_mine) != (before.colleague, before.is_mine):
            ConversationView(frame, self._page, self._actor, self._whole).show()
        else:
            self._show_lines()

    async def _show_whole(self, whole: Whole) -> None:
        """And so what is said from now on, until the page is left. What the colleague is writing stays."""
        frame = self._frame
        self._page = await open_conversation(frame.services, await frame.actor(), self._page.conversation, whole=whole)
        self._whole = replace(whole, is_known=True)
        self._show_lines()

    def _show_lines(self) -> None:
        self._lines.html = self._frame.render("conversation.html", **self._said())
        self._reveal.stand(is_covered=self._page.is_covered)


async def show_conversation(frame: Frame, conversation: UUID) -> None:
    actor = await frame.actor()
    ConversationView(frame, await open_conversation(frame.services, actor, conversation), actor).show()
