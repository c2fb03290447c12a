"""Whether the program can do its work, for `/healthz`."""

import asyncio
import time
from collections.abc import Awaitable, Callable

BELIEVED_S = 1.0  # whoever asks often asks the database once a second


class Health:
    def __init__(self, asks: Callable[[], Awaitable[bool]], *, clock: Callable[[], float] = time.monotonic) -> None:
        """`asks`: whether the database answers, within a bounded time."""
        self._asks, self._clock = asks, clock
        self._asking: asyncio.Future[bool] | None = None
        self._until = 0.0

    async def is_well(self) -> bool:
        """One question for all who want to know at the same time."""
        if self._asking is None or (self._asking.done() and self._clock() >= self._until):
            self._asking = asyncio.ensure_future(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> bool:
        try:
            return await self._asks()
        finally:
            self._until = self._clock() + BELIEVED_S
