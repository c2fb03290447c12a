"""Yes and no, confirmations, and acts on a module's text: only explicit words count where something is agreed to."""

import re
from functools import cache

from forms.types.base import Asked, Doubt, Read, Reading, Wire
from forms.types.characters import asks, clean_line, fold
from forms.types.vocabulary import AnswerWords, vocabularies, vocabulary
from rules.refusals import Reason, Refused

ACTS = frozenset({"accept", "refuse", "seen", "confirm"})
_AGREEING = {"accept": ("yes", "accept", "confirm"), "confirm": ("yes", "accept", "confirm"), "seen": ("yes", "seen")}
_TONES = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


class YesNoType:
    name = "yes_no"
    input = "radio"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        words = _plain(line, asked.language)
        if not asks(line) and words in _phrases(asked.language, "no", "refuse"):
            return Read(value=False)
        if words in _phrases(asked.language, "yes", "vague", "confirm", "accept") and not asks(line):
            return Read(value=True)
        chosen = _by_label(words, asked)
        return chosen or _beginning(words, asked)

    def read_value(self, value: object, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        return Read(value) if isinstance(value, bool) else Refused(Reason.WRONG_KIND)

    def show(self, value: Wire, asked: Asked) -> str:
        for choice in asked.choices:
            if choice.value == _wire_word(value):
                return choice.label
        words = vocabulary(asked.language).answers
        shown = (words.yes if value is True else words.no)[0]
        return shown[:1].upper() + shown[1:]


class ConfirmType(YesNoType):
    """True only by an explicit yes to exactly what was shown; anything that hedges asks again."""

    name = "confirm"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        words = _plain(line, asked.language)
        if not asks(line) and words in _phrases(asked.language, "no", "refuse"):
            return Read(value=False)
        if not asks(line) and words in _phrases(asked.language, "yes", "confirm"):
            return Read(value=True)
        chosen = _by_label(words, asked) if not asks(line) else None
        return chosen or _not_explicit(words, line, asked.language)


def read_act(text: str, asked: Asked) -> Reading:
    """One of the act's values by explicit words; `ok`, 👍, a condition or a question is Refused(CONFIRM_EXPLICITLY)."""
    line = clean_line(text)
    if isinstance(line, Refused):
        return line
    values = {choice.value for choice in asked.choices}
    words = _plain(line, asked.language)
    if "refuse" in values and not asks(line) and words in _phrases(asked.language, "no", "refuse"):
        return Read("refuse")
    agreeing = next((value for value in _AGREEING if value in values), None)
    if agreeing and not asks(line) and words in _phrases(asked.language, *_AGREEING[agreeing]):
        return Read(agreeing)
    for choice in asked.choices:
        if not asks(line) and words in {_plain(choice.label, asked.language), choice.value}:
            return Read(choice.value)
    return _not_explicit(words, line, asked.language)


def _not_explicit(words: str, line: str, language: str) -> Refused:
    """Something like a yes or a no is asked for again in so many words; anything else was no answer at all."""
    leaning = _phrases(language, "yes", "vague", "no", "confirm", "accept", "seen", "refuse")
    leans = words in leaning or not any(sign.isalpha() for sign in line) or _leading(words, leaning) is not None
    return Refused(Reason.CONFIRM_EXPLICITLY if leans else Reason.NOT_UNDERSTOOD)


def _beginning(words: str, asked: Asked) -> Reading:
    """ "yes, but only in summer": a yes that is asked about."""
    no = _leading(words, _phrases(asked.language, "no"))
    yes = _leading(words, _phrases(asked.language, "yes"))
    if no is None and yes is None:
        return Refused(Reason.NOT_UNDERSTOOD)
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
        if words in {_plain(choice.label, asked.language), choice.value} and choice.value in {"true", "false", "yes", "no"}:
            return Read(choice.value in {"true", "yes"})
    return None


def _wire_word(value: Wire) -> str:
    return "true" if value is True else "false"


def _plain(line: str, language: str) -> str:
    """Folded words without courtesies; a text of signs only (👍) stays as it is."""
    words = fold(line)
    if not words:
        return _TONES.sub("", line)
    for polite in sorted(_phrases(language, "polite"), key=len, reverse=True):
        if words.endswith(" " + polite):
            return words.removesuffix(polite).strip()
        if words.startswith(polite + " "):
            return words.removeprefix(polite).strip()
    return words


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
