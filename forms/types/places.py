"""Where people live and were born: postcode, province, country, municipality."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from forms.types.base import Asked, Candidates, Choice, Doubt, Read, Reading, Wire
from forms.types.characters import clean_line, compatible, fold
from forms.types.countries import country_name, country_names, is_country
from forms.types.leads import nominatives, without_place_lead
from forms.types.municipalities import (
    LIST_DATE,
    Municipality,
    municipalities_named,
    municipality,
    postcodes_of,
    province_names,
    province_of,
    provinces,
    search_municipalities,
    similar_municipalities,
    split_province,
    without_lead_in,
)
from forms.types.text import Typed
from rules.refusals import Reason, Refused

__all__ = [
    "CountryType",
    "MunicipalityType",
    "PostcodeType",
    "ProvinceType",
    "country_named",
    "municipalities_named",
    "postcodes_of",
    "province_of",
    "search_municipalities",
]

_LISTED = 8
_LONGEST = 80
_NEAR = 82
_CAP_DIGITS = 5
_CAP = re.compile(r"\D*(\d{5})\D*")  # with what stands around it: "CAP 80134", "I-80134 Napoli"
_FOREIGN_POSTCODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9 \-]{1,10}[A-Z0-9]")
_ENDING_CAP = re.compile(r"^\d{5} | \d{5}$")
_BELFIORE = re.compile(r"[A-Z]\d{3}")
_SHORTEST_PART = 3


class PostcodeType(Typed):
    """Italian unless `asked.facts["country"]` says otherwise."""

    name = "postcode"
    input = "numeric"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        told = compatible(line).upper()
        if asked.facts.get("country", "IT") != "IT":
            return Read(told) if told.isascii() and _FOREIGN_POSTCODE.fullmatch(told) else _no_postcode(told)
        cap = _CAP.fullmatch(told.replace(" ", ""))
        return _no_postcode(told) if cap is None or cap[1] == "00000" else Read(cap[1])


class ProvinceType(Typed):
    """Two letters; shown with the name."""

    name = "province"
    input = "text"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        words = without_lead_in(fold(compatible(line)[:_LONGEST]))
        sigla = words.upper() if words.upper() in provinces() else province_names().get(words)
        return Read(sigla) if sigla else _likely_provinces(words, asked)

    def show(self, value: Wire, asked: Asked) -> str:  # noqa: ARG002 - the protocol's shape
        names = provinces().get(str(value))
        return f"{names[0]} ({value})" if names else str(value)


class CountryType(Typed):
    """ISO 3166-1 alpha-2, by code, name or nationality in any language we speak."""

    name = "country"
    input = "search"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        told = compatible(line)[:_LONGEST]
        if told.isascii() and is_country(told.upper()):
            return Read(told.upper())
        words = fold(told)
        exact = _country_in(words)
        return _one_or_ask(exact, asked, is_exact=True) if exact else _one_or_ask(_likely_countries(words), asked, is_exact=False)

    def show(self, value: Wire, asked: Asked) -> str:
        return country_name(str(value), asked.language)


class MunicipalityType(Typed):
    """Belfiore code. Where somebody was born also those that are no more."""

    name = "municipality"
    input = "search"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        told = compatible(line)
        if len(told) > _LONGEST:
            return Refused(Reason.MUNICIPALITY_UNKNOWN, list_date=LIST_DATE)
        with_past = asked.name.endswith("birth_municipality")
        known = municipality(told.upper()) if _BELFIORE.fullmatch(told.upper()) else None
        if known is not None and (known.is_current or with_past):
            return Read(known.code)
        named = _named(told, asked, with_past=with_past) or _named_otherwise(told, asked, with_past=with_past)
        return _one_or_list(named) if named else _likely_municipalities(told)

    def show(self, value: Wire, asked: Asked) -> str:  # noqa: ARG002 - the protocol's shape
        known = municipality(str(value))
        return known.label if known else str(value)


def _no_postcode(told: str) -> Refused:
    """Nobody is told that five digits are not five."""
    length = sum(sign.isdecimal() for sign in told)
    if length == 0:
        return Refused(Reason.POSTCODE_NO_DIGITS)
    return Refused(Reason.POSTCODE_UNKNOWN) if length == _CAP_DIGITS else Refused(Reason.POSTCODE_FORM, length=length)


def _likely_provinces(words: str, asked: Asked) -> Reading:
    if len(words) >= _SHORTEST_PART:
        found = {sigla for name, sigla in province_names().items() if name.startswith(words)} or {
            province_names()[name] for name in _near(words, province_names())
        }
        if found:
            shown = {sigla: ProvinceType().show(sigla, asked) for sigla in sorted(found)}
            return _doubt_or_candidates(shown, Reason.CHOICE_AMBIGUOUS)
    return Refused(Reason.PROVINCE_UNKNOWN)


def _near(words: str, names: Iterable[str]) -> list[str]:
    """Names spelt nearly so, nearest first."""
    from rapidfuzz import fuzz, process

    return [name for name, _, _ in process.extract(words, list(names), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=4)]


def _likely_countries(words: str) -> tuple[str, ...]:
    """By the beginning of a name or of a word in it, else by spelling."""
    if len(words) < _SHORTEST_PART:
        return ()
    names = country_names()
    found = dict.fromkeys(code for name, codes in names.items() if name.startswith(words) for code in codes)
    if not found:
        found = dict.fromkeys(code for name, codes in names.items() if f" {words}" in name for code in codes)
    if not found:
        found = dict.fromkeys(code for name in _near(words, names) for code in names[name])
    return tuple(found)


def _one_or_ask(codes: Sequence[str], asked: Asked, *, is_exact: bool) -> Reading:
    if not codes:
        return Refused(Reason.COUNTRY_UNKNOWN)
    if is_exact and len(codes) == 1:
        return Read(codes[0])
    return _doubt_or_candidates({code: country_name(code, asked.language) for code in codes}, Reason.COUNTRY_AMBIGUOUS)


def _doubt_or_candidates(shown: dict[str, str], reason: Reason) -> Reading:
    if len(shown) == 1:
        (code, name), *_ = shown.items()
        return Doubt(code, Reason.CHOICE_GUESSED, {"guess": name})
    return Candidates(reason, tuple(Choice(code, name) for code, name in list(shown.items())[:_LISTED]))


def _named(told: str, asked: Asked, *, with_past: bool) -> tuple[Municipality, ...]:
    """Those that bear the name, in the province if one was named; a postcode already given may single one out."""
    born = asked.facts.get("birth_date")
    on = date.fromisoformat(born) if with_past and isinstance(born, str) else None
    named = municipalities_named(told, born=on, with_past=with_past)
    if not named:
        name, province = split_province(told)
        named = tuple(each for each in municipalities_named(name, born=on, with_past=with_past) if province in {None, each.province})
    there = tuple(each for each in named if asked.facts.get("postcode") in each.postcodes)
    return there if len(there) == 1 and not with_past else named


def _named_otherwise(told: str, asked: Asked, *, with_past: bool) -> tuple[Municipality, ...]:
    """ "Napoli, Italia", "Torino 10122", "в Милане": the name alone, in the form that lists have."""
    bare = _without_country(without_place_lead(_ENDING_CAP.sub("", fold(told))))
    for words in dict.fromkeys((bare, *nominatives(bare))):
        if words and (named := _named(words, asked, with_past=with_past)):
            return named
    return ()


def _without_country(words: str) -> str:
    """Without Italy at the end: municipalities are Italy's."""
    head, _, tail = words.rpartition(" ")
    return head if head and country_names().get(tail) == ("IT",) else words


