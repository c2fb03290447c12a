"""The free talk kept above the sheet: what a person wrote freely and what the house answered, the last exchanges only."""

from dialogs import rendering
from dialogs.desk import Desk, facts_of
from dialogs.events import Commanded, Event, StaffSaid
from dialogs.messages import Problem, Say
from dialogs.state import Line

_LINES = 12
"""Six exchanges stay in the snapshot; the whole transcript is in the turns."""
_LENGTH = 300


def grown(desk: Desk, event: Event | None) -> tuple[Line, ...]:
    """The thread after this turn. Plain answers and what is said with them leave no line: they become rows of the card."""
    if not (desk.customer_said or isinstance(event, StaffSaid | Commanded) or desk.state.open.endswith(".sure")):
        return desk.state.thread
    added = [Line("customer", desk.customer_said[:_LENGTH])] if desk.customer_said else []
    added.extend(_line(desk, message) for message in desk.messages if isinstance(message, Say | Problem))
    if desk.state.pending is not None:
        added.append(Line("house", desk.state.pending.text[:_LENGTH]))
    return (*desk.state.thread, *added)[-_LINES:]


def _line(desk: Desk, message: Say | Problem) -> Line:
    later = {name: "…" for name in message.facts if name not in facts_of(message.facts)}
    [rendered] = rendering.render([message], desk.language, later)
    return Line("house", str(rendered["text"])[:_LENGTH])
