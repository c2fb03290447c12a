"""Dates as people write them: digits in any order, month names of any language, words; ambiguous ones become candidates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from forms.types.base import Asked, Candidates, Choice, Doubt, Read, Reading, Wire
from forms.types.characters import typed
from forms.types.number_words import words_to_number
from forms.types.showing import day, day_of_year
from forms.types.text import Typed
from forms.types.vocabulary import vocabularies, vocabulary
from rules.refusals import Reason, Refused

OF_AGE = 18
OLDEST = 110
_LONGEST = 60
_BIRTH = "birth_date"
_CONTRACTING = ("birth_date", "representative_birth_date")
"""Who signs must be of age; who is merely insured need not be."""
_PAST = ("birth_date", "issued_on", "loss_date", "incorporated_on")
_FUTURE = ("expires_on", "starts_on", "valid_until")

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2}) ?([-/., ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d|['’]\d\d)")
_RUN_TOGETHER = re.compile(r"(\d\d)(\d\d)(\d{4})")
_WITHOUT_YEAR = re.compile(r"(\d{1,2})([-/.])(\d{1,2})")
_TOKENS = re.compile(r"\d+|[^\W\d_]+|[°ºª]")


@dataclass(frozen=True, slots=True)
class _Parts:
    """Day, month, year as written; year None where none was given."""

    day: int
    month: int
    year: str | None


class DateType(Typed):
    name = "date"
    input = "date"

    def read_text(self, text: str, asked: Asked) -> Reading:
        told = typed(text)
        if isinstance(told, Refused):
            return told
        if len(told) > _LONGEST:
            return Refused(Reason.DATE_UNKNOWN)
        relative = _relative(told.rstrip(".!"), asked)
        if relative is not None:
            return _judged(relative, asked)
        reading = _read_parts(told, asked)
        if isinstance(reading, Candidates):
            return Candidates(reading.reason, reading.choices, {**reading.facts, "text": told})
        return reading

    def show(self, value: Wire, asked: Asked) -> str:
        return day(str(value), asked.language)


def age_on(birth: date, today: date) -> int:
    """Whole years; who is born on 29 February has their birthday on 1 March in other years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _read_parts(told: str, asked: Asked) -> Reading:
    if match := _YEAR_FIRST.fullmatch(told):
        return _settled([_Parts(int(match[3]), int(match[2]), match[1])], asked)
    if match := _YEAR_LAST.fullmatch(told.rstrip(".")) or _RUN_TOGETHER.fullmatch(told):
        separator = match[2] if match.re is _YEAR_LAST else "."
        second, year = match[match.re.groups - 1], match[match.re.groups].strip("'’")
        return _by_order(int(match[1]), int(second), year, separator, asked)
    if match := _WITHOUT_YEAR.fullmatch(told):
        return _by_order(int(match[1]), int(match[3]), None, match[2], asked)
    parts = _named(told, asked.language)
    return Refused(Reason.DATE_UNKNOWN) if parts is None else _settled([parts], asked)


def _by_order(first: int, second: int, year: str | None, separator: str, asked: Asked) -> Reading:
    day_first, month_first = _Parts(first, second, year), _Parts(second, first, year)
    if second <= 12 and first != second and first <= 12:
        both = _settled([day_first, month_first], asked)
        if not _is_day_first(separator, asked.language) or (isinstance(both, Candidates) and _is_terse(first, second, year, separator)):
            return both
    if first > 12 or second <= 12:
        return _settled([day_first], asked)
    if second > 31:
        return Refused(Reason.DATE_IMPOSSIBLE)
    reading = _settled([month_first], asked)
    if isinstance(reading, Read) and _is_day_first(separator, asked.language):
        return Doubt(reading.value, Reason.DATE_AMBIGUOUS, {"guess": day(str(reading.value), asked.language)})
    return reading


def _is_terse(first: int, second: int, year: str | None, separator: str) -> bool:
    """3/4/80, with neither number above 9 and a year of two digits: too short to tell who wrote it, and asked in every language."""
    return separator == "/" and max(first, second) < 10 and year is not None and len(year) == 2


def _is_day_first(separator: str, language: str) -> bool:
    """Dots are only ever written by people who put the day first."""
    return separator == "." or vocabulary(language).dates.order == "day_first"


