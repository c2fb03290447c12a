"""The words a language reads and shows answers with: one file a language in forms/types/words/."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from forms.types.characters import ALIKE

_WORDS = Path(__file__).with_name("words")
_FALLBACK = "en"

_SOLAR_FROM, _SOLAR_TO = 1200, 1500

type Phrases = tuple[str, ...]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DateWords(Part):
    order: Literal["day_first", "ask"]
    """What 3/4/1980 means: the 3rd of April, or to be asked because people use both. 3/4/80 is asked everywhere."""
    months: dict[int, list[str]]
    solar_months: dict[int, list[str]] = {}
    """Of Iran's calendar, where the language's people count by it."""
    ordinals: dict[str, int]
    """Days in words beside the number words: "primo", "first"."""
    ordinal_endings: list[str]
    relative: dict[str, int]
    """Days from today: "oggi" 0, "ieri" -1."""
    fillers: list[str]
    """Words without meaning in a date: weekdays, "il", "of"."""
    until: list[str]
    """Words that make of it an end: read where an end is asked for, asked about elsewhere."""

    def is_solar(self, year: int) -> bool:
        """Whether people mean their own calendar: in the common one nobody alive was born then, and hardly a house built."""
        return bool(self.solar_months) and _SOLAR_FROM <= year < _SOLAR_TO


class NumberWords(Part):
    decimal: Literal[",", "."]
    group: Literal[",", ".", " "]
    small: dict[str, int]
    """Words that add up below the next multiplier: "venti" 20, "tre" 3."""
    people: dict[str, int]
    """How many grown-ups these are, whoever speaks counted: "io e mia moglie" 2."""
    multipliers: dict[str, int]
    """Words that multiply what stands just before them: "cento" 100."""
    scales: dict[str, int]
    """Words that multiply all since the last scale, and may follow digits: "mila" 1000, "k" 1000."""
    slash: bool = False
    """Decimals stand after a slash: ۴/۵ is 4.5."""
    by_place: bool = False
    """Digits are put in a row, 一九八〇, and a last one goes on where the number stopped: 三万五 is 35,000."""
    fillers: list[str]
    approximate: list[str]
    """Words before a number that change nothing we keep: "circa"."""
    units: dict[str, list[str]]
    counted: list[str]
    """Nouns that may follow a count: "persone"."""


class AnswerWords(Part):
    yes: list[str]
    """Enough for a yes_no question, and explicit enough for a confirmation."""
    vague: list[str]
    """Enough for a yes_no question only: "ok"."""
    no: list[str]
    polite: list[str]
    """Thanks: may stand beside any answer without changing it."""
    please: list[str]
    """May stand beside a yes or a no only: "please confirm" is said to us."""
    confirm: list[str]
    right: list[str]
    """That what is shown is right: enough for a confirmation, and no agreement to a text."""
    accept: list[str]
    seen: list[str]
    refuse: list[str]


class ListWords(Part):
    joining: list[str]
    all: list[str]
    all_of: dict[str, int]
    """All of so many: "both" of three says nothing."""
    none: list[str]
    but: list[str]
    negating: list[str]
    """A sentence with one of these may mean the opposite of what it names."""
    ordinals: dict[str, int]
    """Places in a list: "il secondo" 2; -1 is the last."""
    fillers: list[str]


class LeadIns(Part):
    """Words that people put before an answer and that say nothing more."""

    phone: list[str]
    province: list[str]
    place: list[str]
    """Before a town or a country: "sono nata a"."""


class NameWords(Part):
    """What people say around their name, and instead of it."""

    leads: list[str]
    """ "mi chiamo"."""
    ends: list[str]
    greetings: list[str]
    """Hardly a name when they stand alone."""
    asking: list[str]
    """Nor what begins so: "vorrei"."""


class CountryWords(Part):
    aliases: dict[str, str | list[str]]
    """Names and nationalities that CLDR does not have; several codes where a state has been divided."""


class Vocabulary(Part):
    dates: DateWords
    numbers: NumberWords
    answers: AnswerWords
    lists: ListWords
    lead_ins: LeadIns
    phone_region: str
    """Where a telephone number without its country may be from, besides Italy (ISO 3166-1 alpha-2); empty: nowhere else."""
    names: NameWords
    countries: CountryWords


@cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _WORDS.glob("??.yaml")))


@cache
def vocabulary(language: str) -> Vocabulary:
    """The language's words; English where a language has no file."""
    known = language if language in languages() else _FALLBACK
    text = (_WORDS / f"{known}.yaml").read_text(encoding="utf-8").translate(ALIKE)  # as `typed` is
    return Vocabulary.model_validate(yaml.load(text, yaml.CSafeLoader))


@cache
def vocabularies(language: str) -> tuple[Vocabulary, ...]:
    """The language's own words first, then every other language's: people mix."""
    return (vocabulary(language), *(vocabulary(other) for other in languages() if other != language))
