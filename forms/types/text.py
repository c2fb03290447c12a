"""Words as they are written: text, multiline, name; and computed answers, which are only shown."""

import unicodedata

from forms.types.base import Asked, Read, Reading, Wire
from forms.types.characters import clean_line, clean_lines, is_zalgo
from forms.types.showing import money, plain_number
from rules.refusals import Reason, Refused

_TEXT_LENGTH = 200
_MULTILINE_LENGTH = 2_000
_NAME_LENGTH = 100
_PICTURES = "\u2190"
"""From here on Unicode's "other symbols" are arrows, signs and emoji; before it stand ©, ® and °, which firms use."""


class Typed:
    """A type whose structured answer is a string, read as if it had been typed."""

    def read_text(self, text: str, asked: Asked) -> Reading:
        raise NotImplementedError

    def read_value(self, value: object, asked: Asked) -> Reading:
        return self.read_text(value, asked) if isinstance(value, str) else Refused(Reason.WRONG_KIND)

    def show(self, value: Wire, asked: Asked) -> str:  # noqa: ARG002 - the protocol's shape
        return str(value)


class TextType(Typed):
    name = "text"
    input = "text"

    def read_text(self, text: str, asked: Asked) -> Reading:
        return _fitting(clean_line(text), asked, _TEXT_LENGTH)


class MultilineType(Typed):
    name = "multiline"
    input = "textarea"

    def read_text(self, text: str, asked: Asked) -> Reading:
        return _fitting(clean_lines(text), asked, _MULTILINE_LENGTH)


class NameType(Typed):
    """A person's or firm's name, kept to the letter (NFC); only its compatible form is judged."""

    name = "name"
    input = "text"

    def read_text(self, text: str, asked: Asked) -> Reading:
        reading = _fitting(clean_line(text), asked, _NAME_LENGTH)
        if isinstance(reading, Read) and not _looks_like_name(str(reading.value)):
            return Refused(Reason.NOT_A_NAME)
        return reading


class ComputedType:
    """Never asked; shown by the kind of its value."""

    name = "computed"
    input = "none"

    def read_text(self, text: str, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        return Refused(Reason.NOT_UNDERSTOOD)

    def read_value(self, value: object, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        return Refused(Reason.NOT_UNDERSTOOD)

    def show(self, value: Wire, asked: Asked) -> str:
        for choice in asked.choices:
            if choice.value == str(value):
                return choice.label
        if asked.unit == "EUR":
            return money(str(value), "EUR", asked.language) or str(value)
        return plain_number(str(value), asked.language) if asked.unit else str(value)


def _fitting(cleaned: str | Refused, asked: Asked, usual: int) -> Reading:
    if isinstance(cleaned, Refused):
        return cleaned
    most = asked.max_length or usual
    if len(cleaned) > most:
        return Refused(Reason.TOO_LONG, max_length=most)
    return Refused(Reason.UNREADABLE_CHARACTERS) if is_zalgo(cleaned) else Read(cleaned)


def _looks_like_name(name: str) -> bool:
    """At least one letter or digit and no pictures: emoji are no name, `O'Neill <x>` may be somebody's trade name."""
    signs = [(sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFKC", name)]
    has_picture = any(kind == "So" and sign >= _PICTURES for sign, kind in signs)
    return not has_picture and any(kind[0] in "LN" for _, kind in signs)
