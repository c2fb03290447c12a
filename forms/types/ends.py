"""Words that make of a date the end of something: "until 1970" is not the year a house was built."""

from functools import cache

from forms.types.characters import is_han, typed
from forms.types.vocabulary import vocabularies
from rules.refusals import Refused

_ENDS = ("expires_on", "valid_until")


def without_until(text: str, language: str) -> str:
    """The text as it is where no such word stands in it, else what is left, as `typed` has it."""
    told = typed(text)
    if isinstance(told, Refused):
        return text
    words, joined = _untils(language)
    rest = " ".join(word for word in told.split(" ") if word not in words)
    rest = rest.removeprefix(next((until for until in joined if rest.startswith(until)), ""))
    return rest if rest and rest != told else text


def asks_for_end(name: str) -> bool:
    """Of a question, by its name."""
    return name.endswith(_ENDS)


@cache
def _untils(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """With blanks around them, and those of Chinese."""
    untils = {until for known in vocabularies(language) for until in known.dates.until}
    joined = sorted((until for until in untils if is_han(until[0])), key=len, reverse=True)
    return frozenset(untils.difference(joined)), tuple(joined)
