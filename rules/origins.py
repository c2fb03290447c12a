"""Who typed an answer: the customer, or somebody who prepared it for them and whom they kept or changed (S0-08)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Of an answer that somebody had prepared; an answer without one the customer typed."""

    colleague: str
    """By name: who typed it, or released the file it is from."""
    file: str
    """Empty where it was typed."""
    prepared_at: str
    """ISO, with its zone."""
    is_kept: bool
    """False: the customer has answered otherwise."""


type Origins = Mapping[str, Origin]
"""By the answer's path."""


def carried_origins(
    before: Origins, answers_before: Mapping[str, object], new: Origins, answers: Mapping[str, object]
) -> dict[str, Origin]:
    """Those of answers that stay as they were, and the new ones: what the customer has answered anew since is theirs."""
    stay = {path: origin for path, origin in before.items() if path in answers and answers[path] == answers_before.get(path)}
    return stay | {path: origin for path, origin in new.items() if path in answers}
