"""What a printing process is asked to make, and how orders and what was made go through its pipes: each after its length."""

from datetime import datetime
from typing import BinaryIO

import msgspec

from bots.mails.letters import House, Letter
from bots.sealing import Seal
from forms.papers.model import Paper

MADE, FAILED = b"\1", b"\0"
LENGTH_BYTES = 4


class Attachment(msgspec.Struct, frozen=True):
    name: str
    content: bytes


class PaperOrder(msgspec.Struct, frozen=True, tag="paper"):
    """A PDF, please."""

    paper: Paper
    seal: Seal | None = None


class MailOrder(msgspec.Struct, frozen=True, tag="mail"):
    """A message as RFC 5322 has it, please."""

    letter: Letter
    to: str
    message_id: str
    house: House
    at: datetime
    attachment: Attachment | None = None


class SealOrder(msgspec.Struct, frozen=True, tag="seal"):
    """What the seal of this file says, please."""

    content: bytes
    seal: Seal | None = None


type Order = PaperOrder | MailOrder | SealOrder


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
