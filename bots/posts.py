"""A message to another program by HTTP, whatever that answers: no redirect is followed, no proxy asked, and nothing read without end."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: HTTPMessage
    content: bytes


async def post(address: str, body: bytes, headers: Mapping[str, str], *, silence_s: float, within_s: float, most: int) -> Answered:
    """`silence_s`: of each of its silences; `within_s`: of the whole, also where it answers byte by byte and is never silent; `most`: bytes
    of its answer that are read. Raises OSError, TimeoutError among them, and HTTPException."""
    url = urlsplit(address)
    connection = _connection(url.scheme, url.hostname or "", url.port, silence_s)
    path = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
    try:
        async with asyncio.timeout(within_s):
            return await asyncio.to_thread(_post, connection, path, body, headers, most)
    finally:
        _hang_up(connection)


def _connection(scheme: str, host: str, port: int | None, silence_s: float) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=silence_s, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=silence_s)


def _post(connection: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str], most: int) -> Answered:
    connection.request("POST", path, body, dict(headers))
    answer = connection.getresponse()
    return Answered(answer.status, answer.headers, answer.read(most))


def _hang_up(connection: HTTPConnection) -> None:
    """Also under the thread that still reads from it."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()
