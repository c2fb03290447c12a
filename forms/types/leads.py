"""What stands before the name of a place, and the form that a name has after it."""

from functools import cache

from forms.types.characters import openings
from forms.types.vocabulary import vocabularies

_ENDINGS = {"е": ("", "а", "я", "ь", "о", "и"), "и": ("ия", "я", "ь", "а")}
"""Of Russian names after в, and how lists have them, folded (й = и): Милане, Вероне, Генуе, Неаполе; Венеции, Франции."""
_SHORTEST = 4


def without_place_lead(words: str) -> str:
    """ "sono nata a torino" → "torino", folded; a name that begins so stays where nothing else is left."""
    lead = next((each for each in _leads() if words.startswith(each)), "")
    return words.removeprefix(lead).strip() or words


def nominatives(words: str) -> tuple[str, ...]:
    """What lists may call a place that is named so in a Russian sentence: of its last word, or of both of two."""
    if words.isascii() or len(words) < _SHORTEST or words[-1] not in _ENDINGS:
        return ()
    return tuple(words[:-1] + ending for ending in _ENDINGS[words[-1]])


@cache
def _leads() -> tuple[str, ...]:
    """Longest first."""
    return openings(lead for known in vocabularies("it") for lead in known.lead_ins.place)
