"""The free talk kept above the sheet: what a person wrote freely and what the house answered, the last exchanges only."""

from dialogs import rendering
from dialogs.desk import Desk, facts_of
from dialogs.events import Commanded, Event, StaffSaid
from dialogs.messages import Problem, Say
from dialogs.state import Line
from dialogs.takeover import MOST_WRITTEN

_LINES = 12
"""Six exchanges stay in the snapshot; the whole transcript is in the turns."""
_LENGTH = 300


def grown(desk: Desk, event: Event | None) -> tuple[Line, ...]:
    """The thread after this turn. Plain answers and what is said with them leave no line: they become rows of the card."""
    if not (desk.customer_said or isinstance(event, StaffSaid | Commanded) or desk.state.open.endswith(".sure")):
        return desk.state.thread
    added = [Line("customer", desk.customer_said[: _length(desk)])] if desk.customer_said else []
    added.extend(_line(desk, message) for message in desk.messages if isinstance(message, Say | Problem) and _is_known(message))
    if desk.state.pending is not None:
        added.append(Line("house", desk.state.pending.text[:_LENGTH]))
    return (*desk.state.thread, *added)[-_LINES:]


def _length(desk: Desk) -> int:
    """What is said to a colleague and by one stands in the thread alone, so more of it does."""
    return MOST_WRITTEN if desk.state.colleague is not None else _LENGTH


def _is_known(message: Say | Problem) -> bool:
    """Not of a sentence whose facts only the transaction knows: it would have a gap."""
    return len(facts_of(message.facts)) == len(message.facts)


def _line(desk: Desk, message: Say | Problem) -> Line:
    if message.key == "colleague_wrote":
        return Line("colleague", str(message.facts["text"]), str(message.facts["colleague"]))
    [rendered] = rendering.render([message], desk.language, {})
    return Line("house", str(rendered["text"])[:_LENGTH])
