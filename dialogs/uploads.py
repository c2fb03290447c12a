"""Files as answers: which a turn has taken, and which it has let go of. Pure."""

from collections.abc import Iterable

from msgspec.structs import replace

from dialogs.effects import SettleUploads
from dialogs.events import Event, Uploaded
from dialogs.outcome import Outcome
from dialogs.state import State
from forms.types.base import Wire


def settled(before: State, event: Event, outcome: Outcome) -> Outcome:
    """With the effect by which the files that came are held, and those no longer named here go where nothing else holds them."""
    handed_in = set(_named([event.value])) if isinstance(event, Uploaded) else set()
    if outcome.conflict or (outcome.state is before and not handed_in):
        return outcome
    named, was_named = documents(outcome.state), documents(before)
    taken, let_go = named - was_named, (was_named | handed_in) - named
    if not taken and not let_go:
        return outcome
    effect = SettleUploads(tuple(sorted(taken)), tuple(sorted(let_go)), tuple(sorted(taken & handed_in)))
    return replace(outcome, effects=(*outcome.effects, effect))


def documents(state: State) -> set[str]:
    """Ids of the files that the conversation's answers name, those that wait for a yes or for their turn included."""
    found = set(_named(state.answers.values()))
    if state.pending is not None:
        found.update(_named([state.pending.value, *(value for _, value in state.pending.facts)]))
    if state.aside is not None:
        found.update(_named(state.aside.answers.values()))
    return found


def _named(values: Iterable[object | Wire]) -> Iterable[str]:
    files = [value for value in values if type(value) is dict]  # of sixty answers few are: every turn looks at all
    return [str(value["document"]) for value in files if "document" in value]
