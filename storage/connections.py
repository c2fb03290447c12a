"""A few connections for single statements that may be sent again: reads, and writes that a version guards."""

from collections.abc import Awaitable, Callable
from typing import Any, Self

import asyncpg
from sqlalchemy import make_url

from storage.migrations.schema import APP

ATTEMPTS = 3  # a server that restarts cuts what is idle in the pool; a fresh connection then answers
LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, OSError)
SETTINGS = {
    "role": APP,
    "application_name": "sospeso turns",
    "sospeso.role": "system",
    # Every statement here looks rows up by key: a plan made while the tables were small must not stay when they are large.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


class Connections:
    def __init__(self, url: str, most: int) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._most = most

    async def open(self) -> Self:
        self._pool = await asyncpg.create_pool(self._dsn, min_size=1, max_size=self._most, server_settings=SETTINGS, reset=_no_reset)
        return self

    async def close(self) -> None:
        await self._pool.close()

    async def connect(self) -> asyncpg.Connection:
        """One more, the caller's own."""
        return await asyncpg.connect(self._dsn, server_settings=SETTINGS)

    async def fetch(self, query: str, *given: object) -> list[asyncpg.Record]:
        return await self._try(lambda connection: connection.fetch(query, *given))

    async def fetchrow(self, query: str, *given: object) -> asyncpg.Record | None:
        return await self._try(lambda connection: connection.fetchrow(query, *given))

    async def fetchval(self, query: str, *given: object) -> Any:  # whatever the statement returns
        return await self._try(lambda connection: connection.fetchval(query, *given))

    async def execute(self, query: str, *given: object) -> None:
        await self._try(lambda connection: connection.execute(query, *given))

    async def _try[T](self, run: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        for left in reversed(range(ATTEMPTS)):
            try:
                async with self._pool.acquire() as connection:
                    try:
                        return await run(connection)
                    except LOST:
                        connection.terminate()
                        raise
            except asyncpg.QueryCanceledError:
                raise
            except LOST:
                if not left:
                    raise
        raise AssertionError("unreachable")


async def _no_reset(_connection: object) -> None:
    """Nothing a single statement sets outlives it."""
