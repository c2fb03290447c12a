"""Reads papers back as a mail program's reader would."""

import re
from io import BytesIO

from pypdf import PdfReader


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def squeezed(text: str) -> str:
    """Without white space: lines may be broken anywhere in a long word."""
    return re.sub(r"\s+", "", text)


def all_text(content: bytes) -> str:
    return squeezed("".join(pages(content)))
