"""Numbers written in words: "centoventimila", "one hundred and fifty", "100 mila" by each language's table of words."""

from dataclasses import dataclass
from functools import cache

from forms.types.vocabulary import vocabularies

_LONGEST = 80
_HIGHEST = 10**13


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    value: int
    kind: str  # small multiplier scale filler


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
    if len(text) > _LONGEST or (len(text) < 2 and text.isascii()):
        return None  # "a" and "k" mean a number only beside another one
    for which in range(len(vocabularies(language))):
        number = _evaluate(_split(text, _words(language, which)))
        if number is not None:
            return number
    return None


def scale_of(text: str, language: str) -> int | None:
    """1000 for "mila", "k", "thousand": what may follow digits."""
    for known in vocabularies(language):
        if text in known.numbers.scales:
            return known.numbers.scales[text]
    return None


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
        for word in words.get(text[start], ()):
            if text.startswith(word.text, start):
                rest = after(start + len(word.text))
                if rest is not None:
                    return (word, *rest)
        failed.add(start)
        return None

    return after(0) or ()


def _evaluate(row: tuple[_Word, ...]) -> int | None:
    meant = [word for word in row if word.kind != "filler"]
    if not meant or row[0].kind == "filler" or row[-1].kind == "filler":
        return None
    total = section = unit = 0
    last_scale = _HIGHEST
    for word in meant:
        if word.kind == "small":
            if not _adds_to(unit, word.value):
                return None
            unit += word.value
        elif word.kind == "multiplier":
            section, unit = section + (unit or 1) * word.value, 0
        else:
            if word.value >= last_scale:
                return None
            total, section, unit, last_scale = total + (section + unit or 1) * word.value, 0, 0, word.value
    return total + section + unit


def _adds_to(unit: int, value: int) -> bool:
    """20 takes 3 but not 12, and 3 takes nothing: "venti dodici" is no number."""
    if unit == 0:
        return True
    if value == 0:
        return False
    power: int = 10 ** (len(str(unit)) - len(str(unit).rstrip("0")))
    return value < power and power > 1
