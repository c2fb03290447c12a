"""Other programs that are spoken to by HTTP, and answer as they like."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bots.posts import post
from bots.rasa.nlu import Interpreter

GENEROUS_S = 60.0  # this machine may be busy
MEGABYTE = 1_000_000
LONG = 30 * MEGABYTE
"""More than lies between two sockets that nobody reads from."""
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"


@dataclass
class Talker:
    url: str
    sent: int = 0
    """Of its answer."""


@asynccontextmanager
async def answering(say: Callable[[asyncio.StreamWriter, Talker], Awaitable[None]]) -> AsyncIterator[tuple[Talker, asyncio.Event]]:
    """And what says that it has hung up, or was."""
    talker, ended = Talker(""), asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await say(writer, talker)
        except ConnectionError:
            pass
        finally:
            writer.close()
            ended.set()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        talker.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield talker, ended


async def without_end(writer: asyncio.StreamWriter, talker: Talker) -> None:
    writer.write(HEAD)
    for _ in range(LONG // MEGABYTE):
        writer.write(bytes(MEGABYTE))
        await writer.drain()
        talker.sent += MEGABYTE


async def elsewhere(writer: asyncio.StreamWriter, talker: Talker) -> None:
    writer.write(f"HTTP/1.1 302 Found\r\nlocation: {talker.url}/other\r\ncontent-length: 0\r\n\r\n".encode())
    await writer.drain()
    talker.sent += 1


async def test_of_an_answer_without_end_no_more_is_read_than_there_is_use_for() -> None:
    async with answering(without_end) as (talker, ended):
        answered = await post(talker.url, b"{}", {}, silence_s=GENEROUS_S, within_s=GENEROUS_S, most=100)
        assert answered.content == bytes(100)
        await asyncio.wait_for(ended.wait(), GENEROUS_S)
        assert talker.sent < LONG


@pytest.mark.parametrize("say", [without_end, elsewhere])
async def test_a_rasa_that_never_ends_or_leads_elsewhere_is_hung_up_on(say: Callable[..., Awaitable[None]]) -> None:
    async with answering(say) as (talker, ended):
        assert await Interpreter(talker.url, wait_s=GENEROUS_S)("I do not get it at all") is None
        await asyncio.wait_for(ended.wait(), GENEROUS_S)
        assert talker.sent < LONG
        assert talker.sent <= 1 or say is without_end
