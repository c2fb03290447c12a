"""A message that its writer changed after it was read: a correction of the answer it was, never taken without a yes."""

from dialogs.asking import form_of
from dialogs.desk import Desk
from dialogs.events import Edited
from dialogs.journey import is_reopenable, stop_at
from dialogs.naming import is_called
from dialogs.phrases import is_slashed
from dialogs.understanding import Correction, propose, read
from forms.flow import Step
from rules.refusals import Reason


def propose_edit(desk: Desk, event: Edited) -> None:
    """Says what would change and waits for an explicit yes; where nothing can be made of it, how to change an answer."""
    desk.customer_said = event.text
    if is_slashed(event.text):
        desk.problem(Reason.NOT_UNDERSTOOD, text=event.text[:80])
        desk.say("edited")
        return
    correction = _correction(desk, event)
    if correction is None:
        desk.say("edited")
    elif correction.reading.value == desk.state.answers.get(correction.step.key):
        desk.say("kept_as_it_was")
    else:
        propose(desk, correction)


def _correction(desk: Desk, event: Edited) -> Correction | None:
    step = desk.step(event.question)
    if step is None or step.kind != "question" or step.key not in desk.state.answers or not _is_in_hand(desk, step):
        return None
    if desk.circumstances.messenger and step.question is not None and step.question.sensitive:
        desk.problem(Reason.SENSITIVE_ELSEWHERE)
        return None
    if is_called(desk, step, event.text):
        return None
    reading = read(desk, step, event.text)
    return Correction(step, reading) if reading is not None else None


def _is_in_hand(desk: Desk, step: Step) -> bool:
    return step.form == form_of(desk) and desk.state.returned is None and is_reopenable(step) and stop_at(desk, step.key) is not None
