"""A few connections for single statements that may be sent again: reads, and writes that a version guards."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from sqlalchemy import make_url

from storage.migrations.schema import SYSTEM

ATTEMPTS = 3  # a server that restarts cuts what is idle in the pool; a fresh connection then answers
LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, OSError)
SETTINGS = {
    "role": SYSTEM,
    "application_name": "sospeso turns",
    # Every statement here looks rows up by key: a plan made while the tables were small must not stay when they are large.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


class Connections:
    """Opened as they are needed, `most` at once. Nothing a single statement sets outlives it, so none is reset in between."""

    def __init__(self, url: str, most: int) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._most = most
        self._free = asyncio.Semaphore(most)
        self._idle: list[asyncpg.Connection] = []

    async def connect(self) -> asyncpg.Connection:
        """One more, the caller's own."""
        return await asyncpg.connect(self._dsn, server_settings=SETTINGS)

    async def close(self) -> None:
        """After the statements under way; none is taken any more."""
        for _ in range(self._most):
            await self._free.acquire()
        while self._idle:
            await self._idle.pop().close()

    async def fetch(self, query: str, *given: object) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._try(asyncpg.Connection.fetch, query, given)
        return rows

    async def fetchrow(self, query: str, *given: object) -> asyncpg.Record | None:
        return await self._try(asyncpg.Connection.fetchrow, query, given)

    async def fetchval(self, query: str, *given: object) -> Any:  # whatever the statement returns
        return await self._try(asyncpg.Connection.fetchval, query, given)

    async def execute(self, query: str, *given: object) -> None:
        await self._try(asyncpg.Connection.execute, query, given)

    async def _try(self, run: Callable[..., Awaitable[Any]], query: str, given: tuple[object, ...]) -> Any:  # as above
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._run(run, query, given)
            except asyncpg.QueryCanceledError:
                raise
            except LOST:
                continue
        return await self._run(run, query, given)

    async def _run(self, run: Callable[..., Awaitable[Any]], query: str, given: tuple[object, ...]) -> Any:  # as above
        async with self._free:
            connection = self._take_idle() or await self.connect()
            try:
                return await run(connection, query, *given)
            except LOST:
                connection.terminate()
                while self._idle:  # what cut one has cut all: they would use up the attempts
                    self._idle.pop().terminate()
                raise
            except asyncio.CancelledError:
                connection.terminate()  # nobody knows what it is in the middle of
                raise
            finally:
                if not connection.is_closed():
                    self._idle.append(connection)

    def _take_idle(self) -> asyncpg.Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None
