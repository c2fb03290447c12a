"""Words of the trade: whose meaning somebody asks for, found by their names in the glossary. Rules only."""

from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from dialogs import talk
from dialogs.desk import Desk
from forms.catalogue import Catalogue
from forms.types.characters import asks, closings, fold, is_han, names, openings
from forms.types.confirmations import without_courtesies

_NEAR = 88
"""rapidfuzz ratio from which a misspelt term counts as meant."""
_SAME = 200.0
"""More than any ratio: the term and nothing else."""
_SHORTEST = 4
"""A shorter word is not guessed at by its spelling."""
_SLIP = 1
"""One letter wrong, missing, added or swapped with the next makes of a short word another ratio than of a long one: `permio` 83. No two terms
of a glossary are so close, but in Chinese."""
_MOST = 200
"""Longer texts are talk."""


def asked_term(desk: Desk, text: str, *, of_free_words: bool) -> str | None:
    """Key of the glossary's term whose meaning is asked for: "che cos'è la franchigia?", "what does premium mean", "免赔额是什么意思".

    Where any words are an answer, nothing but the question itself counts, or a question mark must stand there."""
    subject = _subject_of_meaning(text, desk.language) if len(text) <= _MOST else None
    if subject is None:
        return named_term(desk, text) if of_free_words else None
    return _term_called(desk, subject, least=_SAME if of_free_words and not asks(text) else _NEAR)


def named_term(desk: Desk, text: str) -> str | None:
    """Of the term that is only named, with a question mark: "PEC?"."""
    return _term_called(desk, text, least=_SAME) if len(text) <= _MOST and asks(text) else None


def _subject_of_meaning(text: str, language: str) -> str | None:
    """What somebody asks the meaning of, "la franchigia"; None where no meaning is asked for."""
    first, last, leads = _asking_meaning(language)
    words = fold(text)
    while words.startswith(leads) and not words.startswith(first):
        words = talk.without_start(words, leads)
    bare = talk.without_end(talk.without_start(words, first), last)
    return without_courtesies(bare, language, "polite", "please") if bare and bare != words else None


@lru_cache(maxsize=16)
def _asking_meaning(language: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What such a question begins with, ends with, and what may stand before it."""
    first, last = openings(talk.phrases(language, "meaning_first")), closings(talk.phrases(language, "meaning_last"))
    return first, last, openings(talk.phrases(language, "meaning_leads"))


def _term_called(desk: Desk, words: str, *, least: float) -> str | None:
    """By its name in the conversation's language, else in another that the house speaks. Other words beside it are no more than it has itself."""
    said = talk.bare(words, desk.language)
    for language in dict.fromkeys((desk.language, *desk.catalogue.glossary)):
        terms = _terms(desk.catalogue, language)
        if (same := terms.get(said)) is not None:
            return same
        if least < _SAME and (near := _nearest(said, terms)) is not None:
            return near
    return None


def _nearest(said: str, terms: Mapping[str, str]) -> str | None:
    among = [name for name in terms if name in said and len(said) <= 2 * len(name) and names(name, said)]
    if among:
        return terms[max(among, key=len)]
    if len(said) < _SHORTEST:
        return None
    found = process.extractOne(said, terms.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return terms[found[0]] if found is not None else next((key for name, key in terms.items() if _is_slip(said, name)), None)


def _is_slip(said: str, name: str) -> bool:
    return len(said) > _SHORTEST and not is_han(said[0]) and OSA.distance(said, name, score_cutoff=_SLIP) <= _SLIP


_TERMS: dict[str, tuple[Catalogue, dict[str, str]]] = {}


def _terms(catalogue: Catalogue, language: str) -> Mapping[str, str]:
    """Keys of the terms by each of their bare names."""
    if language not in _TERMS or _TERMS[language][0] is not catalogue:
        terms = catalogue.glossary.get(language, {})
        _TERMS[language] = (catalogue, {talk.bare(name, language): key for key, term in terms.items() for name in (term.term, *term.names)})
    return _TERMS[language][1]