def country_named(text: str) -> str | None:
    """Code of the country whose name the words are and nothing else."""
    codes = _country_in(fold(text))
    return codes[0] if codes and len(codes) == 1 else None


def _country_in(words: str) -> tuple[str, ...] | None:
    """ "I was born in Italy", "во Франции"."""
    bare, known = without_place_lead(words), country_names()
    return next((known[name] for name in (words, bare, *nominatives(bare)) if name in known), None)


def _one_or_list(found: Sequence[Municipality]) -> Reading:
    if len(found) == 1:
        return Read(found[0].code)
    return Candidates(Reason.MUNICIPALITY_AMBIGUOUS, tuple(_choice(each) for each in found[:_LISTED]))


def _likely_municipalities(told: str) -> Reading:
    found = search_municipalities(told, _LISTED) if len(fold(told)) >= 2 else ()
    found = found or similar_municipalities(told, _LISTED)
    if not found:
        return Refused(Reason.MUNICIPALITY_UNKNOWN, list_date=LIST_DATE)
    if len(found) == 1:
        return Doubt(found[0].code, Reason.CHOICE_GUESSED, {"guess": found[0].label})
    return Candidates(Reason.MUNICIPALITY_AMBIGUOUS, tuple(_choice(each) for each in found))


def _choice(found: Municipality) -> Choice:
    label = found.label if found.is_current or not found.ended else f"{found.name} ({found.province}, –{found.ended[:4]})"
    return Choice(found.code, label)
