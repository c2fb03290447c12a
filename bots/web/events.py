"""Server-sent events: what the agency's side says unasked, resumed after `Last-Event-ID`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

from storage.turns import TurnStore

KEEP_ALIVE_S: Final = 20.0  # proxies close what is silent for longer
RETRY_MS: Final = 3000
MOST_DIGITS: Final = 9


def after_of(request: Request) -> int | None:
    """The last turn the client has; None = it wants only what comes."""
    for asked in (request.headers.get("last-event-id", ""), request.query_params.get("after", "")):
        if asked.isascii() and asked.isdecimal() and len(asked) <= MOST_DIGITS:
            return int(asked)
    return None


def stream(store: TurnStore, conversation: str, after: int, closing: asyncio.Event) -> StreamingResponse:
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(store, conversation, after, closing), headers=headers, media_type="text/event-stream")


async def _events(store: TurnStore, conversation: str, after: int, closing: asyncio.Event) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RETRY_MS
    async with store.listen(conversation) as wake:
        while not closing.is_set():
            for turn in await store.read_turns(conversation, after):
                after = turn.number
                if turn.incoming_id is None:  # an answer to somebody's message is told to that somebody
                    yield b"id: %d\nevent: turn\ndata: %s\n\n" % (turn.number, turn.replies)
            if not await _first(wake(), closing.wait()):
                yield b": still here\n\n"


async def _first(*waiting: object) -> bool:
    """Whether one of them ended before it is time to say that we are still here."""
    tasks = [asyncio.ensure_future(one) for one in waiting]  # type: ignore[arg-type]  # awaitables of different results
    try:
        done, _ = await asyncio.wait(tasks, timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    return bool(done)
