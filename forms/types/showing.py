"""Dates, amounts, numbers and telephone numbers as people read them; Babel's results are remembered, for every turn shows some."""

from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from forms.types.vocabulary import vocabulary


@lru_cache(maxsize=10_000)
def day(iso: str, language: str) -> str:
    """ "12 marzo 1980"; what is no ISO date is shown as it is."""
    from babel.dates import format_date

    try:
        return format_date(date.fromisoformat(iso), "long", locale=vocabulary(language).locale)
    except ValueError:
        return iso


@lru_cache(maxsize=10_000)
def money(amount: str, currency: str, language: str) -> str:
    """ "1.250,00 €" with the locale's no-break space; what is no amount is shown as it is."""
    from babel.numbers import format_currency

    number = _decimal(amount)
    return amount if number is None else format_currency(number, currency, locale=vocabulary(language).locale)


@lru_cache(maxsize=10_000)
def plain_number(amount: str, language: str) -> str:
    """ "1.250,5" with all the decimals it has."""
    from babel.numbers import format_decimal

    number = _decimal(amount)
    if number is None:
        return amount
    return format_decimal(number, locale=vocabulary(language).locale, decimal_quantization=False)


@lru_cache(maxsize=10_000)
def phone(number: str) -> str:
    """ "+39 333 123 4567" of "+393331234567"; what is no telephone number is shown as it is."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _decimal(amount: str) -> Decimal | None:
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None
