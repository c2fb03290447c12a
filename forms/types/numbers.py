"""Integers, decimals and amounts of money, in digits or words, with either language's separators."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from forms.types.base import Asked, Candidates, Choice, Doubt, Read, Reading, Wire
from forms.types.characters import clean_line, fold, is_han, openings, typed
from forms.types.ends import without_until
from forms.types.number_words import scale_of, words_to_number
from forms.types.showing import in_digits, money, plain_number, with_unit
from forms.types.vocabulary import vocabularies, vocabulary
from rules.currencies import currency
from rules.refusals import Reason, Refused

_HIGHEST = currency(None).most
_LONGEST = 60

_DIGITS = re.compile(r"([+\-−–]?)\s*(\d[\d.,' ’]*)")
_SQUARE = re.compile(r"(?<=[mм])\s*²", re.IGNORECASE)
_GROUP_SIGNS = "'’ "
_PERSIAN_DIGIT = re.compile("[٠-٩۰-۹]")
_SLASHED = re.compile(r"(\D*(\d+))/(\d{1,2})(\D*)")
_PARTS = frozenset((top, bottom) for digits in ("123456789", "۱۲۳۴۵۶۷۸۹") for top in digits[:3] for bottom in digits[1:4])
"""What may be a half or three quarters as well, and is asked."""
_WIRE = re.compile(r"-?\d{1,15}(\.\d{1,12})?")


@dataclass(frozen=True, slots=True)
class _Number:
    value: Decimal
    is_grouped: bool = False
    """Thousands separators stood in it."""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    own: _Number | None
    """Read by the conversation's language; `other` by the opposite separators, where that gives another number."""
    other: _Number | None = None


_SOLAR_BEHIND = 621
"""Years; the solar one begins in March."""
_ADULTS = "adults"
"""Who is asked how many they are names themselves: "io e mia moglie"."""
_YEAR = "year"
"""Years stand among the words of dates: "nel 1975", "1975 г."."""


class NumberType:
    """Any number; kept as a string with a dot."""

    name = "number"
    input = "decimal"
    decimals = 6

    def read_text(self, text: str, asked: Asked) -> Reading:
        found = _find(text, asked.language, _YEAR if _is_year(asked) else asked.unit)
        if isinstance(found, Refused):
            return found
        return self._choose(found, asked)

    def read_value(self, value: object, asked: Asked) -> Reading:
        if not isinstance(value, str):
            return Refused(Reason.WRONG_KIND)
        if not _WIRE.fullmatch(value):
            return Refused(Reason.NUMBER_UNKNOWN)
        return self._judged(Decimal(value), asked)

    def show(self, value: Wire, asked: Asked) -> str:
        return with_unit(plain_number(str(value), asked.language), asked.unit, asked.language)

    def _choose(self, found: _Found, asked: Asked) -> Reading:
        # "150,000" in Italian has three decimals, which no amount has: then the other convention is the likelier one
        is_own = found.own is not None and found.own.decimals <= max(self._decimals(asked), 2)
        own = self._judged(found.own.value, asked) if found.own and is_own else Refused(Reason.NUMBER_UNKNOWN)
        if isinstance(own, Read) or found.other is None:
            return own
        other = self._judged(found.other.value, asked)
        if not isinstance(other, Read):
            return own if is_own else other
        if found.own is None and not found.other.is_grouped:
            return other  # "12.50" in Italian: nothing else it could be
        return Doubt(other.value, Reason.NUMBER_AMBIGUOUS, {"guess": self.show(other.value, asked)})

    def _judged(self, number: Decimal, asked: Asked) -> Reading:
        least, most = _bound(asked.min, Decimal(0)), _bound(asked.max, self._most(asked))
        if number < least:
            return Refused(Reason.TOO_SMALL, min=self.show(self._kept(least), asked))
        if number > most:
            return Refused(Reason.TOO_LARGE, max=self.show(self._kept(most), asked))
        decimals = self._decimals(asked)
        if number != round(number, decimals):
            return Refused(Reason.NUMBER_UNKNOWN if decimals else Reason.NUMBER_WHOLE)
        return Read(self._kept(number))

    def _decimals(self, asked: Asked) -> int:  # noqa: ARG002 - of money they hang on the currency
        return self.decimals

    def _most(self, asked: Asked) -> Decimal:  # noqa: ARG002
        return _HIGHEST

    def _kept(self, number: Decimal) -> Wire:
        kept = f"{number:f}"
        return (kept.rstrip("0").rstrip(".") if "." in kept else kept) or "0"


