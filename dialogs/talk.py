"""The phrases that conversations are understood by: `talk:` of the wording files, of every language at once, and words without their articles."""

from functools import lru_cache

from dialogs import wording
from forms.types.characters import fold, strip_han


@lru_cache(maxsize=64)
def phrases(language: str, key: str) -> tuple[str, ...]:
    """Longest first."""
    words = {word for each in (*wording.LANGUAGES, language) for word in wording.aliases(each, f"talk.{key}")}
    return tuple(sorted(words, key=len, reverse=True))


@lru_cache(maxsize=64)
def folded(language: str, key: str) -> frozenset[str]:
    return frozenset(map(fold, phrases(language, key)))


@lru_cache(maxsize=64)
def bare_phrases(language: str, key: str) -> frozenset[str]:
    return frozenset(bare(name, language) for name in phrases(language, key))


@lru_cache(maxsize=4)
def bare(words: str, language: str) -> str:
    """Without articles and possessives. What was said last is remembered: one message is looked at for several things."""
    small = folded(language, "small_words")
    kept = [word for word in fold(words.replace("'", " ").replace("’", " ")).split() if word not in small]
    return strip_han(" ".join(kept), small) or fold(words)


def without_start(words: str, starts: tuple[str, ...]) -> str:
    """Folded words without the longest of `openings` that they begin with."""
    if not words.startswith(starts):  # mostly, and at once
        return words
    return words.removeprefix(next(start for start in starts if words.startswith(start)))


def without_end(words: str, ends: tuple[str, ...]) -> str:
    """Likewise of `closings`."""
    if not words.endswith(ends):
        return words
    return words.removesuffix(next(end for end in ends if words.endswith(end)))
