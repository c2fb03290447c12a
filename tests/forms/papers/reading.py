"""Reads papers back as a mail program's reader would."""

import re

import pypdfium2


def pages(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as paper:
        return [page.get_textpage().get_text_bounded() for page in paper]


def squeezed(text: str) -> str:
    """Without white space: lines may be broken anywhere in a long word."""
    return re.sub(r"\s+", "", text)


def all_text(content: bytes) -> str:
    return squeezed("".join(pages(content)))
