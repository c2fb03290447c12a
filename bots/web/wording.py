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
    return cast(Furniture, yaml.load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader))


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
