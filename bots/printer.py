"""A process that prints: papers come in by standard input, PDFs go out by standard output, each after its length.

It ends when its input closes, which also a kill -9 of its parent does: it is never an orphan.
"""

import os
import signal
import sys
from typing import BinaryIO

import msgspec

from forms.papers.model import Paper
from forms.papers.printing import print_paper

PRINTED, FAILED = b"\1", b"\0"
LENGTH_BYTES = 4
NICENESS = 10  # a customer who waits for an answer goes before a paper


def receive(stream: BinaryIO) -> bytes | None:
    """The next block; None where the other side is gone."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = int.from_bytes(head)
    block = stream.read(length)
    return block if len(block) == length else None


def send(stream: BinaryIO, block: bytes) -> None:
    stream.write(len(block).to_bytes(LENGTH_BYTES) + block)
    stream.flush()


def printed(block: bytes) -> bytes:
    """The PDF, or the name of the error: what it says may hold what the customer typed."""
    try:
        return PRINTED + print_paper(msgspec.json.decode(block, type=Paper))
    except Exception as error:  # noqa: BLE001 - reported to the parent, which raises
        return FAILED + type(error).__name__.encode()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    os.nice(NICENESS)
    while block := receive(sys.stdin.buffer):
        send(sys.stdout.buffer, printed(block))


if __name__ == "__main__":
    main()
