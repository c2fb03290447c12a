"""Names proposed while a municipality or country is typed; what is sent is read by the question's type, not believed from here."""

from functools import cache
from typing import Final

from forms.types.characters import fold
from forms.types.countries import country_name, country_names
from forms.types.municipalities import search_municipalities

MOST: Final = 12
LONGEST: Final = 60


def propose(kind: str, typed: str, language: str) -> list[str]:
    text = "".join(c for c in typed[:LONGEST] if c.isprintable()).strip()
    if len(text) < 2:
        return []
    if kind == "municipality":
        return [place.label for place in search_municipalities(text, MOST)]
    return _countries(fold(text), language) if kind == "country" else []


def _countries(start: str, language: str) -> list[str]:
    names = _names(language)
    begins = [name for key, name in names if key.startswith(start)]
    inside = [name for key, name in names if f" {start}" in f" {key}" and not key.startswith(start)]
    return (begins + inside)[:MOST]


@cache
def _names(language: str) -> tuple[tuple[str, str], ...]:
    codes = {code for several in country_names().values() for code in several}
    return tuple(sorted((fold(name), name) for name in (country_name(code, language) for code in codes)))
