"""What waits for an explicit yes at `<path>.sure`: a yes keeps or does it, after a no the question stands open again."""

from dialogs import answers, asking, commands, facts, phrases, problems, shrugs, summaries, understanding
from dialogs.asking import Presented
from dialogs.desk import QUOTE, Desk
from dialogs.journey import ACTS, Stop, next_stop, stop_at
from dialogs.state import Pending
from forms.types import TYPES
from forms.types.base import Doubt, Read
from rules.refusals import Reason, Refused


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


def is_answered_anew(desk: Desk, text: str) -> bool:
    """Whether the words are neither yes nor no but another answer to what the doubt is about: "950 m² is a lot" - "no, 95".

    What would become of any words, as a name, waits for a yes of its own."""
    pending = desk.state.pending
    about = _about(desk, pending) if pending is not None else None
    if pending is None or about is None:
        return False
    stop, presented = about
    known = presented.asked
    said = understanding.without_marker(text, desk.language)
    reading = TYPES[known.type].read_text(said, known)
    if isinstance(reading, Refused) and (pending.kind == "correction" or not _is_a_try(said, reading)):
        return False
    if isinstance(reading, Doubt | Read) and reading.value == pending.value:
        return _is_named(desk, reading, presented)
    desk.customer_said = text
    desk.set(pending=None)
    if pending.kind == "correction" and stop.step is not None and isinstance(reading, Doubt | Read):
        understanding.propose(desk, understanding.Correction(stop.step, reading))
        return True
    if isinstance(reading, Read) and known.type in phrases.FREE_TYPES:
        reading = Doubt(reading.value, Reason.CHOICE_GUESSED, {"guess": said.strip()})
    answers.keep(desk, stop, presented, reading)
    return True


def _is_a_try(said: str, refused: Refused) -> bool:
    """A figure out of bounds is another answer, if a wrong one."""
    return refused.reason not in shrugs.NOT_AN_ANSWER and any(map(str.isdigit, said))


def _is_named(desk: Desk, reading: Doubt | Read, presented: Presented) -> bool:
    """Whether the guessed choice itself is said, which is a yes to it; a number said again is none."""
    if isinstance(reading, Doubt) or not presented.asked.choices:
        return False
    resolve(desk, is_yes=True)
    return True


def takes_any_words(desk: Desk) -> bool:
    """Whether the doubt is about an answer that any words would be."""
    pending = desk.state.pending
    about = _about(desk, pending) if pending is not None else None
    return about is not None and about[1].asked.type in phrases.FREE_TYPES


def _about(desk: Desk, pending: Pending) -> tuple[Stop, Presented] | None:
    """The question that the doubt is about; None of several at once, and of what is agreed to or restarted."""
    stop = stop_at(desk, pending.key) if pending.kind != "facts" else None
    if stop is None or stop.kind in ACTS or stop.kind == "code":
        return None
    presented = asking.present(desk, stop)
    return None if presented.asked.type == "confirm" else (stop, presented)


def _resolve_command(desk: Desk, pending: Pending, *, is_yes: bool) -> None:
    if is_yes:
        commands.confirmed(desk, pending)
        return
    stop = next_stop(desk)
    if stop is None or stop.key != pending.key:
        return  # a restart that was not meant
    presented = asking.present(desk, stop)
    answers.keep(desk, stop, presented, TYPES[presented.asked.type].read_text(str(pending.value), presented.asked))
