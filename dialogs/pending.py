"""What waits for an explicit yes at `<path>.sure`: a yes keeps or does it, after a no the question stands open again."""

from dialogs import answers, asking, commands, facts, problems, summaries
from dialogs.desk import QUOTE, Desk
from dialogs.journey import Stop, next_stop, stop_at
from dialogs.state import Pending
from forms.types import TYPES
from forms.types.base import Doubt
from rules.refusals import Refused


def resolve(desk: Desk, *, is_yes: bool) -> None:
    pending = desk.state.pending
    assert pending is not None  # noqa: S101 - only then does `.sure` stand open
    desk.set(pending=None)
    if pending.kind == "command":
        _resolve_command(desk, pending, is_yes=is_yes)
        return
    if pending.kind == "facts":
        if is_yes:
            facts.keep(desk, pending.facts)
        else:
            desk.say("facts_left")
        return
    stop = stop_at(desk, pending.key) or next_stop(desk)
    if stop is None or stop.key != pending.key:
        return  # what it was about no longer applies
    if is_yes:
        _keep(desk, stop, pending)
    elif pending.kind == "correction":
        desk.say("kept_as_it_was")


def _keep(desk: Desk, stop: Stop, pending: Pending) -> None:
    """Held against the other answers like any: what was asked is answered, what was not is refused or asked."""
    held = answers.held(desk, stop.step, pending.value) if stop.step is not None else None
    if isinstance(held, Refused):
        desk.refuse(held, problems.own_words(desk, stop, held.facts))
        return
    if isinstance(held, Doubt) and (doubt := problems.doubted(desk, stop, held)).text not in pending.text:
        desk.set(pending=doubt)
        return
    if pending.kind == "correction" and stop.step is not None:
        desk.reprice = desk.reprice or stop.form == QUOTE
        desk.say("changed", label=summaries.label(desk, stop.step), after=summaries.shown(desk, stop.step, pending.value))
    answers.accept(desk, stop, None, pending.value)


def _resolve_command(desk: Desk, pending: Pending, *, is_yes: bool) -> None:
    if is_yes:
        commands.confirmed(desk, pending)
        return
    stop = next_stop(desk)
    if stop is None or stop.key != pending.key:
        return  # a restart that was not meant
    presented = asking.present(desk, stop)
    answers.keep(desk, stop, presented, TYPES[presented.asked.type].read_text(str(pending.value), presented.asked))
