"""One or several of a question's choices: by value, label, alias, number, ordinal, part of a word or near spelling."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from forms.types import showing
from forms.types.base import Asked, Candidates, Choice, Doubt, Read, Reading, Wire
from forms.types.characters import LINE_MOST, clean_line, fold, is_han, names, openings, strip_han, typed
from forms.types.confirmations import ACTS, ConfirmType, YesNoType, read_act
from forms.types.numbers import number_in
from forms.types.vocabulary import vocabularies
from rules.refusals import Reason, Refused

__all__ = ["ChoiceType", "ChoicesType", "ConfirmType", "YesNoType", "read_act"]

_NEAR = 82
"""rapidfuzz ratio from which a misspelt word counts as meant ("appartemento" 92, "villa"/"villetta" 77)."""
_AS_NEAR = 5
_SHORTEST_PART = 3
_MENTION_MOST = 5
_MOST_LISTED = 100
_NONE = "none"
_LEAST_SUM = 100
"""Choices from 100 up are amounts; a "2" is the second choice."""
_SPLIT = re.compile(r"[,;/&+\n،؛、，；]|\s-\s")


@dataclass(frozen=True, slots=True)
class _Index:
    """A question's choices by their folded names."""

    by_name: dict[str, frozenset[int]]
    names: tuple[tuple[str, int], ...]


class ChoiceType:
    name = "choice"
    input = "radio"

    def read_text(self, text: str, asked: Asked) -> Reading:
        if asked.choices and {choice.value for choice in asked.choices} <= ACTS:
            return read_act(text, asked)
        line = clean_line(text)
        return line if isinstance(line, Refused) else _read_one(line, asked)

    def read_value(self, value: object, asked: Asked) -> Reading:
        if not isinstance(value, str):
            return Refused(Reason.WRONG_KIND)
        return Read(value) if any(choice.value == value for choice in asked.choices) else Refused(Reason.CHOICE_UNKNOWN)

    def show(self, value: Wire, asked: Asked) -> str:
        return _label(str(value), asked)


class ChoicesType:
    """A list of values, in the order in which they are offered."""

    name = "choices"
    input = "checkbox"

    def read_text(self, text: str, asked: Asked) -> Reading:
        if len(text) > LINE_MOST:
            return Refused(Reason.TOO_LONG, max_length=LINE_MOST)
        line = clean_line(" , ".join(text.splitlines()))
        return line if isinstance(line, Refused) else _read_list(line, asked)

    def read_value(self, value: object, asked: Asked) -> Reading:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            return Refused(Reason.WRONG_KIND)
        if len(value) > _MOST_LISTED or not set(value) <= {choice.value for choice in asked.choices}:
            return Refused(Reason.CHOICE_UNKNOWN)
        return _listed(set(value), asked)

    def show(self, value: Wire, asked: Asked) -> str:
        values = value if isinstance(value, list) else [value]
        return showing.enumerated((_label(str(each), asked) for each in values), asked.language) or "–"


def _label(value: str, asked: Asked) -> str:
    return next((choice.label for choice in asked.choices if choice.value == value), value)


def _read_one(line: str, asked: Asked) -> Reading:
    found, is_guess = _match(line, asked)
    if not found:
        return _by_reply(line, asked) or Refused(Reason.CHOICE_UNKNOWN)
    choices = [asked.choices[place] for place in sorted(found)]
    if len(choices) > 1:
        return Candidates(Reason.CHOICE_AMBIGUOUS, tuple(choices))
    if is_guess:
        return Doubt(choices[0].value, Reason.CHOICE_GUESSED, {"guess": choices[0].label})
    return Read(choices[0].value)


def _by_reply(line: str, asked: Asked) -> Reading | None:
    """A bare no where one of the choices is "none"; a bare yes means one of the others."""
    others = tuple(choice for choice in asked.choices if choice.value != _NONE)
    reply = YesNoType().read_text(line, asked) if len(others) == len(asked.choices) - 1 else None
    if not isinstance(reply, Read):
        return None
    return Candidates(Reason.CHOICE_AMBIGUOUS, others) if reply.value is True else Read(_NONE)


def _read_list(line: str, asked: Asked) -> Reading:
    whole, is_guess = _match(line, asked)
    if len(whole) == 1 and not is_guess:
        return _listed({asked.choices[place].value for place in whole}, asked)
    every = _all_or_none(line, asked)
    if every is not None:
        return every
    return _read_parts(_parts(line, asked), asked)


