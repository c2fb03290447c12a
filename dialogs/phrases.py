"""What in a customer's words is a command: to the letter, by its verb, misspelt, or an answer as well."""

import re
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from dialogs import talk, wishes, wording
from dialogs.events import Commanded
from dialogs.journey import ACTS, Stop
from forms.types import TYPES
from forms.types.base import Asked, Read
from forms.types.characters import asks, closings, fold, openings
from forms.types.confirmations import without_courtesies

COMMANDS = (
    "back", "review", "change", "why", "help", "skip", "resend", "pause", "cancel", "restart", "language", "human", "menu", "consents",
    "withdraw", "withdraw_request",
)  # fmt: skip
FREE_TYPES = frozenset({"text", "multiline", "name"})
"""Types that take almost any words: there a single word is an answer unless it begins with a slash, and what could be both is asked."""


def typed(text: str, language: str) -> Commanded | None:
    """The command that the words are, to the letter: with or without a slash, in the conversation's language or in English.

    What follows a slash is one even where nobody knows it, and is answered so. A wish for a person is one however it is worded."""
    line = text.strip()
    words = fold(line)
    bare = without_courtesies(line, language, "polite", "please")
    command = _aliases(language).get(words) or _aliases(language).get(bare)
    if command is not None:
        return Commanded(command)
    if bare in talk.folded(language, "skip_section"):
        return Commanded("skip", "section")
    spoken = _language_called(bare, language)
    if spoken is not None:
        return Commanded("language", spoken)
    if is_slashed(line):
        head, _, rest = line[1:].partition(" ")
        name = head.partition("@")[0]  # "/help@our_bot", as groups address one bot of many
        return Commanded(_aliases(language).get(fold(name), name), rest.strip() or None)
    return _with_argument(words, language) or (Commanded("human") if wishes.wants_person(bare, language) else None)


def is_slashed(text: str) -> bool:
    """Whether it is written as a command: "/back", "／返回"."""
    return _SLASHED.match(text.strip()) is not None


_SLASHED = re.compile(r"[/／]\w")


def language_named(text: str, language: str) -> str | None:
    """The language that is named and nothing else: "English please", "in italiano", "换成英文"."""
    return _language_called(without_courtesies(text, language, "polite", "please"), language)


def _language_called(words: str, language: str) -> str | None:
    first, last = _around_language(language)
    names = _language_names()
    return names.get(words) or names.get(talk.without_start(talk.without_end(words, last), first))


@lru_cache(maxsize=16)
def _around_language(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return openings(talk.phrases(language, "language_first")), closings(talk.phrases(language, "language_last"))


@cache
def _language_names() -> dict[str, str]:
    """Codes by what languages are called, folded; a code itself is too short to be told from other words."""
    called = {code: (wording.say(code, "language_name"), *wording.aliases(code, "language_aliases")) for code in wording.LANGUAGES}
    return {fold(name): code for code, names in called.items() for name in names if not (len(name) == 2 and name.isascii())}


def _with_argument(words: str, language: str) -> Commanded | None:
    """ "cambia il cap", "change my address", "把邮编改一下"; "revoca le offerte per e-mail"."""
    for command in ("withdraw", "change"):
        first, last = _verbs(language, command)
        rest = talk.without_start(words, first) if words.startswith(first) else talk.without_end(words, last)
        if rest and rest != words:
            if command == "withdraw" and talk.bare(rest, language) in talk.bare_phrases(language, "request_names"):
                return Commanded("withdraw_request")
            means_language = command == "change" and _aliases(language).get(talk.bare(rest, language)) == "language"
            return Commanded("language") if means_language else Commanded(command, rest)
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
    return stop.kind == "question" and kind in FREE_TYPES and not is_slashed(text) and not set(" ?") & set(text.strip())


def is_plainly_answer(asked: Asked, text: str) -> bool:
    """To the letter one of the choices that are shown, an address where one is asked for, or a language that is also an answer, as
    "italiano" is of a citizen: whatever else the words may mean, as those of cambia.lingua@example.org."""
    words = text.strip().casefold()
    if asked.type == "email":
        return "@" in words and " " not in words
    return any(words == choice.label.casefold() for choice in asked.choices) or _is_language_too(asked, text)


def _is_language_too(asked: Asked, text: str) -> bool:
    if asked.type in FREE_TYPES or language_named(text, asked.language) is None:
        return False
    return isinstance(TYPES[asked.type].read_text(text, asked), Read)


def names_choice(stop: Stop, asked: Asked, text: str, command: str) -> bool:
    """Whether the words of a command are read as a choice as well: "una persona" may want to register as one, or to talk to one.

    Not at acts: nobody is led to agree by a word that was said to us. Nor where both lead to the same."""
    if not asked.choices or stop.kind in ACTS or is_slashed(text):
        return False
    reading = TYPES[asked.type].read_text(text, asked)
    return isinstance(reading, Read) and reading.value != _SAME.get(command)


_SAME = {"consents": "modules", "withdraw": "modules", "human": "human", "withdraw_request": "withdrawal"}
"""Commands, and the choice of the menu that leads where they do."""
