"""The words of the chat's own furniture: bots/messengers/words/<language>.yaml; what the web says too is its own."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from bots.web.wording import furniture, word

FOLDER = Path(__file__).parent / "words"


@cache
def words(language: str) -> Mapping[str, object]:
    return cast(Mapping[str, object], yaml.load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader))


def say(language: str, path: str, **facts: object) -> str:
    """The sentence at a dotted path; where messengers have none of their own, the web's."""
    own = path.partition(".")[0] in words(language)
    return word(words(language) if own else furniture(language), path).format(**facts)
