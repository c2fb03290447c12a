"""Dates as people write them: digits in any order, month names of any language, words; ambiguous ones become candidates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from forms.types.base import Asked, Candidates, Choice, Doubt, Read, Reading, Wire
from forms.types.characters import typed
from forms.types.ends import asks_for_end, without_until
from forms.types.number_words import words_to_number
from forms.types.showing import day, day_of_year, manner
from forms.types.solar import solar_date, solar_parts
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
_DOCUMENT = "document_expires_on"
_FUTURE = ("expires_on", "starts_on", "valid_until")

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2}) ?([-/., ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d|['’]\d\d)")
_RUN_TOGETHER = re.compile(r"(\d\d)(\d\d)(\d{4})")
_SORTED = re.compile(r"(?:19|20)\d{6}")
"""May begin with the year."""
_WITHOUT_YEAR = re.compile(r"(\d{1,2})([-/.])(\d{1,2})")
_IN_SIGNS = re.compile(
    r"(?:(\d{2}|\d{4}|[〇零一二三四五六七八九]{2}|[〇零一二三四五六七八九]{4})年)?(\d{1,2}|[元一二三四五六七八九十]{1,2})月份?(\d{1,2}|[一二三四五六七八九十]{1,3})[日号號]?"
)
_STUCK = re.compile(r"(?<=\d)(?=г\.?(?:$| ))")
"""The Russian abbreviation of "year" stands close to it: 1980г."""
_TOKENS = re.compile(r"\d+|[^\W\d_]+|[°ºª]")


@dataclass(frozen=True, slots=True)
class _Parts:
    """Day, month, year as written; year None where none was given."""

    day: int
    month: int
    year: str | None
    is_solar: bool = False
    is_named: bool = False
    """The month by its name, which tells the calendar."""


class DateType(Typed):
    name = "date"
    input = "date"

    def read_text(self, text: str, asked: Asked) -> Reading:
        rest = without_until(text, asked.language)
        reading = self._read(rest, asked)
        if rest == text or not isinstance(reading, Read) or asks_for_end(asked.name):
            return reading
        return Doubt(reading.value, Reason.DATE_AMBIGUOUS, {"guess": day(str(reading.value), asked.language)})

    def _read(self, text: str, asked: Asked) -> Reading:
        told = typed(text)
        if isinstance(told, Refused):
            return told
        if len(told) > _LONGEST:
            return Refused(Reason.DATE_UNKNOWN)
        relative = _relative(told.rstrip(".!"), asked)
        if relative is not None:  # nobody writes to us who was born yesterday, and being under age would end the conversation
            return Refused(Reason.DATE_UNKNOWN) if asked.name.endswith(_BIRTH) else _judged(relative, asked)
        reading = _read_parts(told, asked)
        if isinstance(reading, Candidates):
            return Candidates(reading.reason, reading.choices, {**reading.facts, "text": told})
        return reading

    def show(self, value: Wire, asked: Asked) -> str:
        return day(str(value), asked.language)


def age_on(birth: date, today: date) -> int:
    """Whole years; who is born on 29 February has their birthday on 1 March in other years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _read_parts(whole: str, asked: Asked) -> Reading:
    told = _without_fillers(whole, asked.language)
    if match := _YEAR_FIRST.fullmatch(told):
        return _settled([_Parts(int(match[3]), int(match[2]), match[1])], asked)
    if _SORTED.fullmatch(told):
        return _settled([_Parts(int(told[:2]), int(told[2:4]), told[4:]), _Parts(int(told[6:]), int(told[4:6]), told[:4])], asked)
    if match := _YEAR_LAST.fullmatch(told.rstrip(".")) or _RUN_TOGETHER.fullmatch(told):
        separator = match[2] if match.re is _YEAR_LAST else "."
        second, year = match[match.re.groups - 1], match[match.re.groups].strip("'’")
        return _by_order(int(match[1]), int(second), year, separator, asked)
    if match := _WITHOUT_YEAR.fullmatch(told):
        return _by_order(int(match[1]), int(match[3]), None, match[2], asked)
    parts = _in_signs(told, asked.language) or _named(told, asked.language)
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
    readings = tuple(each for parts in readings for each in _calendars(parts, asked))
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


def _calendars(parts: _Parts, asked: Asked) -> tuple[_Parts, ...]:
    """Digits alone may be of the people's own calendar: told by the year, and both where that does not tell."""
    own = vocabulary(asked.language).dates
    if parts.is_solar or parts.is_named or not own.solar_months:
        return (parts,)
    solar = replace(parts, is_solar=True)
    if parts.year is not None and len(parts.year) > 2:
        return (solar if own.is_solar(int(parts.year)) else parts,)
    return (parts, solar)


def _chosen(readings: tuple[_Parts, ...], asked: Asked) -> str | None:
    """Of the days that were offered, the one that a day and a month alone name: "il 3 aprile"."""
    named = {(parts.day, parts.month, parts.is_solar) for parts in readings if parts.year is None}
    days = [each for choice in asked.choices if (each := _iso(choice.value))]
    found = [each.isoformat() for each in days if named & {(each.day, each.month, False), (*solar_parts(each)[:0:-1], True)}]
    return found[0] if len(found) == 1 else None


