"""What is said in one place, one after the other; places beside each other. Nothing is kept of one that is at rest."""

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
    async def one_at_a_time(self, place: Hashable, order: int = 0) -> AsyncIterator[None]:
        """Of those that wait, the lowest `order` goes first, and of equals who came first: updates that overtook each other on the way
        are sorted again."""
        await self.enter(place, order)
        try:
            yield
        finally:
            self.leave(place)

    async def enter(self, place: Hashable, order: int = 0) -> None:
        """For who counts microseconds (a turn): whoever has entered leaves, whatever happens."""
        waiting = self._waiting.get(place)
        if waiting is None:
            self._waiting[place] = []
            return
        gate = asyncio.get_running_loop().create_future()
        heappush(waiting, (order, next(self._number), gate))
        try:
            await gate
        except asyncio.CancelledError:
            if gate.done() and not gate.cancelled():  # it was our turn already
                self.leave(place)
            raise

    def leave(self, place: Hashable) -> None:
        waiting = self._waiting[place]
        while waiting:
            gate = heappop(waiting)[2]
            if not gate.done():
                gate.set_result(None)
                return
        del self._waiting[place]
