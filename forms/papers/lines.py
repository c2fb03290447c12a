"""Breaking a text into lines by remembered widths: at spaces, between Chinese characters, and inside a word that is wider than a whole line."""

import re
from functools import lru_cache

from forms.papers.fonts import Cut
from forms.papers.scripts import HAN, OTHER, legible, line_width

KEPT = 20_000  # breakings remembered, some 10 MB: labels and the usual answers come again on every paper


@lru_cache(maxsize=KEPT)
def broken(text: str, font: Cut, size: float, width: float) -> tuple[str, ...]:
    """The lines of `text`, each at most `width` points wide at `size`. An empty text is one empty line. No character is lost but
    the spaces at which a line was broken."""
    limit = width * 1000 / size
    lines: list[str] = []
    for paragraph in text.replace("\t", " ").splitlines() or [""]:
        lines += _broken_paragraph(legible(paragraph, font), font, limit)
    return tuple(lines)


def _broken_paragraph(text: str, font: Cut, limit: float) -> list[str]:
    if OTHER.search(text):
        return _broken_pieces(text, font, limit)
    if font.width(text) <= limit:
        return [text]
    lines: list[str] = []
    line, used, space = "", 0, font.width(" ")
    for word in text.split(" "):
        wide = font.width(word)
        if line and used + space + wide <= limit:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        *full, line = _cut_word(word, font, limit) if wide > limit else [word]
        lines += full
        used = font.width(line) if full else wide
    return [*lines, line]


_OPENING = "（《〈「『【〔“‘"
_CLOSING = "、。，．：；！？）》〉」』】〕”’…—"
_PIECES = re.compile(f" |[{_OPENING}]*(?:{HAN.pattern}|(?:(?!{HAN.pattern})[^ {_OPENING}{_CLOSING}])+)?[{_CLOSING}]*")
"""Words, and single Chinese characters with the marks that may not be parted from them: none that closes begins a line, none that opens ends one."""


def _broken_pieces(text: str, font: Cut, limit: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for piece in filter(None, _PIECES.findall(text)):
        wide = line_width(piece, font)
        if used + wide <= limit or (piece == " " and line):
            line, used = line + piece, used + wide
            continue
        if line:
            lines.append(line.rstrip(" "))
        *full, line = _cut_word(piece, font, limit) if wide > limit else [piece]
        lines += full
        used = line_width(line, font)
    return [*lines, line.rstrip(" ")]


def _cut_word(word: str, font: Cut, limit: float) -> list[str]:
    """Pieces of a word that is wider than the line; a piece has at least one character."""
    pieces: list[str] = []
    piece, used = "", 0
    for character in word:
        wide = line_width(character, font)
        if piece and used + wide > limit:
            pieces.append(piece)
            piece, used = "", 0
        piece, used = piece + character, used + wide
    return [*pieces, piece]
