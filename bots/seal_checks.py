"""What the seal of a stranger's file says. Runs in a printing process: the file may be anything, and made to harm whoever reads it."""

import io
import logging
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Literal

from bots.sealing import Seal

MOST_MEMORY: Final = 1_500_000_000  # of address space: a few bytes may unpack to anything
MOST_S: Final = 5.0  # of processor time; one of our papers takes a twentieth of a second

type SealState = Literal["ours", "foreign", "broken", "none", "unread"]
"""Unbroken and by the agency's certificate of today; unbroken and by another; not of the whole file as it is; there is none; no readable PDF."""


def look_at(content: bytes, seal: Seal | None) -> SealState:
    """Of the last seal in it. A file that takes too long ends the process."""
    state: SealState = "unread"
    with _bounded(), suppress(Exception):  # whatever is wrong in a stranger's file, it cannot be read
        state = _state(content, seal)
    return state


def _state(content: bytes, seal: Seal | None) -> SealState:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signatures = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    if not signatures:
        return "none"
    try:
        found = validate_pdf_signature(signatures[-1], ValidationContext(trust_roots=[], allow_fetching=False))
    except Exception:  # noqa: BLE001 - what was changed may be the signature itself
        return "broken"
    if not (found.intact and found.valid and found.coverage == SignatureCoverageLevel.ENTIRE_FILE):
        return "broken"
    return "ours" if seal and found.signing_cert.dump() == _certificate(seal) else "foreign"


def _certificate(seal: Seal) -> bytes:
    """By itself, not by whom it rests on: an authority vouches for others too."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from bots.seal_keys import read_seal

    return read_seal(seal.file, seal.password)[1][0].public_bytes(Encoding.DER)


@contextmanager
def _bounded() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))
    signal.setitimer(signal.ITIMER_PROF, MOST_S)  # unhandled, its signal ends the process
    logging.disable()  # pyHanko tells what it thinks of a certificate, in a stranger's words
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
