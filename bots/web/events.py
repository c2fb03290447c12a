"""Server-sent events: what the agency's side says unasked, resumed after `Last-Event-ID`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

from storage.turns import TurnStore

KEEP_ALIVE_S: Final = 20.0  # proxies close what is silent for longer
RETRY_MS: Final = 3000
MOST_DIGITS: Final = 9

type IsOpen = Callable[[], Awaitable[bool]]


def after_of(request: Request) -> int | None:
    """The last turn the client has; None = it wants only what comes."""
    for asked in (request.headers.get("last-event-id", ""), request.query_params.get("after", "")):
        if asked.isascii() and asked.isdecimal() and len(asked) <= MOST_DIGITS:
            return int(asked)
    return None


def stream(store: TurnStore, conversation: str, after: int, is_open: IsOpen) -> StreamingResponse:
    """Ends where the listener's secret does, which wakes it."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(store, conversation, after, is_open), headers=headers, media_type="text/event-stream")


async def _events(store: TurnStore, conversation: str, after: int, is_open: IsOpen) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RETRY_MS
    async with store.listen(conversation) as wake:
        while await is_open():
            for turn in await store.read_turns(conversation, after):
                after = turn.number
                if turn.incoming_id is None:  # an answer to somebody's message is told to that somebody
                    yield b"id: %d\nevent: turn\ndata: %s\n\n" % (turn.number, turn.replies)
            try:
                async with asyncio.timeout(KEEP_ALIVE_S):
                    await wake()
            except TimeoutError:
                yield b": still here\n\n"
