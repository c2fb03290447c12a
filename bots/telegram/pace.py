"""How fast we send: below what Telegram takes, and not before it said where it was too fast all the same."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import TelegramMethod

from dialogs.lanes import Lanes

log = logging.getLogger(__name__)

A_SECOND = 28
"""Telegram says 30 messages a second to different chats; a receiver once counted 31 where 30 were started."""


class Pace(BaseRequestMiddleware):
    """Every request that says something in a chat waits here, one after the other. Told to wait, the chat waits; told so in a second chat
    meanwhile, all do."""

    def __init__(self, a_second: int) -> None:
        self._started: deque[float] = deque(maxlen=a_second)
        self._chats: dict[int | None, float] = {}
        self._all = 0.0
        self._gate = asyncio.Lock()
        self._lanes = Lanes()
        self._number = count()

    async def __call__(self, make_request: NextRequestMiddlewareType[Any], bot: Bot, method: TelegramMethod[Any]) -> Any:
        chat = getattr(method, "chat_id", None)
        if chat is None:
            return await self._request(make_request, bot, method, chat)
        async with self._lanes.one_at_a_time(chat, next(self._number)):
            return await self._request(make_request, bot, method, chat)

    async def _request(self, make_request: NextRequestMiddlewareType[Any], bot: Bot, method: TelegramMethod[Any], chat: int | None) -> Any:
        while True:
            await self._until_allowed(chat)
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as told:
                self._hold(chat, told.retry_after)

    async def _until_allowed(self, chat: int | None) -> None:
        await self._until(lambda: self._chats.get(chat, 0.0))
        self._chats.pop(chat, None)
        if chat is None:
            await self._until(lambda: self._all)
            return
        async with self._gate:  # one looks at the clock for all: thousands who wait would else wake each other at every start
            await self._until(lambda: max(self._all, self._started[0] + 1.0 if len(self._started) == self._started.maxlen else 0.0))
            self._started.append(self._now())

    async def _until(self, told: Callable[[], float]) -> None:
        while (wait_s := told() - self._now()) > 0:  # noqa: ASYNC110 - it may be told otherwise meanwhile
            await asyncio.sleep(wait_s)

    def _hold(self, chat: int | None, retry_after: int) -> None:
        now = self._now()
        others = any(until > now for held, until in self._chats.items() if held != chat)
        self._chats[chat] = now + retry_after
        if chat is None or others:
            self._all = now + retry_after
        log.warning("Telegram told %s to wait for %d s", "all" if self._all > now else "one chat", retry_after)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