def _settled(readings: Iterable[_Parts], asked: Asked) -> Reading:
    """One reading of what may be several dates; those out of bounds drop out as long as one is within."""
    readings = tuple(readings)
    if (chosen := _chosen(readings, asked)) is not None:
        return Read(chosen)
    if readings[0].year is None and not _spans_a_year(asked):
        return Refused(Reason.DATE_NEEDS_YEAR)
    days = list(dict.fromkeys(found for parts in readings for found in sorted(_days(parts, asked))))
    if not days:
        return Refused(Reason.DATE_IMPOSSIBLE)
    judged = [_judged(each, asked) for each in days]
    fitting = [reading for reading in judged if isinstance(reading, Read)]
    if len(fitting) > 1:
        return _which([str(reading.value) for reading in fitting], asked)
    if fitting and len({each.year for each in days}) > 1 and readings[0].year is not None:
        return Doubt(fitting[0].value, Reason.DATE_AMBIGUOUS, {"guess": day(str(fitting[0].value), asked.language)})
    if fitting:
        return fitting[0]
    return judged[0] if len(judged) == 1 else _nearest_refusal(days, asked)


def _chosen(readings: tuple[_Parts, ...], asked: Asked) -> str | None:
    """Of the days that were offered, the one that a day and a month alone name: "il 3 aprile"."""
    named = {(parts.day, parts.month) for parts in readings if parts.year is None}
    found = [choice.value for choice in asked.choices if (each := _iso(choice.value)) and (each.day, each.month) in named]
    return found[0] if len(found) == 1 else None


def _nearest_refusal(days: list[date], asked: Asked) -> Reading:
    return _judged(min(days, key=lambda each: abs(each - asked.today)), asked)


def _spans_a_year(asked: Asked) -> bool:
    """Within a year a day and a month say which day is meant."""
    least, most = _iso(asked.min), _iso(asked.max)
    return least is not None and most is not None and most - least <= timedelta(days=366)


def _which(isos: list[str], asked: Asked) -> Candidates:
    choices = tuple(Choice(iso, day(iso, asked.language)) for iso in isos)
    years = {iso[:4] for iso in isos}
    # the year is said where it is what differs
    first, *_, last = (each.label if len(years) > 1 else day_of_year(each.value, asked.language) for each in choices)
    return Candidates(Reason.DATE_AMBIGUOUS, choices, {"first": first, "second": last})


def _days(parts: _Parts, asked: Asked) -> set[date]:
    days = set()
    for year in _years(parts, asked):
        try:
            days.add(date(year, parts.month, parts.day))
        except ValueError:
            continue
    return days


def _years(parts: _Parts, asked: Asked) -> tuple[int, ...]:
    today = asked.today.year
    if parts.year is None:
        return (today - 1, today, today + 1)
    if len(parts.year) > 2:
        return (int(parts.year),)
    century = today - today % 100
    short = int(parts.year)
    near = [century - 100 + short, century + short, century + 100 + short]
    if asked.name.endswith(_PAST) or _is_bound(asked.max, asked.today, after=False):
        return _past_years(near, asked)
    if asked.name.endswith(_FUTURE) or _is_bound(asked.min, asked.today, after=True):
        return (min(year for year in near if year >= today - 20),)
    return (min(near, key=lambda year: abs(year - today)),)


def _past_years(near: list[int], asked: Asked) -> tuple[int, ...]:
    """The latest such year that is over; for births of those who sign also the century before, where both could be alive."""
    past = [year for year in near if year <= asked.today.year]
    if not asked.name.endswith(_BIRTH):
        return (past[-1],)
    ages = {year: asked.today.year - year for year in past}
    if asked.name not in _CONTRACTING:
        return tuple(year for year in past if ages[year] <= OLDEST)[-1:] or (past[-1],)
    return tuple(year for year in past if ages[year] <= OLDEST + 1)


def _is_bound(bound: Wire | None, today: date, *, after: bool) -> bool:
    limit = _iso(bound)
    return limit is not None and (limit >= today if after else limit <= today)