def _read_parts(parts: Sequence[str], asked: Asked) -> Reading:
    if len(parts) > _MOST_LISTED:
        return Refused(Reason.TOO_MANY, max=len(asked.choices))
    meant: set[str] = set()
    guessed: list[str] = []
    for part in parts:
        reading = _read_one(part, asked)
        if isinstance(reading, Candidates):
            return Refused(Reason.CHOICE_AMBIGUOUS, text=part, choices=[choice.label for choice in reading.choices])
        if isinstance(reading, Refused):
            return Refused(Reason.CHOICE_UNKNOWN, text=part)
        if isinstance(reading, Doubt):
            guessed.append(_label(str(reading.value), asked))
        meant.add(str(reading.value))
    listed = _listed(meant, asked)
    if guessed and isinstance(listed, Read):
        return Doubt(listed.value, Reason.CHOICE_GUESSED, {"guess": showing.enumerated(guessed, asked.language)})
    return listed


def _all_or_none(line: str, asked: Asked) -> Reading | None:
    words = fold(line)
    if words in _list_words(asked.language, "none"):
        none = {choice.value for choice in asked.choices if choice.value in asked.exclusive and choice.value.startswith("no")}
        return _listed(none, asked)
    if (count := _all_of(asked.language).get(words)) is not None:
        return _listed(_everything(asked), asked) if count == len(_everything(asked)) else Refused(Reason.CHOICE_UNKNOWN)
    if words in _list_words(asked.language, "all"):
        return _listed(_everything(asked), asked)
    for all_words in _list_words(asked.language, "all"):
        if words.startswith(all_words + " "):
            return _all_but(words.removeprefix(all_words).strip(), asked)
    return None


def _all_but(rest: str, asked: Asked) -> Reading | None:
    for but in openings(_list_words(asked.language, "but")):
        if rest.startswith(but):
            left_out = _read_parts(_parts(rest.removeprefix(but), asked), asked)
            if isinstance(left_out, Read) and isinstance(left_out.value, list):
                return _listed(_everything(asked) - set(left_out.value), asked)
    return None


def _everything(asked: Asked) -> set[str]:
    return {choice.value for choice in asked.choices} - set(asked.exclusive)


def _listed(values: set[str], asked: Asked) -> Reading:
    alone = values & set(asked.exclusive)
    if alone and len(values) > 1:
        return Refused(Reason.CHOICE_EXCLUSIVE, choice=_label(min(alone), asked))
    if not values and asked.required:
        return Refused(Reason.EMPTY)
    if isinstance(asked.max, int) and len(values) > asked.max:
        return Refused(Reason.TOO_MANY, max=asked.max)
    return Read([choice.value for choice in asked.choices if choice.value in values])


def _parts(line: str, asked: Asked) -> list[str]:
    """The items of a list: at its commas and, where the pieces are no choice as they stand, at its "and"s and blanks between numbers."""
    parts: list[str] = []
    for piece in _SPLIT.split(line):
        words = fold(piece)
        if not words:
            continue
        parts.extend([piece] if words in _index(asked.choices).by_name else _at_joining_words(words, asked))
    return parts


def _at_joining_words(words: str, asked: Asked) -> list[str]:
    if re.fullmatch(r"\d{1,2}( \d{1,2})+", words):
        return words.split()
    return [part for part in map(str.strip, re.split(_joints(asked.language), words)) if part]


@lru_cache(maxsize=100)
def _joints(language: str) -> re.Pattern[str]:
    joining = sorted(_list_words(language, "joining"), key=len, reverse=True)
    spaced, joined = ("|".join(re.escape(word) for word in joining if is_han(word[0]) is of_han) for of_han in (False, True))
    return re.compile(rf"(?:^|\s)(?:{spaced})(?=\s)" + (f"|{joined}" if joined else ""))


def _match(line: str, asked: Asked) -> tuple[frozenset[int], bool]:
    """The places of the choices that the words can mean, and whether that is a guess from spelling."""
    index, words = _index(asked.choices), fold(line)
    if exact := index.by_name.get(words):
        return exact, False
    bare = _without_fillers(words, asked.language)
    if exact := index.by_name.get(bare):
        return exact, False
    if amount := _by_amount(line, asked):
        return amount, False
    by_number, by_words = _by_number(line, bare, asked), _by_part(bare, index, asked.language)
    if by_number or by_words:
        return by_number | by_words, False
    if denied := _negations(words, asked.language):  # "not an owner" is spelt much like "owner", and the opposite
        return _by_mention(words, index, lambda name: denied <= _negations(name, asked.language)), True
    return _by_mention(words, index) or _by_spelling(bare or words, index), True


@lru_cache(maxsize=2_000)
def _index(choices: tuple[Choice, ...]) -> _Index:
    by_name: dict[str, set[int]] = {}
    for place, choice in enumerate(choices):
        for name in (choice.label, choice.value, *choice.aliases):
            if folded := fold(name):
                by_name.setdefault(folded, set()).add(place)
    return _Index(
        {name: frozenset(places) for name, places in by_name.items()},
        tuple((name, place) for name, places in by_name.items() for place in sorted(places)),
    )


@lru_cache(maxsize=100)
def _list_words(language: str, which: str) -> frozenset[str]:
    words: Iterable[str] = (word for known in vocabularies(language) for word in getattr(known.lists, which))
    return frozenset(fold(word) for word in words if fold(word))


