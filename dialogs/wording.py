"""What the house says, from wording/<language>.yaml: sentences with facts, written the way people write them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

import yaml
from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from forms.types import showing
from forms.types.showing import in_digits, isolated
from rules import languages
from rules.refusals import Fact

LANGUAGES = languages.LANGUAGES
_FOLDER = Path(__file__).parent / "wording"

type Tree = dict[str, "str | Tree | list[str]"]


def say(language: str, key: str, facts: Mapping[str, Fact] | None = None) -> str:
    """The sentence at the dotted `key` with its facts filled in. One with a number has the plural forms of its language (CLDR: `one`, `few` …),
    and may have one for `none`."""
    return fill(language, sentence(language, key, facts or {}), facts or {})


def sentence(language: str, key: str, facts: Mapping[str, Fact]) -> str:
    found = look_up(language, key)
    if isinstance(found, dict):
        count = facts.get("count")
        form = "none" if count == 0 and "none" in found else _plural(language, count) if isinstance(count, int) else "other"
        found = found.get(form, found["other"])
    if not isinstance(found, str):
        raise KeyError(key)
    return found


def fill(language: str, template: str, facts: Mapping[str, Fact]) -> str:
    if "{" not in template:
        return template
    return template.format_map(_Told({name: isolated(worded(language, value), language) for name, value in facts.items()}))


@lru_cache(maxsize=4096)
def _plural(language: str, count: int) -> str:
    return str(Locale.parse(_locale(language)).plural_form(count))


class _Told(dict[str, str]):
    """A fact nobody gave leaves a gap in the sentence, never a customer without an answer."""

    def __missing__(self, key: str) -> str:
        return "…"


def worded(language: str, value: Fact) -> str:
    """One fact in words."""
    match value:
        case None:
            return ""
        case bool():
            return say(language, "yes" if value else "no")
        case int() | Decimal():
            return number(language, value)
        case date():
            return day(language, value)
        case list():
            return format_list(value, locale=_locale(language)) if value else ""
        case _:
            return value


@lru_cache(maxsize=4096)
def day(language: str, value: date) -> str:
    """A date is never only digits."""
    return showing.day(value.isoformat(), language)


# A price has some fifty figures, and Babel takes its time for each.
@lru_cache(maxsize=4096)
def money(language: str, amount: Decimal, currency: str = "EUR") -> str:
    return showing.money(str(amount), currency, language)


@lru_cache(maxsize=4096)
def number(language: str, value: int | Decimal) -> str:
    return in_digits(format_decimal(value, locale=_locale(language), numbering_system="default"), language)


@lru_cache(maxsize=4096)
def factor(language: str, value: Decimal) -> str:
    """ "1,10": two decimals at least, so that factors stand under each other."""
    return in_digits(format_decimal(value, format="0.00##", locale=_locale(language), numbering_system="default"), language)


def words(language: str, key: str) -> Mapping[str, str]:
    """A branch of plain sentences, such as the names of the goals."""
    found = look_up(language, key)
    return cast(Mapping[str, str], found if isinstance(found, dict) else {})


def aliases(language: str, key: str) -> tuple[str, ...]:
    found = look_up(language, key)
    return tuple(found) if isinstance(found, list) else ()


@lru_cache(maxsize=4096)
def look_up(language: str, key: str) -> "str | Tree | list[str]":
    """Raises KeyError for what nobody worded: a test holds that no code asks for such a key."""
    found: str | Tree | list[str] = load(language)
    for part in key.split("."):
        if not isinstance(found, dict):
            raise KeyError(key)
        found = found[part]
    return found


@cache
def load(language: str) -> Tree:
    return cast(Tree, yaml.load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader))


def _locale(language: str) -> str:
    return showing.manner(language).locale