class MoneyType(NumberType):
    """An amount in `asked.unit` (the agency's currency); kept with two decimals, "125000.00"."""

    name = "money"

    def read_text(self, text: str, asked: Asked) -> Reading:
        """A number without its unit, where people count in two, may be of either: which one is asked."""
        if currency(asked.unit).counted_in is None:
            return super().read_text(text, asked)
        readings = [self._choose(found, asked) for found in _in_its_units(text, asked)]
        values = [str(reading.value) for reading in readings if isinstance(reading, (Read, Doubt))]
        if len(readings) > 1 and len(values) == 1:
            return Doubt(values[0], Reason.NUMBER_AMBIGUOUS, {"guess": self.show(values[0], asked)})
        if len(readings) > 1 and values:
            return Candidates(Reason.UNIT_AMBIGUOUS, tuple(Choice(value, self.show(value, asked)) for value in values))
        return readings[0] if readings else Refused(Reason.NUMBER_UNKNOWN)

    def _decimals(self, asked: Asked) -> int:
        return currency(asked.unit).decimals

    def _most(self, asked: Asked) -> Decimal:
        return currency(asked.unit).most

    def show(self, value: Wire, asked: Asked) -> str:
        return money(str(value), asked.unit or "EUR", asked.language)

    def _kept(self, number: Decimal) -> Wire:
        return f"{number:.2f}"


class IntegerType(NumberType):
    name = "integer"
    input = "numeric"
    decimals = 0

    def read_text(self, text: str, asked: Asked) -> Reading:
        if asked.name == _ADULTS and (people := _people(asked.language).get(fold(text))) is not None:
            return self._judged(Decimal(people), asked)
        if not _is_year(asked):
            return super().read_text(text, asked)
        rest = without_until(text, asked.language)
        reading = self._of_calendar(super().read_text(_ordinal(asked.language).sub("", rest), asked), asked)
        if rest == text or not isinstance(reading, Read):
            return reading
        return Doubt(reading.value, Reason.NUMBER_AMBIGUOUS, {"guess": self.show(reading.value, asked)})

    def _of_calendar(self, reading: Reading, asked: Asked) -> Reading:
        """A year of the people's own calendar as one of the common."""
        year = reading.value if isinstance(reading, Read) and isinstance(reading.value, int) else 0
        if not vocabulary(asked.language).dates.is_solar(year):
            return reading
        common = self._judged(Decimal(year + _SOLAR_BEHIND), asked)
        if not isinstance(common, Read):
            return common
        return Doubt(common.value, Reason.NUMBER_AMBIGUOUS, {"guess": self.show(common.value, asked)})

    def read_value(self, value: object, asked: Asked) -> Reading:
        if isinstance(value, bool) or not isinstance(value, int):
            return Refused(Reason.WRONG_KIND)
        if abs(value) > _HIGHEST:
            return Refused(Reason.TOO_LARGE, max=self.show(int(_bound(asked.max, _HIGHEST)), asked))
        return self._judged(Decimal(value), asked)

    def show(self, value: Wire, asked: Asked) -> str:
        if _is_year(asked):
            return in_digits(str(value), asked.language)
        return with_unit(plain_number(str(value), asked.language), asked.unit, asked.language)

    def _kept(self, number: Decimal) -> Wire:
        return int(number)


def number_among(text: str, asked: Asked) -> Doubt | None:
    """The one number beside other words, "boh, 80", "80 mq e un garage di 15", or none for a "no, never": to be asked about.

    None where there is no number, or several and not one with its unit; nor of grown-ups, beside whom children are counted."""
    told = typed(text)
    if asked.type not in _COUNTING or asked.name == _ADULTS or isinstance(told, Refused) or len(told) > _LONGEST or _NEGATIVE.search(told):
        return None
    numbers = _NUMBERS.findall(told)
    if not numbers:
        numbers = [word for word in fold(told).split() if (words_to_number(word, asked.language) or 0) > 1]
    if not numbers and asked.type == "integer" and asked.min == 0 and _denies(told, asked.language):
        numbers = ["0"]
    if len(numbers) > 1:
        numbers = [number for number in numbers if _has_unit(told, number, asked)]
    return _asked_about(numbers[0], told, asked) if len(numbers) == 1 else None


