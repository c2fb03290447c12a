"""What changed from one version of a text to the next: by paragraphs, and within a changed paragraph by words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from forms.modules import paragraphs

ALIKE = 0.5
"""Ratio from which two paragraphs are one that was changed; below, the words they share mean nothing."""
_WORDS = re.compile(r"\s+|[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")  # of Chinese each character


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_changed: bool


type Told = tuple[Piece, ...]
type Side = Literal["removed", "added", "was", "now"]


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph, heading or item as it was and as it is; empty where it is new or gone."""

    removed: Told
    added: Told

    @property
    def told(self) -> tuple[tuple[Side, Told], ...]:
        """Each side under what it is to be called: what is gone or new by itself, and otherwise what it was and is now."""
        if self.removed and self.added:
            return ("was", self.removed), ("now", self.added)
        return (("removed", self.removed),) if self.removed else (("added", self.added),)


@lru_cache(maxsize=64)
def differences(before: str, after: str) -> tuple[Change, ...]:
    """In the order of the text; empty where both say the same. Line breaks within a paragraph say nothing."""
    old, new = _parts(before), _parts(after)
    found: list[Change] = []
    for what, start, end, start_new, end_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            for was, now in zip_longest(old[start:end], new[start_new:end_new], fillvalue=""):
                found += _changes(was, now)
    return tuple(found)


def said(told: Told) -> str:
    return "".join(piece.text for piece in told)


def _parts(text: str) -> list[str]:
    return [part for block in paragraphs(text) for part in block.texts]


def _changes(was: str, now: str) -> list[Change]:
    old, new = _WORDS.findall(was), _WORDS.findall(now)
    match = SequenceMatcher(None, old, new, autojunk=False)
    if match.ratio() < ALIKE:
        return [Change(_whole(text), ()) for text in (was,) if text] + [Change((), _whole(text)) for text in (now,) if text]
    steps = match.get_opcodes()
    removed = _pieces([("".join(old[a:b]), what != "equal") for what, a, b, _, _ in steps])
    return [Change(removed, _pieces([("".join(new[a:b]), what != "equal") for what, _, _, a, b in steps]))]


def _whole(text: str) -> Told:
    return _pieces([(text, True)])


def _pieces(found: Sequence[tuple[str, bool]]) -> Told:
    return tuple(Piece(text, is_changed) for text, is_changed in found if text)
