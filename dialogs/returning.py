"""What a colleague has sent back, in the house's words: told when it comes, and again whenever the customer comes to it."""

from dialogs import summaries, wording
from dialogs.desk import Desk
from dialogs.journey import stop_at
from dialogs.state import Returned
from rules.refusals import Fact

_STOPS = {"zh": "。"}
_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", ":", "»", "”")


def set_aside(desk: Desk) -> None:
    """For the menu, where it is offered first."""
    if desk.state.returned is not None:
        desk.set(waiting=desk.state.returned, returned=None)


def take_up(desk: Desk) -> None:
    """What was set aside is asked again."""
    tell_waiting(desk)
    desk.set(returned=desk.state.waiting, waiting=None)


def labels(desk: Desk) -> list[str]:
    """What is asked for, as it is called."""
    returned = _sent_back(desk)
    return [label(desk, question) for question in returned.questions] if returned is not None else []


def _sent_back(desk: Desk) -> Returned | None:
    return desk.state.returned or desk.state.waiting


def tell_waiting(desk: Desk) -> bool:
    """Whether an answer still waits; it is said whose wish it is and why."""
    facts = _waiting(desk)
    if facts is not None:
        desk.say("returned_still", **facts)
    return facts is not None


def told_waiting(desk: Desk) -> str:
    """The same as a sentence, for a page outside the conversation; empty where nothing waits."""
    facts = _waiting(desk)
    return wording.say(desk.language, "say.returned_still", facts) if facts is not None else ""


def _waiting(desk: Desk) -> dict[str, Fact] | None:
    returned = _sent_back(desk)
    if returned is None or not returned.questions:
        return None
    named: Fact = labels(desk)
    return {"colleague": returned.colleague, "label": named, "reason": whole(returned.reason, desk.language)}


def label(desk: Desk, question: str) -> str:
    step = desk.step(question)
    if step is not None and step.question is not None:
        return summaries.label(desk, step)
    stop = stop_at(desk, question)
    if stop is not None and stop.module is not None:
        return stop.module.words[desk.language].title
    return question


def whole(reason: str, language: str) -> str:
    """What a colleague wrote, as a sentence among others: with a capital letter, and a full stop where it has none."""
    told = reason.strip()
    told = told[:1].upper() + told[1:]
    return told if not told or told.endswith(_ENDS) else told + _STOPS.get(language, ".")
