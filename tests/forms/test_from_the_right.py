"""Persian sentences keep their order where Latin words and codes stand in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROOMS = ("bots", "console", "dialogs", "forms")
LATIN_LIST = re.compile(r"[A-Za-z0-9]، \(?[A-Za-z]")
"""The comma would go with the Latin words, which are read from the left: it stands before the word it follows, and the list from its end."""
BARE_CODE = re.compile(r"(?<!\u2068)\+\d")
"""Of a country: its sign would stand at the other end."""
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("fa*.yaml"))


def told(words: Any) -> Iterator[str]:
    if isinstance(words, dict):
        for value in words.values():
            yield from told(value)
    elif isinstance(words, str):
        yield words


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_comma_stands_between_latin_words_and_no_sign_at_the_wrong_end(path: Path) -> None:
    wrong = [text for text in told(yaml.load(path.read_bytes(), yaml.CSafeLoader)) if LATIN_LIST.search(text) or BARE_CODE.search(text)]
    assert not wrong
