"""What somebody has come for, in their own words, and in which of the house's languages they say it."""

import re
from functools import lru_cache

from dialogs import answers, wording
from dialogs.desk import QUOTE, Desk
from dialogs.journey import UPDATE, Stop, goals, next_stop
from forms.types.base import Doubt, Reading
from forms.types.characters import fold, is_han
from rules.refusals import Reason, Refused

REGISTER, ELSEWHERE = "register", "elsewhere"
"""`elsewhere`: insurance that nobody is quoted for here."""
_FEW = 3
"""So many words name a thing and tell no story: "polizza auto", but not "la mia vita è complicata"."""


def meant(text: str, language: str) -> str | None:
    """The one thing the words name; None: none, or several. A home beside another thing is a home."""
    words = fold(text)
    found = [intent for intent in (REGISTER, QUOTE) if _names(words, language, intent)]
    if _names(words, language, ELSEWHERE) and not _names(words, language, "home"):
        is_asked_for = QUOTE in found or _names(words, language, "insurance") or len(words.split()) <= _FEW
        return ELSEWHERE if is_asked_for else None
    return found[0] if len(found) == 1 else None


def is_unsure(text: str, language: str) -> bool:
    """Whether a word beside it may turn it round, or make it another matter: "non", "già", "disdire"."""
    return _names(fold(text), language, "unsure")


def wants_more(text: str, language: str) -> bool:
    """Whether something that nobody is quoted for here is named as well."""
    return _names(fold(text), language, ELSEWHERE)


def spoken(desk: Desk, text: str) -> str | None:
    """The one language in which the words greet, or name what a visitor comes for; None: none, or several."""
    languages = desk.circumstances.languages
    found = [each for each in languages if _greets(each, text)] or [each for each in languages if meant(text, each) is not None]
    return found[0] if len(found) == 1 else None


def take_first_words(desk: Desk, stop: Stop, text: str) -> bool:
    """Whoever begins with "hello", or with what they have come for, has said in which language."""
    language = spoken(desk, text)
    if language is None:
        return False
    answers.accept(desk, stop, None, language)
    following = next_stop(desk)
    if following is not None and following.kind == "goal":
        come_for(desk, following, text)
    return True


def come_for(desk: Desk, stop: Stop, text: str, reading: Reading | None = None) -> bool:
    """A goal in one's own words. True = it has been taken, asked about, or answered."""
    intent = meant(text, desk.language)
    if intent is None:
        return False
    offered = goals(desk)
    if is_unsure(text, desk.language):
        return isinstance(reading, Refused) and intent in offered and _ask_whether(desk, stop, text, intent)
    desk.customer_said = text
    if intent in offered:
        if wants_more(text, desk.language):
            desk.say("only_home")
        answers.accept(desk, stop, None, intent)
    elif intent == ELSEWHERE:
        desk.say("only_home")
    elif intent == QUOTE and REGISTER in offered:
        desk.say("register_first")
    elif intent == REGISTER and UPDATE in offered:
        desk.say("registered_already", label=wording.say(desk.language, f"goals.{UPDATE}.label"))
    else:
        return False
    return True


def _ask_whether(desk: Desk, stop: Stop, text: str, intent: str) -> bool:
    """ "I am not a customer yet and would like a quote" names one, and might name it to say no."""
    desk.customer_said = text
    label = wording.say(desk.language, f"goals.{intent}.label")
    answers.doubt(desk, stop, Doubt(intent, Reason.CHOICE_GUESSED, {"guess": label}))
    return True


def _greets(language: str, text: str) -> bool:
    words = fold(text)
    return any(words == greeting or words.startswith(f"{greeting} ") for greeting in _greetings(language))


@lru_cache(maxsize=16)
def _greetings(language: str) -> frozenset[str]:
    return frozenset(map(fold, wording.aliases(language, "talk.greetings")))


def _names(words: str, language: str, intent: str) -> bool:
    return _named(language, intent).search(words) is not None


@lru_cache(maxsize=64)
def _named(language: str, intent: str) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, wording.aliases(language, f"talk.intents.{intent}"))))


def _pattern(named: str) -> str:
    """Whole words, the last with any ending where a star follows it; Chinese has no blanks between its words."""
    words = re.escape(fold(named))
    return words if is_han(named[0]) else rf"\b{words}\w*" if named.endswith("*") else rf"\b{words}\b"
