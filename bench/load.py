"""The load of the HTTP figures, in a process of its own: `python -m bench.load` takes an Order on standard input and tells a Report.

Loopback only, and bounded: every conversation named in the order takes its turns once."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec
import uvloop

LOOPBACK = "127.0.0.1"

type Answers = Sequence[tuple[str, object]]


class Order(msgspec.Struct):
    url: str
    conversations: list[tuple[str, str]]
    """Id and secret."""
    answers: Answers
    """Question and value, taken in this order in each conversation."""
    at_once: int


class Report(msgspec.Struct):
    seconds: float
    latencies_ms: list[float]


async def run(order: Order) -> Report:
    address = urlsplit(order.url)
    if address.hostname != LOOPBACK or address.port is None:
        raise ValueError("load goes to this machine only")
    waiting, latencies = iter(order.conversations), list[float]()
    begun = time.perf_counter()
    await asyncio.gather(*(_customer(address.port, waiting, order.answers, latencies) for _ in range(order.at_once)))
    return Report(time.perf_counter() - begun, latencies)


async def _customer(port: int, waiting: Iterator[tuple[str, str]], answers: Answers, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        for conversation, secret in waiting:
            for number, (question, value) in enumerate(answers):
                body = msgspec.json.encode({"id": str(number), "question": question, "value": value})
                sent = time.perf_counter()
                writer.write(_request(port, conversation, secret, body))
                await answered(reader)
                latencies.append((time.perf_counter() - sent) * 1000)
    finally:
        writer.close()


def _request(port: int, conversation: str, secret: str, body: bytes) -> bytes:
    head = (
        f"POST /api/chat/conversations/{conversation}/turns HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nAuthorization: Bearer {secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answered(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    body = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 200") or b'"kind":"problem"' in body:
        raise RuntimeError(f"not answered: {head[:40]!r} {body[:400]!r}")


if __name__ == "__main__":
    told = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
    sys.stdout.buffer.write(msgspec.json.encode(told))
