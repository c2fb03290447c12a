"""From one channel to another: a one-time link into a conversation, and out of one into Telegram. Links act on POST only."""

from collections.abc import Callable
from typing import Final

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bots.web.conversations import Conversations
from bots.web.frame import Frames
from bots.web.rendering import page
from bots.web.wording import furniture, lines, word

MOST_TOKEN: Final = 64


class Entering:
    """`telegram` tells the bot's name, None where there is none."""

    def __init__(self, conversations: Conversations, frames: Frames, telegram: Callable[[], str | None]) -> None:
        self._conversations = conversations
        self._frames = frames
        self._telegram = telegram

    def routes(self) -> list[Route]:
        return [
            Route("/enter/{token}", self.show_door, methods=["GET"]),
            Route("/enter/{token}", self.enter, methods=["POST"]),
            Route("/chat/telegram", self.show_telegram, methods=["GET"]),
            Route("/chat/telegram", self.to_telegram, methods=["POST"]),
        ]

    async def show_door(self, request: Request) -> Response:
        """Whoever only looks (a preview, a scanner of mails) uses nothing up."""
        return self._leaving(request, "enter", action=request.url.path)

    async def enter(self, request: Request) -> Response:
        conversations = self._conversations
        if not conversations.doors.is_own_origin(request):
            return self._frames.lost(request)
        if conversations.wait_after_guess(request):
            return self._frames.reading(request, "busy", status=429)
        credential = await conversations.enter(request.path_params["token"][:MOST_TOKEN])
        if credential is None:
            return self._frames.reading(request, "enter_expired", status=404)
        response = RedirectResponse("/chat#now", 303)
        conversations.doors.set_cookie(request, response, credential)
        return response

    async def show_telegram(self, request: Request) -> Response:
        if self._telegram() is None or await self._conversations.held(request) is None:
            return self._frames.lost(request)
        return self._leaving(request, "to_telegram", action=request.url.path)

    async def to_telegram(self, request: Request) -> Response:
        username, held = self._telegram(), await self._conversations.held(request)
        if username is None or held is None or not self._conversations.doors.is_own_origin(request):
            return self._frames.lost(request)
        address = f"https://t.me/{username}?start={await self._conversations.make_link(held.conversation)}"
        return self._leaving(request, "to_telegram", link=address, code=_code(address))

    def _leaving(self, request: Request, section: str, *, action: str = "", link: str = "", code: str = "") -> Response:
        frame = self._frames.plain(request)
        words = furniture(frame.language)
        shown = {"title": word(words, f"{section}.title"), "lead": lines(words, f"{section}.lead")}
        labels = {"go": word(words, f"{section}.go"), "open": word(words, "to_telegram.open"), "scan": word(words, "to_telegram.scan")}
        return page("leaving", frame.language, {"page": frame, "action": action, "link": link, "code": code, **shown, **labels})


def _code(address: str) -> str:
    """An SVG to be read by a telephone."""
    return Markup(segno.make(address, micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # noqa: S704 - drawn by segno
