"""Identifiers covered: an answer's by its question, in free text those that are known and those that their own check digits tell."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache

from forms.catalogue import Catalogue
from forms.flow import Step
from forms.types import IDENTIFIERS, TYPES
from forms.types.base import Asked, Read
from forms.types.characters import compatible
from forms.types.identifiers import IBAN_SHAPE
from forms.types.tax_codes import TAX_CODE_SHAPE

SHOWN_END = 4  # characters of a long code that tell its owner which one it is
DOTS = "····"
LEAST = 4  # signs of the shortest number of a document: less would cover the years and prices of every sentence
_DAY = date(2099, 12, 31)  # a code tells no century: whoever was born on a day of it can have one
SHORTEST = 15  # signs of the shortest of them, a Norwegian IBAN
_ISOLATED = "\u2066{}\u2069"  # dots and end keep their order in a sentence from the right
_SHAPES = {"it_tax_code": re.compile(f"(?=({TAX_CODE_SHAPE.pattern}))"), "iban": re.compile(f"(?=({IBAN_SHAPE.pattern}))")}
"""Those that no other word or number looks like. Ten or eleven digits can be a telephone as well: they are covered where they are known."""

type Span = tuple[int, int]


def is_private(step: Step) -> bool:
    """By which somebody could pass for the customer or draw on their account: sensitive, a personal identifier, the number of a document."""
    question = step.question
    if question is None:
        return False
    return question.sensitive or question.type in IDENTIFIERS - {"it_vat"} or question.name.endswith("document_number")


def is_private_at(catalogue: Catalogue, path: str) -> bool:
    """Of the question in any version that was ever asked here; False for a path of no form."""
    form = path.partition(".")[0]
    editions = [edition for (name, _), edition in catalogue.frozen.items() if name == form]
    editions += [catalogue.editions[form]] if form in catalogue.editions else []
    return any(is_private(each.form.step(path)) for each in editions if path in each.form.steps())


def covered(value: str) -> str:
    """Of a long code its end; of anything else nothing."""
    code = "".join(value.split())
    return f"{DOTS} {code[-SHOWN_END:]}" if len(code) > 2 * SHOWN_END else ""


def by_its_end(value: str) -> str:
    """Of a long code dots and its end, of anything else the dots."""
    return _ISOLATED.format(covered(value) or DOTS)


def as_number(value: object) -> str | None:
    """The value as it is looked for in a text, where it is a number that somebody issued and not a word."""
    signs = _signs(value)[0] if isinstance(value, str) else ""
    return signs if len(signs) >= LEAST and any(sign.isdigit() for sign in signs) else None


def cover_text(text: str, known: Collection[str] = ()) -> str:
    """The text with every other word as it is. `known`: from `as_number`, found however they are spaced, in digits of any script."""
    signs, places = _signs(text)
    whole = (span for span in _found(signs, known) if _is_whole(text, places, span))
    told, at = [], 0
    for start, end in _joined(sorted((*whole, *_telling(text, signs, places)))):
        told += [text[at : places[start]], by_its_end(signs[start:end])]
        at = places[end - 1] + 1
    return "".join((*told, text[at:]))


def _signs(text: str) -> tuple[str, list[int]]:
    """Letters and digits alone, in capitals, and where in the text each stands."""
    found = [(each, at) for at, sign in enumerate(text) for each in _plain(sign)]
    return "".join(each for each, _ in found), [at for _, at in found]


@lru_cache(maxsize=4096)  # of single signs, never of what was written
def _plain(sign: str) -> str:
    return "".join(each for each in compatible(sign).upper() if each.isalnum())


def _found(signs: str, known: Collection[str]) -> Iterator[Span]:
    for code in known:
        yield from (each.span() for each in re.finditer(re.escape(code), signs))


def _telling(text: str, signs: str, places: list[int]) -> Iterator[Span]:
    for name, shape in _SHAPES.items():
        for each in shape.finditer(signs):
            start, longest = each.span(1)
            spans = ((start, end) for end in range(longest, start + SHORTEST - 1, -1))
            yield from (span for span in spans if _is_whole(text, places, span) and _holds(name, signs[slice(*span)]))


def _holds(name: str, code: str) -> bool:
    if name == "iban" and int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 != 1:
        return False  # said here in a microsecond, by the library in a hundred
    return isinstance(TYPES[name].read_text(code, Asked(name, name, "en", _DAY)), Read)


def _is_whole(text: str, places: list[int], span: Span) -> bool:
    """No part of a longer code. Chinese puts no blank before one, and no other letter is part of any."""
    before, after = places[span[0]] - 1, places[span[1] - 1] + 1
    beside = (text[before : before + 1] if before >= 0 else "", text[after : after + 1])
    return not any(each.isalnum() and each.isascii() for each in map(compatible, beside))


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Those that overlap as one."""
    if not spans:
        return
    start, end = spans[0]
    for each_start, each_end in spans[1:]:
        if each_start >= end:
            yield start, end
            start = each_start
        end = max(end, each_end)
    yield start, end
