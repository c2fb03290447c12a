"""Wakes who waits for what the agency says in a conversation: one LISTEN for a whole process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from storage.connections import LOST
from storage.recent import Recent

CHANNEL = "sospeso_turn"
FORGET = "sospeso_forget"
RECONNECT_S = 1.0
ANSWER_S = 1.5  # a question that PostgreSQL answers in less than a thousandth of it
CUT = (*LOST, asyncpg.PostgresError)  # or not yet there: it starts, or has no place left

type Wake = Callable[[], Awaitable[None]]


class Listening:
    """Connects at `start`, or with the first listener. A lost connection wakes everybody: they read, and what they missed is there."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], recent: Recent) -> None:
        """`recent` holds something only while this listens: else nobody would tell it what to forget."""
        self._connect = connect
        self._recent = recent
        self._connection: asyncpg.Connection | None = None
        self._connecting = asyncio.Lock()
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._all: set[asyncio.Queue[str | None]] = set()
        self._again: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listens from now on, or as soon as the database is there."""
        try:
            await self._ensure_connection()
        except CUT:
            self._begin_again()

    @asynccontextmanager
    async def to_all(self) -> AsyncIterator[asyncio.Queue[str | None]]:
        """The conversations in which something was said, as they come; None = some may have been missed."""
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        self._all.add(heard)
        try:
            await self._ensure_connection()
            yield heard
        finally:
            self._all.discard(heard)

    @asynccontextmanager
    async def to(self, conversation: str) -> AsyncIterator[Wake]:
        event = asyncio.Event()
        self._waiting.setdefault(conversation, set()).add(event)

        async def wake() -> None:
            await event.wait()
            event.clear()

        try:
            await self._ensure_connection()
            yield wake
        finally:
            listeners = self._waiting[conversation]
            listeners.discard(event)
            if not listeners:
                del self._waiting[conversation]

    async def answers(self) -> bool:
        """Whether the database answers on this connection. One that stays silent is given up for another."""
        connection = self._connection
        if connection is None:
            return False
        try:
            async with asyncio.timeout(ANSWER_S):
                await connection.fetchval("select 1")
        except CUT:
            connection.terminate()
            return False
        return True

    async def close(self) -> None:
        if self._again is not None:
            self._again.cancel()
        self._recent.end()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _ensure_connection(self) -> None:
        async with self._connecting:
            if self._connection is None:
                connection = await self._connect()
                try:
                    await connection.add_listener(CHANNEL, self._heard)
                    await connection.add_listener(FORGET, self._heard_to_forget)
                except BaseException:  # cancelled too: it is nobody's yet
                    connection.terminate()
                    raise
                connection.add_termination_listener(self._lost)
                if connection.is_closed():  # cut before it could tell
                    raise ConnectionResetError("the connection that was to listen was cut")
                self._connection = connection
                self._recent.begin()

    def _heard_to_forget(self, _connection: object, _pid: int, _channel: str, conversation: object) -> None:
        self._recent.forget(str(conversation))

    def _heard(self, _connection: object, _pid: int, _channel: str, conversation: object) -> None:
        for event in self._waiting.get(str(conversation), ()):
            event.set()
        for heard in self._all:
            heard.put_nowait(str(conversation))

    def _lost(self, connection: object) -> None:
        if connection is self._connection:  # and not closed by us
            self._connection = None
            self._recent.end()
            self._begin_again()

    def _begin_again(self) -> None:
        if self._again is None or self._again.done():
            self._again = asyncio.get_running_loop().create_task(self._reconnect())

    async def _reconnect(self) -> None:
        while self._connection is None:
            try:
                await self._ensure_connection()
            except CUT:
                await asyncio.sleep(RECONNECT_S)
        for events in self._waiting.values():
            for event in events:
                event.set()
        for heard in self._all:
            heard.put_nowait(None)
