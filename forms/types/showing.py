"""Dates, amounts, numbers, lists and telephone numbers as each language writes them (words/manners.yaml); what Babel makes is remembered,
for every turn shows some."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from forms.types.solar import LAST, solar_date, solar_parts
from rules import currencies
from rules.languages import RIGHT_TO_LEFT

_MANNERS = Path(__file__).with_name("words") / "manners.yaml"
_FALLBACK = "en"
_CODE = re.compile(r"([A-Z]{3})(\d)")
"""Babel puts no blank between a currency's letters and the amount."""
TELEPHONE = re.compile(r"\+\d[\d ]{4,}\d")
"""As people write one, in any digits: from the right its groups would stand in the other order and its sign at the end."""
_DIRECTION_MARKS = str.maketrans("", "", "\u200e\u200f")


class Manner(BaseModel):
    """How one language writes values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    locale: str
    colon: str
    pause: str
    apart: str = " · "
    """Between what stands side by side; beside Persian digits a dot would read as a zero."""
    quotes: str = "«»"
    units: dict[str, str]
    short: str = "medium"
    digits: str = ""
    money: str = ""
    counted: dict[str, str] = {}
    months: list[str] = []


@cache
def _manners() -> dict[str, Manner]:
    return TypeAdapter(dict[str, Manner]).validate_python(yaml.load(_MANNERS.read_bytes(), yaml.CSafeLoader))


def manner(language: str) -> Manner:
    """English for a language that has none."""
    return _manners().get(language) or _manners()[_FALLBACK]


@lru_cache(maxsize=10_000)
def day(iso: str, language: str) -> str:
    """ "12 marzo 1980"; what is no ISO date is shown as it is."""
    try:
        return _day(date.fromisoformat(iso), language)
    except ValueError:
        return iso


def _day(value: date, language: str) -> str:
    from babel.dates import format_date

    own = manner(language)
    common = in_digits(format_date(value, "long", locale=own.locale), language)
    if not own.months:
        return common
    return f"{_solar(value, own)} ({common})"


def _solar(value: date, own: Manner) -> str:
    year, month, number = solar_parts(value)
    return f"{number} {own.months[month - 1]} {year}".translate(str.maketrans("0123456789", own.digits))


@lru_cache(maxsize=10_000)
def day_of_year(iso: str, language: str) -> str:
    """ "12 marzo"; with its year where the language has a calendar of its own, in which another year may have begun."""
    from babel.dates import format_skeleton

    own = manner(language)
    return day(iso, language) if own.months else format_skeleton("MMMMd", date.fromisoformat(iso), locale=own.locale)


@cache
def common_months(language: str) -> tuple[str, ...]:
    from babel.dates import get_month_names

    names = get_month_names("wide", "stand-alone", manner(language).locale)
    return tuple(str(names[number]) for number in range(1, 13))


def date_of_parts(day: int, month: str, year: int) -> date:
    """Of a month's name in either calendar of a language that has two. Raises ValueError for a day that the month's calendar does not have."""
    for language, own in _manners().items():
        if month in own.months:
            return solar_date(year, own.months.index(month) + 1, day)
        if own.months and month in common_months(language) and year > LAST:
            return date(year, common_months(language).index(month) + 1, day)
    raise ValueError(month)


def short_day(value: date, language: str) -> str:
    """ "12 mar 1980"; by the language's own calendar alone where it has one."""
    from babel.dates import format_date

    own = manner(language)
    return _solar(value, own) if own.months else format_date(value, own.short, locale=own.locale)


def in_digits(text: str, language: str) -> str:
    """The text with the language's own digits; of its numbering system Babel takes only the separators."""
    own = manner(language).digits
    return text.translate(str.maketrans("0123456789", own)) if own else text


def told_version(version: str, language: str) -> str:
    """A number in the language's digits; a form's version is the beginning of a hash, which keeps its own."""
    return in_digits(version, language) if version.isdigit() else version


@lru_cache(maxsize=10_000)
def money(amount: str, currency: str, language: str) -> str:
    """ "1.250,00 €" with the locale's no-break space; what is no amount is shown as it is."""
    from babel.numbers import format_currency

    number, own = _decimal(amount), manner(language)
    if number is None:
        return amount
    if currencies.currency(currency).counted_in is not None:
        return f"{in_unit(number, currency, language)} ({in_counted_unit(number, currency, language)})"
    if not own.money:
        return _CODE.sub("\\1\u00a0\\2", format_currency(number, currency, locale=own.locale))
    bare = format_currency(number, currency, "#,##0.00", locale=own.locale, numbering_system="default")
    return own.money.format(amount=in_digits(bare, language), currency=_currency_name(currency, own.locale))


def in_unit(number: Decimal, currency: str, language: str) -> str:
    whole = currencies.rounded(number, currency)
    return f"{plain_number(str(whole), language)}\u00a0{manner(language).counted[currency]}"


