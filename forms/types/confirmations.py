"""Yes and no, confirmations, and acts on a module's text: only explicit words count where something is agreed to."""

import re
import unicodedata
from functools import cache

from forms.types.base import Asked, Doubt, Read, Reading, Wire
from forms.types.characters import asks, clean_line, closings, fold, openings
from forms.types.vocabulary import AnswerWords, vocabularies, vocabulary
from rules.refusals import Reason, Refused

ACTS = frozenset({"accept", "refuse", "seen", "confirm"})
_AGREEING = {"accept": ("yes", "accept", "confirm"), "confirm": ("yes", "accept", "confirm"), "seen": ("yes", "seen")}
_CLAUSES = re.compile("[,.;!،؛，、。；！]")
_TONES = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_STRUCK = re.compile("~~|[\u0334-\u0338\u20d2\u20d3\u20e5-\u20eb]")
_KIND = frozenset("🙂😊😀😃😄🙏～")
"""Signs that go with a yes as well as with a no."""


class YesNoType:
    name = "yes_no"
    input = "radio"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        if _says(line, asked.language, "no", "refuse"):
            return Read(value=False)
        if _says(line, asked.language, "yes", "vague", "confirm", "accept"):
            return Read(value=True)
        words = _plain(line, asked.language)
        return _by_label(words, asked) or _beginning(words, asked)

    def read_value(self, value: object, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        return Read(value) if isinstance(value, bool) else Refused(Reason.WRONG_KIND)

    def show(self, value: Wire, asked: Asked) -> str:
        for choice in asked.choices:
            if choice.value == _wire_word(value):
                return choice.label
        return yes_or_no(asked.language, is_yes=value is True)


def yes_or_no(language: str, *, is_yes: bool) -> str:
    """ "Sì"."""
    words = vocabulary(language).answers
    shown = (words.yes if is_yes else words.no)[0]
    return shown[:1].upper() + shown[1:]


class ConfirmType(YesNoType):
    """True only by an explicit yes to exactly what was shown; anything that hedges asks again."""

    name = "confirm"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        if _says(line, asked.language, "no", "refuse"):
            return Read(value=False)
        if _says(line, asked.language, "yes", "confirm", "right"):
            return Read(value=True)
        is_plain = not asks(line) and not _is_belied(line, asked.language, "yes", "no")
        chosen = _by_label(without_courtesies(line, asked.language, "polite"), asked) if is_plain else None
        return chosen or _not_explicit(_plain(line, asked.language), line, asked.language)


def read_act(text: str, asked: Asked) -> Reading:
    """One of the act's values by explicit words; `ok`, 👍, a condition or a question is Refused(CONFIRM_EXPLICITLY)."""
    line = clean_line(text)
    if isinstance(line, Refused):
        return line
    values = {choice.value for choice in asked.choices}
    if "refuse" in values and _says(line, asked.language, "no", "refuse"):
        return Read("refuse")
    agreeing = next((value for value in _AGREEING if value in values), None)
    if agreeing and _says(line, asked.language, *_AGREEING[agreeing]):
        return Read(agreeing)
    words = without_courtesies(line, asked.language, "polite")
    is_plain = not asks(line) and not _is_belied(line, asked.language, *_AGREEING["accept"])
    for choice in asked.choices:
        if words and is_plain and words in {fold(choice.label), choice.value}:
            return Read(choice.value)
    return _not_explicit(_plain(line, asked.language), line, asked.language)


def _says(line: str, language: str, *kinds: str) -> bool:
    """Whether the line, or each of its clauses, is one of these phrases: "Yes, I accept. Thanks"."""
    if asks(line) or _is_belied(line, language, *kinds):
        return False
    replies = tuple(kind for kind in kinds if kind in _REPLIES)
    return any(
        (said := [words for part in parts if (words := without_courtesies(part, language, *courtesies))]) and phrases.issuperset(said)
        for phrases, courtesies in ((_phrases(language, *kinds), ("polite",)), (_phrases(language, *replies), ("polite", "please")))
        for parts in ([line], _clauses(line, language))
    )


def _is_belied(line: str, language: str, *kinds: str) -> bool:
    """Whether a sign that is not one of these phrases' own stands beside the words, or they are struck out: "accetto ❌" accepts nothing.

    Comparing words drops signs, so they are looked at first."""
    if line.isascii():
        return "~~" in line
    signs = {sign for sign in _TONES.sub("", line) if unicodedata.category(sign) in _SIGNS and not sign.isascii()}
    return bool(_STRUCK.search(line)) or (any(map(str.isalpha, line)) and not signs <= _KIND | _signs_of(language, *kinds))


_SIGNS = frozenset({"So", "Sk", "Sm"})


@cache
def _signs_of(language: str, *kinds: str) -> frozenset[str]:
    """👍 of a yes, 👎 of a no; what merely agrees to something vague is a sign of yes too, beside the word."""
    said = {*kinds, "vague"} if "yes" in kinds else {*kinds}
    return frozenset(phrase for phrase in _phrases(language, *sorted(said)) if len(phrase) == 1 and not phrase.isalnum())


_REPLIES = frozenset({"yes", "vague", "no", "refuse"})
"""What a "please" may go with: "yes, please", while "please confirm" is said to us."""


def _clauses(line: str, language: str) -> list[str]:
    """What stands between commas and full stops. A "sí" with its accent is no "si", and stands by itself."""
    first, _, rest = line.partition(" ")
    parts = [first, rest] if first.casefold() in _accented(language) else [line]
    return [clause for part in parts for clause in map(str.strip, _CLAUSES.split(part)) if clause]


def _not_explicit(words: str, line: str, language: str) -> Refused:
    """Something like a yes or a no is asked for again in so many words; anything else was no answer at all."""
    leaning = _phrases(language, "yes", "vague", "no", "confirm", "accept", "seen", "refuse")
    leans = words in leaning or not any(sign.isalpha() for sign in line) or _leading(words, leaning) is not None
    return Refused(Reason.CONFIRM_EXPLICITLY if leans else Reason.NOT_UNDERSTOOD)


def _beginning(words: str, asked: Asked) -> Reading:
    """ "yes, but only in summer": a yes that is asked about."""
    noes = _phrases(asked.language, "no")
    no, yes = _leading(words, noes), _leading(words, _phrases(asked.language, "yes"))
    if no is None and yes is None:
        return Refused(Reason.NOT_UNDERSTOOD)
    if yes is not None and _leading(words.removeprefix(yes), noes) is not None:
        return Refused(Reason.NOT_UNDERSTOOD)  # "да нет" is neither
    value = yes is not None
    return Doubt(value, Reason.CHOICE_GUESSED, {"guess": YesNoType().show(value, asked)})


def _leading(words: str, phrases: frozenset[str]) -> str | None:
    """The longest phrase that the words begin with."""
    parts = words.split()
    for length in range(min(4, len(parts)), 0, -1):
        if (start := " ".join(parts[:length])) in phrases:
            return start
    return None


def _by_label(words: str, asked: Asked) -> Reading | None:
    for choice in asked.choices:
        if words and words in {_plain(choice.label, asked.language), choice.value} and choice.value in {"true", "false", "yes", "no"}:
            return Read(choice.value in {"true", "yes"})
    return None


def _wire_word(value: Wire) -> str:
    return "true" if value is True else "false"


def _plain(line: str, language: str) -> str:
    return without_courtesies(line, language, "polite", "please")


def without_courtesies(line: str, language: str, *courtesies: str) -> str:
    """Folded words without a courtesy before or after them, "" where there is nothing else; a text of signs only (👍) stays as it is."""
    words = fold(line)
    if not words:
        return _TONES.sub("", line)
    alone, before, after = _courtesies(language, *courtesies)
    if words in alone:
        return ""
    if words.endswith(after):
        return words.removesuffix(next(polite for polite in after if words.endswith(polite))).strip()
    if words.startswith(before):
        return words.removeprefix(next(polite for polite in before if words.startswith(polite))).strip()
    return words


@cache
def _courtesies(language: str, *kinds: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Alone, before other words and after them, longest first; a blank is between them but in Chinese."""
    polite = _phrases(language, *kinds)
    return polite, openings(polite), closings(polite)


@cache
def _accented(language: str) -> frozenset[str]:
    """Single words for yes whose accent tells them from other words: "sì", "sí"."""
    words = {word.casefold() for known in vocabularies(language) for word in known.answers.yes if " " not in word}
    return frozenset(word for word in words if word != fold(word))


@cache
def _phrases(language: str, *kinds: str) -> frozenset[str]:
    return frozenset(
        fold(phrase) or _TONES.sub("", phrase)
        for known in vocabularies(language)
        for kind in kinds
        for phrase in _of_kind(known.answers, kind)
    )


def _of_kind(answers: AnswerWords, kind: str) -> list[str]:
    words: dict[str, list[str]] = answers.model_dump()
    return words[kind]
