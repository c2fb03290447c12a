"""The words of the page furniture: bots/web/words/<language>.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import yaml

type Furniture = Mapping[str, object]

FOLDER = Path(__file__).parent / "words"


@cache
def furniture(language: str) -> Furniture:
    return cast(Furniture, yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8")))


def word(words: Furniture, path: str) -> str:
    """The text at a dotted path, such as `landing.title`."""
    here: object = words
    for part in path.split("."):
        here = cast(Furniture, here)[part]
    return str(here)


def lines(words: Furniture, path: str) -> list[str]:
    here: object = words
    for part in path.split("."):
        here = cast(Furniture, here)[part]
    return [str(line) for line in cast(list[object], here)]


def written(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the agency's languages that the pages speak, in the agency's order."""
    return tuple(language for language in languages if (FOLDER / f"{language}.yaml").exists())


def preferred(header: str, languages: tuple[str, ...]) -> str:
    """The best of our languages for an `Accept-Language` header; the agency's first where none fits."""
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
    return weight, tag.split("-")[0].lower()
