"""What is said to the house rather than to its question: a wish for a person, however it is worded, and what everybody asks about the house."""

import re
from functools import lru_cache

from dialogs import talk, wording
from forms.types.characters import fold, is_han, openings

_MOST_WORDS = 10
"""A longer sentence tells something more, and is not answered by half."""
COST = "cost"
HOUSE = ("bot", "later", "safe", COST)
"""What is asked about the house: whether it is a program, whether one may stop, what becomes of what is written, what it costs."""


def wants_person(text: str, language: str) -> bool:
    """ "I would like to speak to a real person", "找客服", "позвоните мне завтра": a wish and somebody, or to be called. Nothing else beside them."""
    words = fold(text)
    if len(words.split()) > _MOST_WORDS:
        return False
    return f"{words} ".startswith(_calls(language)) or _wish(language).fullmatch(words) is not None


def asked_of_house(text: str, language: str) -> str | None:
    """Which of `HOUSE`."""
    return _house(language).get(fold(text))


@lru_cache(maxsize=16)
def _calls(language: str) -> tuple[str, ...]:
    return openings(talk.phrases(language, "person_calls"))


@lru_cache(maxsize=16)
def _wish(language: str) -> re.Pattern[str]:
    leads, idle, somebody = (_one_of(talk.folded(language, f"person_{key}")) for key in ("leads", "idle", "names"))
    return re.compile(rf"(?:{leads})(?:{idle})*(?:{somebody})(?:{idle}|{somebody})*")


def _one_of(words: frozenset[str]) -> str:
    """Each with the blank after it, or the end; Chinese has none."""
    found = sorted((word for word in words if word), key=len, reverse=True)
    return "|".join(re.escape(word) + (r"\s*" if is_han(word[-1]) else r"(?:\s+|$)") for word in found)


@lru_cache(maxsize=16)
def _house(language: str) -> dict[str, str]:
    return {
        fold(words): key
        for key in HOUSE
        for each in (*wording.LANGUAGES, language)
        for words in wording.aliases(each, f"house.{key}.asked")
    }