def _iso(value: object) -> date | None:
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _judged(found: date, asked: Asked) -> Reading:
    if asked.name.endswith(_BIRTH):
        refused = _birth_refused(found, asked)
        if refused is not None:
            return refused
    least, most = _iso(asked.min), _iso(asked.max)
    if least is not None and found < least:
        reason = Reason.DATE_IN_PAST if found < asked.today else Reason.TOO_SMALL
        return Refused(reason, min=day(least.isoformat(), asked.language))
    if most is not None and found > most:
        reason = Reason.DATE_IN_FUTURE if found > asked.today else Reason.TOO_LARGE
        return Refused(reason, max=day(most.isoformat(), asked.language))
    return Refused(Reason.DATE_UNKNOWN) if found.year < 1000 else Read(found.isoformat())


def _birth_refused(birth: date, asked: Asked) -> Refused | None:
    if birth > asked.today:
        return Refused(Reason.DATE_IN_FUTURE, max=day(asked.today.isoformat(), asked.language))
    age = age_on(birth, asked.today)
    if age > OLDEST:
        return Refused(Reason.TOO_OLD, age=age)
    if asked.name in _CONTRACTING and age < OF_AGE:
        return Refused(Reason.UNDER_AGE, age=age)
    return None


def _relative(told: str, asked: Asked) -> date | None:
    for known in vocabularies(asked.language):
        days = known.dates.relative.get(told.replace("’", "'"))
        if days is not None:
            return asked.today + timedelta(days=days)
    return None


@cache
def _months(language: str) -> dict[str, int]:
    """Month names of all languages, the conversation's own last so that they win."""
    return {name: month for known in reversed(vocabularies(language)) for month, names in known.dates.months.items() for name in names}


@cache
def _fillers(language: str) -> frozenset[str]:
    return frozenset(word.strip("'") for known in vocabularies(language) for word in (*known.dates.fillers, *known.dates.ordinal_endings))


@cache
def _ordinals(language: str) -> dict[str, int]:
    return {word: number for known in reversed(vocabularies(language)) for word, number in known.dates.ordinals.items()}


def _named(told: str, language: str) -> _Parts | None:
    """Day, month name and year in any order that has the month before the year: "12 marzo 1980", "March 12th, 1980"."""
    tokens = [token for token in _TOKENS.findall(told) if token not in _fillers(language)]
    months = _months(language)
    at = next((place for place, token in enumerate(tokens) if token in months), None)
    if at is None:
        return None
    before, after = tokens[:at], tokens[at + 1 :]
    if not before:
        before, after = _first_number(after, language)
    elif len(before[0]) == 4 and before[0].isdecimal():
        before, after = after, before
    number = _day_number(before, language)
    year = _year(after, language)
    if number is None or year is _NO_YEAR:
        return None
    return _Parts(number, months[tokens[at]], year or None)


def _first_number(tokens: list[str], language: str) -> tuple[list[str], list[str]]:
    """ "march twelve nineteen eighty": the longest beginning that is a day, and what is left."""
    for length in range(min(3, len(tokens)), 0, -1):
        if _day_number(tokens[:length], language) is not None:
            return tokens[:length], tokens[length:]
    return tokens, []


def _day_number(tokens: list[str], language: str) -> int | None:
    if len(tokens) == 1 and tokens[0].isdecimal():
        return int(tokens[0]) if len(tokens[0]) <= 2 else None
    words = " ".join(tokens)
    number = _ordinals(language).get(words)
    if number is None:
        number = words_to_number(words, language)
    return number if number is not None and 1 <= number <= 31 else None


_NO_YEAR = "?"


def _year(tokens: list[str], language: str) -> str | None:
    """The year as digits, None where there is none, _NO_YEAR where there is something else."""
    if not tokens:
        return None
    if len(tokens) == 1 and tokens[0].isdecimal():
        return tokens[0] if len(tokens[0]) in {2, 4} else _NO_YEAR
    number = _year_in_words(tokens, language)
    return _NO_YEAR if number is None else f"{number:02d}"


def _year_in_words(tokens: list[str], language: str) -> int | None:
    number = words_to_number(" ".join(tokens), language)
    if number is not None:
        return number if number < 100 or 1000 <= number <= 9999 else None
    for cut in range(1, len(tokens)):  # "nineteen eighty-five"
        century, rest = (words_to_number(" ".join(part), language) for part in (tokens[:cut], tokens[cut:]))
        if century is not None and rest is not None and 10 <= century <= 99 and rest <= 99:
            return century * 100 + rest
    return None
