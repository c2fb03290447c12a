"""The languages the house has words in, and the direction in which some are written."""

from typing import Final

LANGUAGES: Final = ("it", "en", "es", "ru", "fa", "zh")

RIGHT_TO_LEFT: Final = frozenset({"fa"})


def direction(language: str) -> str:
    """As HTML's `dir` has it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def primary(tag: str) -> str:
    """ "en" of "en-US"."""
    return tag.partition("-")[0].lower()


def preferred(header: str, languages: tuple[str, ...]) -> str:
    """The best of these languages for an `Accept-Language` header; the first where none fits."""
    ranked = sorted((_weighed(item) for item in header[:500].split(",")), key=lambda pair: -pair[0])
    for weight, tag in ranked:
        if weight > 0 and tag in languages:
            return tag
    return languages[0]


def _weighed(item: str) -> tuple[float, str]:
    tag, _, parameter = item.strip().partition(";")
    try:
        weight = float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        weight = 0.0
    return weight, primary(tag)
