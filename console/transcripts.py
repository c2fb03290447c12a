"""What was said in a conversation with its identifiers covered, as on the pages that show them as answers."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from console.acting import Work
from dialogs.history import Spoken, read_history, told_privately
from dialogs.state import State
from forms.covering import as_number, cover_text, is_private_at
from forms.types.base import Wire
from storage.parties import read_cards
from storage.recent import Loaded
from storage.turns import StoredTurn

MOST_CARDS = 10
"""Of a customer's latest: what an earlier one said may be named again."""


async def read_transcript(work: Work, loaded: Loaded, turns: Sequence[StoredTurn], *, is_whole: bool) -> tuple[tuple[Spoken, ...], bool]:
    """The lines, and whether something in them is covered."""
    lines = read_history(turns, loaded.language)
    if is_whole:
        return lines, False
    catalogue = work.services.catalogue
    is_private = cache(lambda path: is_private_at(catalogue, path))
    told = [value for answers in await _answers(work, loaded) for path, value in answers.items() if is_private(path)]
    known = {number for each in (*told, *told_privately(turns, is_private)) if (number := as_number(each)) is not None}
    covered = await asyncio.to_thread(_covered, lines, known)  # 400 lines take a quarter of a second, in which nobody's turn waits
    return covered, covered != lines


async def _answers(work: Work, loaded: Loaded) -> Sequence[Mapping[str, Wire]]:
    """What the conversation holds and what was prepared for it; of a customer what their cards hold, earlier ones among them."""
    state = State.from_json(loaded.snapshot)
    cards = [state.prepared, *state.prepared_before]
    drafts = [state.answers, state.aside.answers if state.aside else {}, *(card.values for card in cards if card)]
    if work.party is None:
        return drafts
    owner = await work.owner(work.party)
    return [*drafts, *(card.answers for card in await read_cards(work.session, owner, most=MOST_CARDS))]


def _covered(lines: Iterable[Spoken], known: Collection[str]) -> tuple[Spoken, ...]:
    return tuple(replace(line, text=cover_text(line.text, known)) for line in lines)