def _asked_about(number: str, told: str, asked: Asked) -> Doubt | None:
    kind = _KINDS[asked.type]
    is_short_year = (
        _is_year(asked)
        and told.endswith(number)
        and (value := number_in(number, asked.language)) is not None
        and _DECADE <= value < _CENTURY
    )
    reading = kind.read_text(_full_year(number, asked) if is_short_year else number, asked)
    return Doubt(reading.value, Reason.NUMBER_AMBIGUOUS, {"guess": kind.show(reading.value, asked)}) if isinstance(reading, Read) else None


def _full_year(number: str, asked: Asked) -> str:
    """ "del 75", "anni settanta": the last year that ended so."""
    year = int(number_in(number, asked.language) or 0)
    century = asked.today.year // _CENTURY * _CENTURY
    return str(century + year if century + year <= asked.today.year else century - _CENTURY + year)


def _has_unit(told: str, number: str, asked: Asked) -> bool:
    after = told.partition(number)[2].lstrip()
    return bool(asked.unit) and after.startswith(_units(asked.unit, asked.language)[1])


def _denies(told: str, language: str) -> bool:
    return told in _signs_of_no(language) or f"{fold(told)} ".startswith(_denials(language))


@cache
def _denials(language: str) -> tuple[str, ...]:
    return openings(word for known in vocabularies(language) for word in (*known.answers.no, *known.lists.none, *known.lists.negating))


@cache
def _signs_of_no(language: str) -> frozenset[str]:
    return frozenset(word for known in vocabularies(language) for word in known.answers.no if not fold(word))


_CENTURY = 100
_DECADE = 10
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATIVE = re.compile(r"[-−–]\s*\d")


def number_in(text: str, language: str, unit: str | None = None) -> Decimal | None:
    """The number that the whole text is, by the language's own separators; None where it is none or more than that."""
    found = _find(text, language, unit)
    return None if isinstance(found, Refused) or found.own is None else found.own.value


@cache
def _ordinal(language: str) -> re.Pattern[str]:
    """The ending of a year that is counted: 1975-й."""
    endings = {re.escape(ending) for known in vocabularies(language) for ending in known.dates.ordinal_endings if ending[0].isalpha()}
    return re.compile(rf"(?<=\d\d\d\d)[-‑–](?:{'|'.join(sorted(endings, key=len, reverse=True))})\b", re.IGNORECASE)


@cache
def _people(language: str) -> dict[str, int]:
    """The conversation's own language last, so that it wins."""
    return {fold(words): count for known in reversed(vocabularies(language)) for words, count in known.numbers.people.items()}


def _is_year(asked: Asked) -> bool:
    """Years are shown without thousands separators: told by unit or name, or by bounds that no area has."""
    if asked.unit == _YEAR or asked.name.startswith("year"):
        return True
    return isinstance(asked.min, int) and asked.min >= 1000 and isinstance(asked.max, int) and asked.max <= asked.today.year + 100


def _bound(bound: Wire | None, otherwise: Decimal) -> Decimal:
    if isinstance(bound, (int, str)) and _WIRE.fullmatch(str(int(bound) if isinstance(bound, bool) else bound)):
        return Decimal(bound)
    return otherwise


def _find(text: str, language: str, unit: str | None) -> _Found | Refused:
    line = clean_line(text)
    if isinstance(line, Refused):
        return line
    bare = _SQUARE.sub("2", line)
    if len(bare) > _LONGEST or any(unicodedata.category(sign) == "No" for sign in bare):
        return Refused(Reason.NUMBER_UNKNOWN)  # superscripts, fractions and circled digits turn into other numbers under NFKC
    told = typed(_persian_signs(bare, language))
    if isinstance(told, Refused):
        return told
    return _find_in(told, language) or _find_in(_without_units(told, unit, language), language) or Refused(Reason.NUMBER_UNKNOWN)


def _persian_signs(line: str, language: str) -> str:
    own = vocabulary(language).numbers
    line = line.replace("٬", "").replace("٫", own.decimal)
    slashed = _SLASHED.fullmatch(line) if own.slash or _PERSIAN_DIGIT.search(line) else None
    is_half = slashed is not None and (slashed[2], slashed[3]) in _PARTS
    return f"{slashed[1]}{own.decimal}{slashed[3]}{slashed[4]}" if slashed and not is_half else line


