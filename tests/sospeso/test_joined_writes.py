"""Head and body leave together, and nothing waits for a body that does not come: over real connections."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from websockets.asyncio.client import connect

from sospeso.joined_writes import OneWrite, _Joining
from sospeso.server import Receive, Scope, Send

BODY = b"x" * 300


class Written(asyncio.Transport):
    """What was written, call by call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.calls.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
STREAMED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("writes", "calls"),
    [
        ([HEAD, b"ok"], [HEAD + b"ok"]),
        ([HEAD, b"o", b"k"], [HEAD + b"o", b"k"]),
        ([HEAD, b"ok", HEAD, b"no"], [HEAD + b"ok", HEAD + b"no"]),
        ([STREAMED, b"2\r\nok\r\n"], [STREAMED, b"2\r\nok\r\n"]),
        ([HEAD], [HEAD]),
    ],
)
def test_a_head_leaves_with_its_body_and_a_stream_at_once(writes: list[bytes], calls: list[bytes]) -> None:
    written = Written()
    joining = _Joining(written)
    for data in writes:
        joining.write(data)
    joining.close()
    assert (written.calls, written.is_closed) == (calls, True)


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": (await receive())["text"]})
        await send({"type": "websocket.close"})
    elif scope["path"] == "/events":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
    elif scope["path"] == "/breaks":
        raise RuntimeError("as an error of ours")
    else:
        status, body = (304, b"") if scope["path"] == "/unchanged" else (200, BODY)
        headers = [] if status == 304 else [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(answer, http=OneWrite, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await running


async def told(port: int, request: bytes, until: bytes | None = None) -> bytes:
    """All that comes, to the end of the connection unless `until` says where to stop."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await (reader.readuntil(until) if until else reader.read())
    finally:
        writer.close()


async def test_requests_of_one_connection_are_answered_in_turn_and_to_the_end() -> None:
    get, last = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    async with serving() as port:
        answers = (await told(port, get + get + last)).split(b"HTTP/1.1 200 OK")
    assert [each.count(BODY) for each in answers] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("request_line", "status"), [("HEAD /", b"200"), ("GET /unchanged", b"304"), ("GET /breaks", b"500"), ("nonsense", b"400")]
)
async def test_what_has_no_body_is_answered_too(request_line: str, status: bytes) -> None:
    async with serving() as port:
        answer = await told(port, f"{request_line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] == status
    assert BODY not in answer


async def test_an_event_of_a_stream_is_not_held_back() -> None:
    async with serving() as port:
        assert b"one" in await told(port, b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n", until=b"one")


async def test_a_socket_of_the_consoles_kind_still_opens() -> None:
    async with serving() as port, connect(f"ws://127.0.0.1:{port}/") as socket_:
        await socket_.send("hello")
        assert await socket_.recv() == "hello"
