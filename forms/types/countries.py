"""Countries: ISO 3166-1 alpha-2 codes, their names in every language, and their code in Italian tax codes."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from forms.types.characters import fold
from forms.types.showing import manner
from forms.types.vocabulary import languages, vocabularies


class CountryCodes(BaseModel):
    """forms/types/words/country_codes.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    codes: dict[str, str]
    dissolved: list[str]
    no_country: list[str]


@lru_cache(maxsize=5_000)
def country_name(code: str, language: str) -> str:
    return _territories(manner(language).locale).get(code, code)


def is_country(code: str) -> bool:
    return code in _countries()


@cache
def country_names() -> Mapping[str, tuple[str, ...]]:
    """Every folded name, nationality and three-letter code in every language, with the countries it can mean."""
    names: dict[str, tuple[str, ...]] = {}
    for language in languages():
        for code in sorted(_countries()):
            names.setdefault(fold(country_name(code, language)), (code,))
    for words in vocabularies("en"):
        for alias, codes in words.countries.aliases.items():
            names[fold(alias)] = (codes,) if isinstance(codes, str) else tuple(codes)
    return {**_three_letters(), **names}


def belfiore_of_country(code: str) -> str | None:
    return _country_codes().codes.get(code)


def country_of_belfiore(place: str) -> str | None:
    return next((country for country, code in _country_codes().codes.items() if code == place), None)


def is_dissolved_state(place: str) -> bool:
    return place in _country_codes().dissolved


@cache
def _countries() -> frozenset[str]:
    codes = {code for code in _territories("en") if len(code) == 2 and code.isalpha()}
    return frozenset(codes.difference(_country_codes().no_country))


@cache
def _territories(locale: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale.parse(locale).territories)


@cache
def _three_letters() -> dict[str, tuple[str, ...]]:
    from babel.core import get_global

    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    return {code.casefold(): tuple(now) for code, now in aliases.items() if len(code) == 3 and code.isalpha() and set(now) <= _countries()}


@cache
def _country_codes() -> CountryCodes:
    return CountryCodes.model_validate(
        yaml.load(Path(__file__).with_name("words").joinpath("country_codes.yaml").read_bytes(), yaml.CSafeLoader)
    )