def _find_in(told: str, language: str) -> _Found | None:
    digits = _DIGITS.match(told)
    if digits is None:
        number = words_to_number(told, language)
        return None if number is None else _Found(_Number(Decimal(number)))
    sign = -1 if digits[1] in {"-", "−", "–"} else 1
    rest = told[digits.end() :].strip()
    scale = scale_of(rest, language) if rest else 1
    if scale is None:
        number = words_to_number(told, language)  # 3万5千
        return None if number is None else _Found(_Number(Decimal(number)))
    found = _by_separators(digits[2].strip(), language)
    return None if found is None else _Found(_times(found.own, sign * scale), _times(found.other, sign * scale))


def _in_its_units(text: str, asked: Asked) -> list[_Found]:
    """What was said, in the currency: once where the unit was said, in both where it was not."""
    known = currency(asked.unit)
    bare, own, counted = (_find(text, asked.language, unit) for unit in (None, asked.unit, known.counted_in))
    if isinstance(bare, _Found):
        return [bare, _all_times(bare, known.rate)]
    if isinstance(own, _Found):
        return [own]
    return [_all_times(counted, known.rate)] if isinstance(counted, _Found) else []


def _all_times(found: _Found, factor: int) -> _Found:
    return _Found(_times(found.own, factor), _times(found.other, factor))


def _times(number: _Number | None, factor: int) -> _Number | None:
    return None if number is None else replace(number, value=number.value * factor, decimals=number.decimals if factor in {1, -1} else 0)


def _by_separators(digits: str, language: str) -> _Found | None:
    decimal = vocabulary(language).numbers.decimal
    own = _by_convention(digits, decimal)
    other = _by_convention(digits, "." if decimal == "," else ",")
    if own is None and other is None:
        return None
    return _Found(own, None if other == own else other)


@cache
def _convention(decimal: str) -> re.Pattern[str]:
    group = rf"[{re.escape('.' if decimal == ',' else ',')}{_GROUP_SIGNS}]"
    return re.compile(
        rf"(?P<whole>\d{{1,15}}|\d{{1,3}}(?:(?P<group>{group})\d{{3}})(?:(?P=group)\d{{3}})*)(?:{re.escape(decimal)}(?P<part>\d{{1,12}}))?"
    )


def _by_convention(digits: str, decimal: str) -> _Number | None:
    match = _convention(decimal).fullmatch(digits)
    if match is None:
        return _too_long(digits)
    whole = re.sub(r"\D", "", match["whole"])
    part = match["part"] or ""
    return _Number(Decimal(f"{whole}.{part or 0}"), match["group"] is not None, len(part))


def _too_long(digits: str) -> _Number | None:
    """More digits than any amount has: a number, so that the refusal can say that it is too large."""
    return _Number(_HIGHEST * 1000) if digits.isdecimal() else None


@cache
def _units(unit: str | None, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that may stand before and after the number, longest first."""
    before: set[str] = set()
    after: set[str] = set()
    for known in vocabularies(language):
        names: Sequence[str] = known.numbers.units.get(unit or "", ())
        names = known.dates.fillers if unit == _YEAR else names
        before.update(known.numbers.approximate, names)
        after.update(names, known.numbers.counted if unit is None else (), (word for word in known.numbers.approximate if word.isalpha()))
    return (tuple(sorted(before, key=len, reverse=True)), tuple(sorted(after, key=len, reverse=True)))


def _without_units(told: str, unit: str | None, language: str) -> str:
    before, after = _units(unit, language)
    told = told.rstrip(".!")
    told = _strip_all(told, before, at_end=False)
    return _strip_all(told, after, at_end=True)


def _strip_all(told: str, words: tuple[str, ...], *, at_end: bool) -> str:
    for _ in range(3):
        bare = _strip_one(told, words, at_end=at_end)
        if bare == told:
            break
        told = bare
    return told


def _strip_one(told: str, words: tuple[str, ...], *, at_end: bool) -> str:
    if not (told.endswith(words) if at_end else told.startswith(words)):
        return told
    for word in words:
        if at_end and told.endswith(word):
            rest = told[: -len(word)]
            if rest and (rest[-1] in " \t" or not rest[-1].isalpha() or not word[0].isalpha() or is_han(word[0])):
                return rest.strip()
        elif not at_end and told.startswith(word):
            rest = told[len(word) :]
            if rest and (rest[0] == " " or not rest[0].isalpha() or not word[-1].isalpha() or is_han(word[-1])):
                return rest.strip()
    return told


_KINDS: dict[str, NumberType] = {kind.name: kind for kind in (NumberType(), IntegerType(), MoneyType())}
_COUNTING = frozenset(_KINDS)
