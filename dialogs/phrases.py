"""What in a customer's words is a command: to the letter, by its verb, misspelt, or an answer as well."""

from functools import lru_cache

from rapidfuzz import fuzz, process

from dialogs import wording
from dialogs.events import Commanded
from dialogs.journey import ACTS, Stop
from forms.types import TYPES
from forms.types.base import Asked, Read
from forms.types.characters import asks, closings, fold, openings
from forms.types.confirmations import without_courtesies

COMMANDS = (
    "back", "review", "change", "why", "help", "skip", "resend", "pause", "cancel", "restart", "language", "human", "menu", "consents",
    "withdraw",
)  # fmt: skip
FREE_TYPES = frozenset({"text", "multiline", "name"})
"""Types that take almost any words: there a single word is an answer unless it begins with a slash, and what could be both is asked."""


def typed(text: str, language: str) -> Commanded | None:
    """The command that the words are, to the letter: with or without a slash, in the conversation's language or in English."""
    line = text.strip()
    words = fold(line)
    command = _aliases(language).get(words) or _aliases(language).get(without_courtesies(line, language, "polite", "please"))
    if command is not None:
        return Commanded(command)
    head, _, rest = line.removeprefix("/").partition(" ")
    if line.startswith("/"):
        command = _aliases(language).get(fold(head))
        return Commanded(command, rest.strip() or None) if command is not None else None
    return _with_argument(words, language)


def _with_argument(words: str, language: str) -> Commanded | None:
    """ "cambia il cap", "change my address", "把邮编改一下"; "revoca le offerte per e-mail"."""
    for command in ("withdraw", "change"):
        first, last = _verbs(language, command)
        rest = words
        if words.startswith(first):
            rest = words.removeprefix(next(verb for verb in first if words.startswith(verb)))
        elif words.endswith(last):
            rest = words.removesuffix(next(verb for verb in last if words.endswith(verb)))
        if rest and rest != words:
            return Commanded(command, rest)
    return None


def asked_why(text: str, language: str, kind: str) -> bool:
    """ "perche vi serve?", "why do you need that": where any words are an answer only with a question mark."""
    if kind in FREE_TYPES and not asks(text):
        return False
    return fold(text).startswith(_whys(language))


@lru_cache(maxsize=16)
def _whys(language: str) -> tuple[str, ...]:
    return openings(alias for alias, command in _aliases(language).items() if command == "why")


def nearly(text: str, language: str) -> Commanded | None:
    """A misspelt command that changes nothing; looked for only where the words were no answer."""
    words, harmless = fold(text), _harmless(language)
    near = process.extractOne(words, harmless, scorer=fuzz.ratio, score_cutoff=_NEAR) if len(words) >= _SHORTEST else None
    return Commanded(_aliases(language)[near[0]]) if near is not None else None


@lru_cache(maxsize=16)
def _harmless(language: str) -> tuple[str, ...]:
    return tuple(alias for alias, command in _aliases(language).items() if command in _HARMLESS)


_HARMLESS = frozenset({"why", "help", "review"})
_NEAR = 84
"""rapidfuzz ratio: `perchee` 92, `aituo` for `aiuto` 80 is too far."""
_SHORTEST = 4


@lru_cache(maxsize=16)
def _aliases(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in dict.fromkeys((*wording.LANGUAGES, language)):
        for command in COMMANDS:
            found[command] = command
            found |= {fold(alias): command for alias in wording.aliases(each, f"commands.{command}")}
    return found


@lru_cache(maxsize=32)
def _verbs(language: str, command: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that stand first, and last."""
    keys = (f"{command}_verbs", f"{command}_verbs_last")
    first, last = ({verb for each in (*wording.LANGUAGES, language) for verb in wording.aliases(each, key)} for key in keys)
    return openings(first), closings(last)


def could_be_answer(stop: Stop, kind: str, text: str) -> bool:
    """Whether the words of a command might as well be the answer: a surname "Back" can still be typed."""
    return stop.kind == "question" and kind in FREE_TYPES and not text.strip().startswith("/") and not set(" ?") & set(text.strip())


def is_plainly_answer(asked: Asked, text: str) -> bool:
    """To the letter one of the choices that are shown, or an address where one is asked for: whatever else the words may mean,
    as those of cambia.lingua@example.org."""
    words = text.strip().casefold()
    if asked.type == "email":
        return "@" in words and " " not in words
    return any(words == choice.label.casefold() for choice in asked.choices)


def names_choice(stop: Stop, asked: Asked, text: str, command: str) -> bool:
    """Whether the words of a command are read as a choice as well: "una persona" may want to register as one, or to talk to one.

    Not at acts: nobody is led to agree by a word that was said to us. Nor where both lead to the same."""
    if not asked.choices or stop.kind in ACTS or text.strip().startswith("/"):
        return False
    reading = TYPES[asked.type].read_text(text, asked)
    return isinstance(reading, Read) and not (command in {"consents", "withdraw"} and reading.value == "modules")