def in_counted_unit(number: Decimal, currency: str, language: str) -> str:
    """ "500.000 toman" of 5,000,000 rials."""
    known = currencies.currency(currency)
    told = currencies.rounded(number, currency) / known.rate
    return f"{plain_number(f'{told:f}', language)}\u00a0{manner(language).counted[known.counted_in or currency]}"


@cache
def _currency_name(currency: str, locale: str) -> str:
    """The sign where it is a word ("ریال"), else the name."""
    from babel.numbers import get_currency_name, get_currency_symbol

    sign = get_currency_symbol(currency, locale)
    return sign if sign.isalpha() and sign != currency else get_currency_name(currency, locale=locale)


@lru_cache(maxsize=10_000)
def plain_number(amount: str, language: str) -> str:
    """ "1.250,5" with all the decimals it has."""
    from babel.numbers import format_decimal

    number = _decimal(amount)
    if number is None:
        return amount
    shown = format_decimal(number, locale=manner(language).locale, decimal_quantization=False, numbering_system="default")
    return in_digits(shown, language)


def as_typed(amount: str, language: str) -> str:
    """ "1250,5": without what groups the digits, as a person types it."""
    from babel.numbers import format_decimal

    number = _decimal(amount)
    if number is None:
        return amount
    shown = format_decimal(
        number, locale=manner(language).locale, decimal_quantization=False, group_separator=False, numbering_system="default"
    )
    return in_digits(shown, language)


def amount_as_typed(amount: str, currency: str | None, language: str) -> str:
    """To be written over; with its unit where a bare number could be of either that people count in."""
    known, number = currencies.currency(currency), _decimal(amount)
    if known.counted_in is None or number is None or currency is None:
        return as_typed(amount, language)
    return f"{as_typed(str(currencies.rounded(number, currency)), language)} {manner(language).counted[currency]}"


def currency_sign(currency: str, language: str) -> str:
    """What stands beside a field for an amount; nothing where people write the unit themselves."""
    if currencies.currency(currency).counted_in is not None:
        return ""
    from babel.numbers import get_currency_symbol

    own = manner(language)
    return _currency_name(currency, own.locale) if own.money else str(get_currency_symbol(currency, own.locale))


def with_unit(number: str, unit: str | None, language: str) -> str:
    """ "95 m²"; a unit that has no sign is left to the question's words."""
    sign = manner(language).units.get(unit or "")
    return f"{number}\u00a0{sign}" if sign else number


def file_size(count: int, language: str, kilo: int = 1000) -> str:
    """ "39 kB", "1,5 MB"."""
    if count < kilo * kilo:
        return with_unit(plain_number(str(max(1, round(count / kilo))), language), "kB", language)
    return with_unit(plain_number(f"{count / kilo / kilo:.1f}".removesuffix(".0"), language), "MB", language)


def listed(items: Iterable[str], language: str) -> str:
    """ "a, b, c" with the language's comma, and no "and"."""
    return comma(language).join(items)


def enumerated(labels: Iterable[str], language: str) -> str:
    """ "I muri, le cose in casa" of choices that each begin with a capital letter where they stand alone. What has another capital is a name
    or an abbreviation and keeps its first one too."""
    first, *more = [*labels] or [""]
    return listed([first, *(label if _is_name(label) else label[:1].lower() + label[1:] for label in more)], language)


def _is_name(label: str) -> bool:
    """The English "I" is none."""
    rest = label[1:].replace(" I ", " ")
    return rest != rest.lower()


@cache
def comma(language: str) -> str:
    from babel import Locale

    middle: str = Locale.parse(manner(language).locale).list_patterns["standard"]["middle"]
    return middle.removeprefix("{0}").removesuffix("{1}").translate(_DIRECTION_MARKS)


def side_by_side(parts: Iterable[str], language: str) -> str:
    """ "web · italiano"."""
    return manner(language).apart.join(parts)


def named(name: str, value: str, language: str) -> str:
    """ "name: value" with the language's colon."""
    return f"{name}{manner(language).colon}{value}"


@cache
def language_name(code: str, language: str) -> str:
    """ "italiano"; a code that nobody knows is shown as it is."""
    from babel import Locale

    name: str = Locale.parse(manner(language).locale).languages.get(code, code)
    return name


@lru_cache(maxsize=10_000)
def phone(number: str) -> str:
    """ "+39 333 123 4567" of "+393331234567"; what is no telephone number is shown as it is."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def isolated(text: str, language: str) -> str:
    """A value that keeps its own order inside a sentence written from the right: its Latin letters and digits would be mixed into it.
    So do telephone numbers inside of what somebody wrote."""
    if language not in RIGHT_TO_LEFT:
        return text
    whole = TELEPHONE.sub("\u2068\\g<0>\u2069", text) if "+" in text and not TELEPHONE.fullmatch(text) else text
    mixes = whole is not text or any(character.isascii() and character.isalnum() for character in text)
    return f"\u2068{whole}\u2069" if mixes else text


def _decimal(amount: str) -> Decimal | None:
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None
