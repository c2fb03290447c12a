"""Words as they are written: text, multiline, name; and computed answers, which are only shown."""

import re
import unicodedata
from functools import cache

from forms.types.base import Asked, Doubt, Read, Reading, Wire
from forms.types.characters import ALIKE, asks, clean_line, clean_lines, fold, is_han, is_latin, is_zalgo, openings
from forms.types.showing import money, plain_number
from forms.types.vocabulary import vocabularies
from rules.refusals import Reason, Refused

_TEXT_LENGTH = 200
_MULTILINE_LENGTH = 2_000
_NAME_LENGTH = 100
_OF_PEOPLE = ("family_name", "given_name", "owner_name", "own_name")
"""A firm may be called "Ciao" or "Sono S.r.l."."""
_IN_LATIN = ("family_name", "given_name")
"""As on the document; a name in one's own letters has a question of its own."""
_NUMBER = re.compile(r"[\d\s.,/+()–-]+")
_MOST_WORDS = 5
_PARTICLES = frozenset(
    {
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "la",
        "las",
        "los",
        "le",
        "el",
        "al",
        "e",
        "y",
        "van",
        "von",
        "der",
        "den",
        "bin",
        "ibn",
        "ben",
    }
)
"""Of names, which are long with them: "María del Carmen de la Torre y García"."""
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
    """A person's or firm's name, kept to the letter (NFC); only its compatible form is judged. "Mi chiamo" is no part of a person's."""

    name = "name"
    input = "text"

    def read_text(self, text: str, asked: Asked) -> Reading:
        reading = _fitting(clean_line(text), asked, _NAME_LENGTH)
        if not isinstance(reading, Read):
            return reading
        name = str(reading.value)
        if not _looks_like_name(name):
            return Refused(Reason.NOT_A_NAME)
        return _of_person(name, asked) if names_person(asked) else reading


def names_person(asked: Asked) -> bool:
    """Whether the answer is somebody's name; a firm may be called in any words."""
    return asked.type == "name" and asked.name.endswith(_OF_PEOPLE)


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


def _of_person(said: str, asked: Asked) -> Reading:
    """The name alone; what is hardly one is asked about, since somebody may be called so. An address or a number is none."""
    if "@" in said or _NUMBER.fullmatch(said):
        return Refused(Reason.NOT_A_NAME)
    replies, asking = _no_names(asked.language)
    if fold(said) in replies or fold(said).startswith(asking):
        return Doubt(said, Reason.NAME_UNLIKELY, {"guess": said})
    found = _around_name(asked.language).fullmatch(said.translate(ALIKE))  # sign for sign, so that the places are those of what was said
    name = said[found.start("name") : found.end("name")] if found is not None else said
    if _is_unlikely(name):
        return Doubt(name, Reason.NAME_UNLIKELY, {"guess": name})
    if asked.name.endswith(_IN_LATIN) and not is_latin(name):
        return Doubt(name, Reason.NAME_NOT_LATIN, {"guess": name})
    return Read(name)


def _is_unlikely(name: str) -> bool:
    """A digit, a question mark, a sign of anything but names, or a whole sentence."""
    words = name.casefold().split()
    is_long = len(words) > _MOST_WORDS and sum(word not in _PARTICLES for word in words) > _MOST_WORDS
    return is_long or asks(name) or any(sign.isdigit() or sign in _OF_NO_NAME for sign in name)


_OF_NO_NAME = frozenset("<>[]{}*_#&=|\\^~+%$€£")
"""Left over from somebody's formatting, or from a firm's name."""


@cache
def _around_name(language: str) -> re.Pattern[str]:
    known = vocabularies(language)
    leads = sorted({lead for each in known for lead in each.names.leads}, key=len, reverse=True)
    first = "|".join(re.escape(lead) + (r"[\s:：]*" if is_han(lead[-1]) else r"[\s:,،–—-]+") for lead in leads)
    last = "|".join(re.escape(end) for each in known for end in each.names.ends)
    return re.compile(rf"(?:{first})(?P<name>\S.*?)(?:\s+(?:{last}))?[.!。！]?", re.IGNORECASE)


@cache
def _no_names(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Greetings and bare replies, and how what is no name begins."""
    known = vocabularies(language)
    said = (words for each in known for words in (*each.names.greetings, *each.answers.yes, *each.answers.vague, *each.answers.no))
    return frozenset(map(fold, said)) - {""}, openings(words for each in known for words in each.names.asking)
