"""Work that only one of several processes may do: whoever holds the lock does it, the others wait."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LOCK_SPACE = 7_362  # of advisory locks: one for each kind of work
COPYING = "copy the documents"
"""A copy has the rows of one moment, and looks for their files long after it."""
_HOLD_OFF = text("select pg_try_advisory_xact_lock_shared(:space, hashtext(:work))")


@asynccontextmanager
async def alone(connect: Callable[[], Awaitable[asyncpg.Connection]], work: str) -> AsyncIterator[asyncio.Event]:
    """Waits until nobody else does it. The event is set where the connection is lost, and with it the lock: then stop."""
    connection, lost = await connect(), asyncio.Event()
    connection.add_termination_listener(lambda _connection: lost.set())
    try:
        await connection.execute("select pg_advisory_lock($1, hashtext($2))", LOCK_SPACE, work)
        yield lost
    finally:
        connection.terminate()


async def hold_off(session: AsyncSession, work: str) -> bool:
    """False: somebody is at it. Otherwise nobody begins it before the transaction has ended."""
    return bool(await session.scalar(_HOLD_OFF, {"space": LOCK_SPACE, "work": work}))
