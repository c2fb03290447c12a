"""What a correction makes wrong further on: said, taken out and asked again, nothing else."""

from collections.abc import Mapping, Sequence

from dialogs import problems, summaries
from dialogs.desk import Desk
from dialogs.journey import step_stop
from dialogs.messages import Message, Problem
from forms.flow import Step
from forms.recheck import no_longer_right
from forms.types.base import Doubt, Wire
from rules.refusals import Refused


def ask_again(desk: Desk, changed: Step, before: Mapping[str, Wire], came_from: str) -> None:
    """Answers that the new one makes wrong leave; the first is open next and leads back to where the change began.

    What is merely doubtful waits for a yes, as when it was first given."""
    words = desk.words(changed.form)
    found = no_longer_right(changed, before, desk.state.answers, desk.environment, words=words, language=desk.language)
    if not found:
        return
    wrong = [step for step, _ in found]
    values = {step.key: desk.state.answers[step.key] for step in wrong}
    desk.say("no_longer_fits", count=len(wrong), labels=[summaries.label(desk, step) for step in wrong])
    desk.answer({key: None for step in wrong for key in (step.key, *_sections(desk, step, came_from))})
    desk.set(redo=wrong[0].key, redo_from=came_from)
    _owe_of_card(desk, wrong)
    _say_why(desk, *found[0], values[wrong[0].key])


def confirmed(desk: Desk, form: str) -> dict[str, tuple[Message, ...]]:
    """What stood above each confirmation inside the form that was given: a computed value, the needs left unanswered."""
    answers = desk.state.answers
    return {
        step.key: summaries.before_confirmation(desk, step)
        for step in desk.walk(form).steps
        if _is_confirmation(step) and step.key in answers
    }


def confirm_again(desk: Desk, form: str, seen: Mapping[str, tuple[Message, ...]]) -> None:
    """Nobody has confirmed what they did not see: where it is another now, it is shown and asked again."""
    now = confirmed(desk, form)
    desk.answer({key: None for key, shown in seen.items() if key in now and now[key] != shown})


def _is_confirmation(step: Step) -> bool:
    return step.question is not None and step.question.type == "confirm"


def _sections(desk: Desk, step: Step, came_from: str) -> Sequence[str]:
    """Section confirmations that go with the answer; the final summary shows everything and is confirmed itself."""
    if came_from == f"{step.form}.confirm":
        return ()
    return [key for key in desk.form(step.form).confirms_to_reopen(step.key) if key in desk.state.answers]


def _owe_of_card(desk: Desk, wrong: Sequence[Step]) -> None:
    """A card already sent has no goal of its own that asks for its gaps."""
    owed = [step.key for step in wrong if step.form == desk.card.form]
    if owed and desk.is_registered and desk.state.returned is None:
        desk.set(changed_card=(*(key for key in desk.state.changed_card if key not in owed), *owed))


def _say_why(desk: Desk, step: Step, reading: Refused | Doubt, value: Wire) -> None:
    stop = step_stop(step)
    if isinstance(reading, Doubt):
        desk.set(pending=problems.doubted(desk, stop, reading))
        return
    own = problems.own_words(desk, stop, reading.facts, value)
    desk.messages.append(Problem(reading.reason.value, reading.facts, own))
