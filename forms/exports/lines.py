"""Content lines, as vCard (RFC 6350, 2426) and iCalendar (RFC 5545) write them: text escaped, long lines folded."""

import re

from forms.exports.cells import escape

_WIDTH = 75  # octets of a line, its break not counted (RFC 6350 3.2, RFC 5545 3.1)
_SPECIAL = re.compile(r"[\\;,]")
_BREAK = re.compile(r"\r\n|\r|\n")


def as_text(value: str) -> str:
    """A value whose commas and semicolons part nothing and whose breaks end no line. Other control characters show as `\\u{1b}`."""
    return _BREAK.sub(r"\\n", _SPECIAL.sub(r"\\\g<0>", _readable(value)))


def as_list(values: tuple[str, ...]) -> str:
    return ",".join(map(as_text, values))


def as_parts(*values: str) -> str:
    """A structured value: parts by semicolons."""
    return ";".join(map(as_text, values))


def line(name: str, value: str) -> bytes:
    """`name` with its parameters is ours; `value` is escaped as its kind asks. No character is cut in two."""
    left = f"{name}:{value}".encode()
    folded = bytearray()
    width = _WIDTH
    while len(left) > width:
        cut = width
        while left[cut] & 0xC0 == 0x80:  # within a character of several octets
            cut -= 1
        folded += left[:cut] + b"\r\n "
        left, width = left[cut:], _WIDTH - 1  # the blank that a continued line begins with counts
    return bytes(folded + left + b"\r\n")


def _readable(value: str) -> str:
    return escape(value.replace("\t", " "))


def read_lines(text: str) -> dict[str, str]:
    """Values by the names of their properties as they stand in somebody's file, several of one name in one; not unescaped, to be shown only."""
    found: dict[str, str] = {}
    for unfolded in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        name, _, value = unfolded.partition(":")
        name = name.partition(";")[0].upper()
        if name not in {"BEGIN", "END", ""}:
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found