def _nearest_refusal(days: list[date], asked: Asked) -> Reading:
    """Of a birth the nearest day that is over: nobody means one that is to come."""
    if asked.name.endswith(_BIRTH):
        days = [each for each in days if each <= asked.today] or days
    return _judged(min(days, key=lambda each: abs(each - asked.today)), asked)


def _spans_a_year(asked: Asked) -> bool:
    """Within a year a day and a month say which day is meant."""
    least, most = _iso(asked.min), _iso(asked.max)
    return least is not None and most is not None and most - least <= timedelta(days=366)


def _which(isos: list[str], asked: Asked) -> Candidates:
    choices = tuple(Choice(iso, day(iso, asked.language)) for iso in isos)
    years = {iso[:4] for iso in isos}
    # the year is said where it is what differs
    *first, last = (each.label if len(years) > 1 else day_of_year(each.value, asked.language) for each in choices)
    return Candidates(Reason.DATE_AMBIGUOUS, choices, {"first": manner(asked.language).pause.join(first), "second": last})


def _days(parts: _Parts, asked: Asked) -> set[date]:
    days, in_calendar = set(), solar_date if parts.is_solar else date
    for year in _years(parts, asked):
        try:
            days.add(in_calendar(year, parts.month, parts.day))
        except ValueError:
            continue
    return days


def _years(parts: _Parts, asked: Asked) -> tuple[int, ...]:
    today = solar_parts(asked.today)[0] if parts.is_solar else asked.today.year
    if parts.year is None:
        return (today - 1, today, today + 1)
    if len(parts.year) > 2:
        return (int(parts.year),)
    century = today - today % 100
    short = int(parts.year)
    near = [century - 100 + short, century + short, century + 100 + short]
    if asked.name.endswith(_PAST) or _is_bound(asked.max, asked.today, after=False):
        return _past_years(near, today, asked)
    if asked.name.endswith(_FUTURE) or _is_bound(asked.min, asked.today, after=True):
        return (min(year for year in near if year >= today - 20),)
    return (min(near, key=lambda year: abs(year - today)),)


def _past_years(near: list[int], today: int, asked: Asked) -> tuple[int, ...]:
    """The latest such year that is over; for births of those who sign also the century before, where both could be alive."""
    past = [year for year in near if year <= today]
    if not asked.name.endswith(_BIRTH):
        return (past[-1],)
    ages = {year: today - year for year in past}
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
        if asked.name.endswith(_DOCUMENT) and found <= asked.today:
            return Refused(Reason.DOCUMENT_EXPIRED, on=day(found.isoformat(), asked.language), count=(asked.today - found).days)
        return Refused(Reason.DATE_IN_PAST, min=day(least.isoformat(), asked.language))
    if most is not None and found > most:
        return Refused(Reason.DATE_IN_FUTURE, max=day(most.isoformat(), asked.language))
    return Refused(Reason.DATE_UNKNOWN) if found.year < 1000 else Read(found.isoformat())


def _birth_refused(birth: date, asked: Asked) -> Refused | None:
    if birth > asked.today or (asked.name in _CONTRACTING and birth.year == asked.today.year):
        return Refused(Reason.BIRTH_YEAR, guess=day(birth.isoformat(), asked.language))  # a slip: no newborn writes to us
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
    """Month names of all languages, the conversation's own last so that they win; a common one before a solar one."""
    return _solar_months(language) | {
        name: month for known in reversed(vocabularies(language)) for month, names in known.dates.months.items() for name in names
    }


@cache
def _solar_months(language: str) -> dict[str, int]:
    return {name: month for known in vocabularies(language) for month, names in known.dates.solar_months.items() for name in names}


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
    return _Parts(number, months[tokens[at]], year or None, is_solar=tokens[at] in _solar_months(language), is_named=True)


def _without_fillers(told: str, language: str) -> str:
    """The date alone: "nato il 12/3/1980", "12.03.1980 г."."""
    words = _STUCK.sub(" ", told).split(" ")
    while len(words) > 1 and words[-1].rstrip(".") in _fillers(language):
        words.pop()
    while len(words) > 1 and words[0] in _fillers(language):
        words.pop(0)
    return " ".join(words)


def _in_signs(told: str, language: str) -> _Parts | None:
    """1980年3月12日, 一九八〇年三月十二日; 我是…出生的 may stand around it."""
    bare = told.replace(" ", "").rstrip("。.!")
    found = _IN_SIGNS.search(bare)
    if found is None or not _is_filler(bare[: found.start()], language) or not _is_filler(bare[found.end() :], language):
        return None
    year, month, day_said = found.groups()
    numbers = [1 if part == "元" else int(part) if part.isdecimal() else words_to_number(part, language) for part in (month, day_said)]
    if numbers[0] is None or numbers[1] is None:
        return None
    digits = None if year is None else "".join(sign if sign.isdecimal() else str(words_to_number(sign, language)) for sign in year)
    return _Parts(numbers[1], numbers[0], digits, is_named=True)


def _is_filler(text: str, language: str) -> bool:
    """Whether nothing but words without meaning stands here, without blanks between them."""
    while text:
        word = next((text[:length] for length in range(len(text), 0, -1) if text[:length] in _fillers(language)), None)
        if word is None:
            return False
        text = text.removeprefix(word)
    return True


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
