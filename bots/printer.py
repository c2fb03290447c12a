"""A process that prints papers and composes mails: orders come in by standard input, what was made goes out by standard output.

It ends when its input closes, which also a kill -9 of its parent does: it is never an orphan. Without orders it ends after a while: it holds
some 80 MB, and starting again takes a second.
"""

import contextlib
import os
import signal
import sys
from select import select

import msgspec

from bots.mail import composed
from bots.orders import FAILED, MADE, Order, PaperOrder, SealOrder, receive, send
from storage.processes import look_seldom_for_garbage

NICENESS = 19  # the most there is: a customer who waits for an answer goes before a paper, and so does the job that waits for it
UNUSED = ("numpy", "cryptography")  # fpdf takes them where it finds them, for pictures and encryption: 20 MB


def made(block: bytes) -> bytes:
    """What was ordered, or the name of the error: what it says may hold what the customer typed."""
    try:
        return MADE + _make(msgspec.json.decode(block, type=Order))
    except Exception as error:  # noqa: BLE001 - reported to the parent, which raises
        return FAILED + type(error).__name__.encode()


def _make(order: Order) -> bytes:
    match order:
        case PaperOrder():
            return _printed(order)
        case SealOrder():
            return _looked_at(order)
        case _:
            return composed(order)


def _printed(order: PaperOrder) -> bytes:
    from forms.papers.printing import print_paper

    content = print_paper(order.paper)
    if order.seal is None:
        return content
    _take_back("cryptography")
    from bots.sealing import sealed

    return sealed(content, order.seal)


def _looked_at(order: SealOrder) -> bytes:
    _take_back("cryptography")
    from bots.seal_checks import look_at

    return look_at(order.content, order.seal).encode()


def _take_back(name: str) -> None:
    """It is used after all."""
    if name in sys.modules and sys.modules[name] is None:
        del sys.modules[name]


def main(idle_s: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    os.nice(NICENESS)
    look_seldom_for_garbage()
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]  # None: there is no such module
    with contextlib.suppress(BrokenPipeError):  # the parent died meanwhile
        while select([sys.stdin], (), (), float(idle_s))[0] and (block := receive(sys.stdin.buffer)):
            send(sys.stdout.buffer, made(block))


if __name__ == "__main__":
    main(*sys.argv[1:])