def _without_fillers(words: str, language: str) -> str:
    """A no is dropped where it stands for "number" only: "no. 2" is the second, "no pool" is not a pool."""
    fillers, said = _list_words(language, "fillers"), words.split()
    left = [word for word in said if word not in fillers]
    if not all(word.isdecimal() for word in left):
        negating = _list_words(language, "negating")
        left = [word for word in said if word not in fillers or word in negating]
    return strip_han(" ".join(left), fillers)


def _negations(words: str, language: str) -> frozenset[str]:
    """The words among these that leave out or deny what stands beside them."""
    denying, others = _denying(language)
    return denying.intersection(words.split()) | frozenset(word for word in others if names(word, words))


@lru_cache(maxsize=100)
def _denying(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """All of them, and those that are no word between blanks: "out of", 没有."""
    denying = _list_words(language, "negating") | _list_words(language, "but")
    return denying, tuple(word for word in denying if is_han(word[0]) or " " in word)


def _by_amount(line: str, asked: Asked) -> frozenset[int]:
    """ "500 mila euro" where the choices are sums of money."""
    unit, amounts = _amounts(asked.choices, asked.language)
    number = number_in(line, asked.language, unit) if amounts else None
    return amounts.get(number, frozenset()) if number is not None else frozenset()


@lru_cache(maxsize=2_000)
def _amounts(choices: tuple[Choice, ...], language: str) -> tuple[str, Mapping[Decimal, frozenset[int]]]:
    """The places of the choices that are sums, by sum, and their unit; small numbers are left to be places in the list."""
    for unit in _UNITS:
        found = {place: number_in(choice.label, language, unit) for place, choice in enumerate(choices)}
        if sums := {number for number in found.values() if number is not None and number >= _LEAST_SUM}:
            return unit, {number: frozenset(place for place, each in found.items() if each == number) for number in sums}
    return "", {}


_UNITS = ("EUR", "RUB", "CNY", "IRR", "TOMAN")
"""In which a choice's label may be a sum: its own tells, and an amount in another is none of them."""


def _by_number(line: str, bare: str, asked: Asked) -> frozenset[int]:
    """ "2", "2)", "n. 2", "the second": the place in the list."""
    told = typed(line)
    number = re.fullmatch(r"\D{0,12}?\s*(\d{1,2})\s*[.)°]?", told) if isinstance(told, str) else None
    place = int(number[1]) if number and re.fullmatch(r"\d*", bare) else _ordinal(fold(line), asked) or _ordinal(bare, asked)
    return frozenset({place - 1}) if place and 1 <= place <= len(asked.choices) else frozenset()


def _ordinal(bare: str, asked: Asked) -> int | None:
    place = _ordinals(asked.language).get(bare)
    return len(asked.choices) if place == -1 else place


@lru_cache(maxsize=100)
def _all_of(language: str) -> Mapping[str, int]:
    return {fold(words): count for known in vocabularies(language) for words, count in known.lists.all_of.items()}


@lru_cache(maxsize=100)
def _ordinals(language: str) -> Mapping[str, int]:
    return {fold(word): place for known in reversed(vocabularies(language)) for word, place in known.lists.ordinals.items()}


def _by_part(bare: str, index: _Index, language: str) -> frozenset[int]:
    """Choices one of whose names begins with these words or has them all as words, and denies no more: "married" is no "not married"."""
    wanted = set(bare.split())
    if len(bare) < _SHORTEST_PART and not bare.isdecimal():
        return frozenset()
    denied = _negations(bare, language)
    return frozenset(
        place
        for name, place in index.names
        if (wanted <= set(name.split()) or (name.startswith(bare) and not bare.isdecimal())) and _negations(name, language) <= denied
    )


def _by_mention(words: str, index: _Index, is_meant: Callable[[str], bool] = bool) -> frozenset[int]:
    """ "un appartamento al terzo piano": a few words that hold a choice's whole name."""
    if words.count(" ") >= _MENTION_MOST:
        return frozenset()
    sentence = f" {words} "
    named = {
        name
        for name in index.by_name
        if (len(name) > _SHORTEST_PART and f" {name} " in sentence) or (is_han(name[0]) and len(name) > 1 and name in words)
    }
    meant = (index.by_name[name] for name in named if is_meant(name) and not any(name != other and name in other for other in named))
    return frozenset(place for places in meant for place in places)


def _by_spelling(words: str, index: _Index) -> frozenset[int]:
    from rapidfuzz import fuzz, process

    if len(words) < _SHORTEST_PART:
        return frozenset()
    wanted = set(words.split())
    known = [name for name, _ in index.names if not wanted < set(name.split())]  # "I do work" is spelt much like "I do not work"
    near = process.extract(words, known, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=5)
    if not near:
        return frozenset()
    best = near[0][1]
    return frozenset(place for name, score, _ in near if score >= best - _AS_NEAR for place in index.by_name[name])
