"""What a chat sends, one after the other; chats beside each other. Nothing is kept of a chat that is at rest."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count


class Lanes:
    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[tuple[int, int, asyncio.Future[None]]]] = {}
        self._number = count()

    @asynccontextmanager
    async def one_at_a_time(self, chat: Hashable, order: int) -> AsyncIterator[None]:
        """Of those that wait, the lowest `order` goes first: updates that overtook each other on the way are sorted again."""
        await self._wait(chat, order)
        try:
            yield
        finally:
            self._let_next(chat)

    async def _wait(self, chat: Hashable, order: int) -> None:
        waiting = self._waiting.get(chat)
        if waiting is None:
            self._waiting[chat] = []
            return
        gate = asyncio.get_running_loop().create_future()
        heappush(waiting, (order, next(self._number), gate))
        try:
            await gate
        except asyncio.CancelledError:
            if gate.done() and not gate.cancelled():  # it was our turn already
                self._let_next(chat)
            raise

    def _let_next(self, chat: Hashable) -> None:
        waiting = self._waiting[chat]
        while waiting:
            gate = heappop(waiting)[2]
            if not gate.done():
                gate.set_result(None)
                return
        del self._waiting[chat]
