"""The words of the client area: words/<language>.yaml beside this file."""

from functools import cache
from pathlib import Path
from typing import cast

import yaml

from bots.web.wording import Furniture

FOLDER = Path(__file__).parent / "words"


@cache
def area_words(language: str) -> Furniture:
    """Under `area`, as templates and `word` look it up."""
    words = yaml.load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return cast(Furniture, {"area": words})
