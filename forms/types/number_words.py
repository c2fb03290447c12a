"""Numbers written in words: "centoventimila", "one hundred and fifty", "3万5千" by each language's table of words."""

import re
from dataclasses import dataclass
from functools import cache

from forms.types.characters import is_han
from forms.types.vocabulary import vocabularies

_LONGEST = 80
_HIGHEST = 10**13


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    value: int
    kind: str  # small multiplier scale filler digits


@cache
def _words(numbers_of: str, which: int) -> dict[str, tuple[_Word, ...]]:
    """All number words of one language by first letter, longest first."""
    numbers = vocabularies(numbers_of)[which].numbers
    words = [
        *(_Word(text, value, "small") for text, value in numbers.small.items()),
        *(_Word(text, value, "multiplier") for text, value in numbers.multipliers.items()),
        *(_Word(text, value, "scale") for text, value in numbers.scales.items()),
        *(_Word(text, 0, "filler") for text in numbers.fillers),
    ]
    by_letter: dict[str, list[_Word]] = {}
    for word in sorted(words, key=lambda each: -len(each.text)):
        by_letter.setdefault(word.text[0], []).append(word)
    return {letter: tuple(found) for letter, found in by_letter.items()}


def words_to_number(text: str, language: str) -> int | None:
    """The number that the words say in this or any other known language, None where they say none."""
    if len(text) > _LONGEST or (len(text) < 2 and not is_han(text)):
        return None  # "a" and "k" mean a number only beside another one
    if (own := _number(text, language, 0)) is not None:
        return own
    others = {_number(text, language, which) for which in range(1, len(vocabularies(language)))} - {None}
    return others.pop() if len(others) == 1 else None


def _number(text: str, language: str, which: int) -> int | None:
    """By the words of one language: in Spanish "once" is 11, in English it is not."""
    if vocabularies(language)[which].numbers.by_place and (point := _POINT.fullmatch(text)) is not None:
        return _with_point(point[1], point[2], point[3], language)
    row = _split(text, _words(language, which))
    if len(row) == len(text) == 1 and row[0].value >= _UNCOUNTED:
        return None

    return _evaluate(row, by_place=vocabularies(language)[which].numbers.by_place)


def _with_point(whole: str, part: str, scale: str, language: str) -> int | None:
    """一点五万 is 15,000; None where it comes to no whole number."""
    digits = [words_to_number(sign, language) if is_han(sign) else int(sign) for sign in part]
    before, times = words_to_number(whole, language) if is_han(whole[0]) else int(whole), scale_of(scale, language)
    if before is None or times is None or None in digits:
        return None
    more, left = divmod(times * int("".join(map(str, digits))), 10 ** len(digits))
    return before * times + more if left == 0 else None


_POINT = re.compile(r"([0-9]{1,7}|[零〇一二两三四五六七八九十百千]{1,7})点([0-9零〇一二三四五六七八九]{1,4})([万亿])")


def scale_of(text: str, language: str) -> int | None:
    """1000 for "mila", "k", "thousand": what may follow digits."""
    for known in vocabularies(language):
        if text in known.numbers.scales:
            return known.numbers.scales[text]
    return None


_UNCOUNTED = 100
"""From here on a sign alone is a unit without its number: 万."""
_DIGITS = re.compile(r"[0-9]{1,7}")


def _split(text: str, words: dict[str, tuple[_Word, ...]]) -> tuple[_Word, ...]:
    """The text as a row of number words, () where any part is none. Longest words first, stepping back where that fails."""
    failed: set[int] = set()

    def after(start: int) -> tuple[_Word, ...] | None:
        while start < len(text) and text[start] in " -":
            start += 1
        if start == len(text):
            return ()
        if start in failed:
            return None
        if digits := _DIGITS.match(text, start):
            rest = after(digits.end())
            return None if rest is None else (_Word(digits[0], int(digits[0]), "digits"), *rest)
        for word in words.get(text[start], ()):
            if text.startswith(word.text, start):
                rest = after(start + len(word.text))
                if rest is not None:
                    return (word, *rest)
        failed.add(start)
        return None

    return after(0) or ()


def _evaluate(row: tuple[_Word, ...], *, by_place: bool) -> int | None:
    if by_place and (placed := _by_place(row)) is not None:
        return placed
    meant = [word for word in row if word.kind != "filler"]
    if not meant or row[0].kind == "filler" or row[-1].kind == "filler":
        return None
    total = section = unit = 0
    last_scale, is_full = _HIGHEST, False
    for word in meant:
        if word.kind in {"small", "digits"}:
            if is_full or not (unit == 0 if word.kind == "digits" else _adds_to(unit, word.value)):
                return None
            unit, is_full = unit + word.value, word.kind == "digits"
        elif word.kind == "multiplier":
            section, unit, is_full = section + (unit or 1) * word.value, 0, False
        else:
            if word.value >= last_scale:
                return None
            total, section, unit, last_scale, is_full = total + (section + unit or 1) * word.value, 0, 0, word.value, False
    if section + unit >= last_scale or (is_full and total and len(row[-1].text) != len(str(last_scale)) - 1):
        return None  # "2k5" is what some write for 2,500, and "1 млн 500" for a million and a half
    return total + section + unit


def _by_place(row: tuple[_Word, ...]) -> int | None:
    """一九八〇 digit by digit; 三万五 as 35,000, 一百二 as 120: the last digit is of the next lower place, unless a zero stands before it."""
    digits = [word for word in row if word.kind in {"small", "digits"} and word.value < 10]
    if len(digits) == len(row) >= _LEAST_DIGITS:
        return int("".join(str(word.value) for word in row))
    *before, place, last = row if len(row) > 2 else (None, None, None)
    if place is None or last is None or last not in digits or last.value == 0 or place.value < _UNCOUNTED or not is_han(place.text):
        return None
    whole = _evaluate(tuple(word for word in (*before, place) if word is not None), by_place=False)
    return None if whole is None else whole + last.value * place.value // 10


_LEAST_DIGITS = 3
"""两三 is two or three, 三五 a few."""


def _adds_to(unit: int, value: int) -> bool:
    """20 takes 3 but not 12, and 3 takes nothing: "venti dodici" is no number."""
    if unit == 0:
        return True
    if value == 0:
        return False
    power: int = 10 ** (len(str(unit)) - len(str(unit).rstrip("0")))
    return value < power and power > 1
