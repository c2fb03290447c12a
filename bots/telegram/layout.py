"""Text as Telegram takes it: paragraphs with a little emphasis, escaped, in messages of at most 4096 units."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

MOST = 4096
"""UTF-16 units of one message, after its tags are read."""

type Style = Literal["", "b", "i"]


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = ""

    @property
    def html(self) -> str:
        inner = escape(self.text, quote=False)
        return f"<{self.style}>{inner}</{self.style}>" if self.style and inner.strip() else inner


type Line = tuple[Span, ...]
type Paragraph = tuple[Line, ...]


def plain(text: str, style: Style = "") -> list[Paragraph]:
    """A text's paragraphs, its line breaks kept."""
    return [tuple((Span(line, style),) for line in part.split("\n")) for part in text.split("\n\n") if part.strip()]


def paper(text: str) -> list[Paragraph]:
    """A module's text: `## ` begins a heading, `- ` an item."""
    return [tuple(_of_paper(line) for line in part.split("\n")) for part in text.split("\n\n") if part.strip()]


def _of_paper(line: str) -> Line:
    if line.startswith("## "):
        return (Span(line.removeprefix("## "), "b"),)
    return (Span(f"• {line.removeprefix('- ')}" if line.startswith("- ") else line),)


def messages(paragraphs: Iterable[Paragraph]) -> list[str]:
    """As HTML: a new message begins with a paragraph where it can, with a line or a word where one alone is too long."""
    made: list[str] = []
    html, length = "", 0
    for gap, size, part in _parts(paragraphs):
        if html and length + len(gap) + size > MOST:
            made.append(html)
            html, length = "", 0
        html, length = (html + gap + part, length + len(gap) + size) if html else (part, size)
    return [*made, html] if html.strip() else made


def _parts(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[str, int, str]]:
    """What stands before it, how long it is, and its HTML."""
    for paragraph in paragraphs:
        size = sum(units(span.text) for line in paragraph for span in line) + len(paragraph) - 1
        if size <= MOST:
            yield "\n\n", size, "\n".join(_html(line) for line in paragraph)
            continue
        for at, line in enumerate(paragraph):
            gap = "\n" if at else "\n\n"
            for piece in _pieces(line):
                yield gap, sum(units(span.text) for span in piece), _html(piece)
                gap = ""


def _pieces(line: Line) -> Iterator[Line]:
    for span in line:
        rest = span.text
        while units(rest) > MOST:
            cut = _cut(rest)
            yield (Span(rest[:cut], span.style),)
            rest = rest[cut:].lstrip()
        yield (Span(rest, span.style),)


def _cut(text: str) -> int:
    """Where the first piece ends: after a word, or in the middle of what has none."""
    most = MOST
    while units(text[:most]) > MOST:
        most -= (units(text[:most]) - MOST + 1) // 2
    blank = text.rfind(" ", most // 2, most)
    return blank if blank > 0 else most


def _html(line: Line) -> str:
    return "".join(span.html for span in line)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
