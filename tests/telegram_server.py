"""A small real Bot API server, held against aiogram's own types and methods: keeps what bots send, refuses what Telegram refuses.

People act through `tests.telegram_person`; what a bot asks goes through `_Api` of tests/telegram_api.py."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import httpx
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.types import Update, WebhookInfo
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.browser.serving import serving
from tests.telegram_api import Api, Refusal

TOKEN = "4242:demo-token-for-tests"
PATIENCE_S = 180  # the first receipt waits for a Python that imports what prints it, far longer where others share the machine
"""Whoever waits longer than this for what should come fails; nothing is measured by it."""
WEBHOOK_AGAIN_S = 0.05


@dataclass
class Limit:
    """What is answered 429 from now on, and until when."""

    retry_after: int
    times: int
    chat: int | None
    until: float = 0.0


@dataclass
class TelegramServer:
    """`queue` holds the updates that the bot has not confirmed yet; `calls` every request that was answered, with its answer."""

    token: str = TOKEN
    url: str = ""
    calls: list[tuple[str, Any, Any]] = field(default_factory=list)
    queue: list[dict[str, Any]] = field(default_factory=list)
    webhook: WebhookInfo = field(default_factory=lambda: WebhookInfo(url="", has_custom_certificate=False, pending_update_count=0))
    webhook_secret: str | None = None
    delivered: list[tuple[int, int]] = field(default_factory=list)
    """By webhook: update and status."""
    disobeyed: int = 0
    """Requests that came before the time a 429 had told."""
    limits: list[Limit] = field(default_factory=list)
    is_down: bool = False
    turned_away: int = 0
    """Requests while it was down."""
    are_files_away: bool = False
    refusal: Callable[[str, Any], Refusal | None] = lambda _name, _asked: None
    """Why a request of that method is refused, beside what Telegram always refuses."""
    errors: list[Exception] = field(default_factory=list)
    """Of the server itself: a test that causes one fails."""
    _again: list[dict[str, Any]] = field(default_factory=list)
    _held: list[dict[str, Any]] | None = None
    _last_update: int = 1000
    _polls: int = 0

    def __post_init__(self) -> None:
        self.changed = asyncio.Condition()
        self.api = Api(self)

    # what tests tell it

    def answer_429(self, retry_after: int, *, times: int = 1, chat: int | None = None) -> None:
        """The next requests (of that chat only) are told to wait; who does not wait is told again, and counted."""
        self.limits.append(Limit(retry_after, times, chat))

    async def redeliver(self, update: int) -> None:
        """The same update once more, confirmed or not."""
        async with self.changed:
            self._again.append(self.made[update])
            self.changed.notify_all()

    @contextmanager
    def reordered(self) -> Iterator[None]:
        """Updates made meanwhile come in afterwards, the last first."""
        self._held = []
        yield
        self.queue.extend(reversed(self._held))
        self._held = None

    @property
    def made(self) -> dict[int, dict[str, Any]]:
        return self.api.made

    async def add_update(self, kind: str, what: dict[str, Any]) -> int:
        """Its id. Updates are what aiogram takes for one."""
        self._last_update += 1
        update = {"update_id": self._last_update, kind: what}
        Update.model_validate(update)
        self.made[self._last_update] = update
        async with self.changed:
            (self.queue if self._held is None else self._held).append(update)
            self.changed.notify_all()
        return self._last_update

    async def until(self, is_so: Any) -> None:
        """Waits until `is_so()`; every request and update lets it look again."""
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(is_so)

    async def until_taken(self) -> None:
        """Everything said so far has been handed over and confirmed."""
        await self.until(lambda: not self.queue and not self._again)

    # requests

    async def answer(self, request: Request) -> Response:
        method = request.path_params["method"]
        if self.is_down:
            self.turned_away += 1
            async with self.changed:
                self.changed.notify_all()
            return JSONResponse({"ok": False, "error_code": 502, "description": "Bad Gateway"}, 502)
        try:
            self._admit(request)
            name, asked, uploads = await self.api.read(method, request)
            self._limit(name, asked)
            self._refuse(name, asked)
            body = await self.api.do(name, asked, uploads)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        except Exception as error:
            self.errors.append(error)
            raise
        finally:
            async with self.changed:
                self.changed.notify_all()
        return JSONResponse({"ok": True, "result": body})

    def _admit(self, request: Request) -> None:
        if request.path_params["token"] != self.token:
            raise Refusal(401, "Unauthorized")

    async def send_file(self, request: Request) -> Response:
        if self.are_files_away:
            return Response(status_code=502)
        content = self.api.files_by_path.get(request.path_params["path"])
        if request.path_params["token"] != self.token or content is None:
            return Response(status_code=404)
        return Response(content, media_type="application/octet-stream")

    async def get_updates(self, asked: Any) -> list[dict[str, Any]]:
        if self.webhook.url:
            raise Refusal(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        await self.end_polls()
        mine, offset, limit = self._polls, asked.offset or 0, asked.limit or 100
        self.queue[:] = [update for update in self.queue if update["update_id"] >= offset]
        async with self.changed:
            self.changed.notify_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(asked.timeout or 0):
                    await self.changed.wait_for(lambda: self.queue or self._again or self._polls != mine)
        if self._polls != mine:
            raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        again, self._again = self._again, []
        wanted = asked.allowed_updates
        return [update for update in [*again, *self.queue] if not wanted or any(kind in wanted for kind in update)][:limit]

    async def end_polls(self) -> None:
        """Only the latest poll waits."""
        self._polls += 1
        async with self.changed:
            self.changed.notify_all()

    def _refuse(self, name: str, asked: Any) -> None:
        if (refusal := self.refusal(name, asked)) is not None:
            raise refusal

    def _limit(self, name: str, asked: Any) -> None:
        if name in {"getUpdates", "getMe"}:
            return
        now, chat = time.monotonic(), getattr(asked, "chat_id", None)
        for limit in self.limits:
            if limit.chat is not None and str(limit.chat) != str(chat):
                continue
            if now < limit.until:
                self.disobeyed += 1
                raise Refusal.too_many(limit.retry_after)
            if limit.times:
                limit.times -= 1
                limit.until = now + limit.retry_after
                raise Refusal.too_many(limit.retry_after)

    # webhook

    async def post_updates(self) -> None:
        """As Telegram does: one after the other, and again until it is answered 2xx."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                async with self.changed:
                    await self.changed.wait_for(lambda: self.webhook.url and (self.queue or self._again))
                update = self._again[0] if self._again else self.queue[0]
                await self._post(client, update)

    async def _post(self, client: httpx.AsyncClient, update: dict[str, Any]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook_secret} if self.webhook_secret else {}
        try:
            answer = await client.post(self.webhook.url, json=update, headers=headers)
        except httpx.TransportError:
            await asyncio.sleep(WEBHOOK_AGAIN_S)
            return
        self.delivered.append((update["update_id"], answer.status_code))
        if not answer.is_success:
            await asyncio.sleep(WEBHOOK_AGAIN_S)
            return
        async with self.changed:
            (self._again or self.queue).remove(update)
            self.changed.notify_all()


async def close_at_once(session: AiohttpSession) -> None:
    """aiogram's own waits a quarter of a second for TLS to end, of which there is none here."""
    if session._session is not None:
        await session._session.close()


@asynccontextmanager
async def a_telegram_server() -> AsyncIterator[TelegramServer]:
    """Serves on a free port of this machine."""
    server = TelegramServer()
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", server.answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", server.send_file, methods=["GET"]),
        ]
    )
    posting = asyncio.create_task(server.post_updates())
    try:
        async with serving(app) as server.url:
            with patch.object(AiohttpSession, "close", close_at_once):
                yield server
            await server.end_polls()
    finally:
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
    assert server.errors == []
