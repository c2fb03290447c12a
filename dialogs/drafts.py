"""More than one quote in a conversation: one that was sent comes back while another is being told."""

from collections.abc import Mapping

from dialogs.desk import QUOTE, Desk, is_kept
from dialogs.journey import is_optional
from dialogs.state import Aside
from forms.flow import Step
from forms.types.base import Wire


def take_up(desk: Desk, sent: Mapping[str, Wire], version: str) -> None:
    """The answers as they were sent are in hand again, confirmed; the draft that they displace waits for its turn."""
    state = desk.state
    mine = {key: value for key, value in state.answers.items() if _is_mine(key)}
    typed = {key: value for key, value in sent.items() if (step := desk.step(key)) is not None and not _is_computed(step)}
    if all(mine.get(key) == value for key, value in typed.items()):
        return
    if mine and QUOTE not in state.submitted:
        skipped = tuple(key for key in state.skipped if _is_mine(key))
        desk.set(aside=Aside(mine, skipped, state.given, state.priced, state.versions.get(QUOTE, "")), given=())
    _put(desk, typed, (), version)
    _as_it_was_confirmed(desk)


def put_back(desk: Desk) -> None:
    """The draft that waited goes on where it was."""
    aside = desk.state.aside
    if aside is None:
        return
    _put(desk, aside.answers, aside.skipped, aside.version)
    submitted = tuple(form for form in desk.state.submitted if form != QUOTE)
    desk.set(aside=None, given=aside.given, priced=aside.priced, submitted=submitted)


def _put(desk: Desk, answers: Mapping[str, Wire], skipped: tuple[str, ...], version: str) -> None:
    state = desk.state
    kept = version if version and is_kept(desk.catalogue, QUOTE, version, desk.language) else desk.catalogue.form(QUOTE).version
    desk.set(
        answers={**{key: value for key, value in state.answers.items() if not _is_mine(key)}, **answers},
        skipped=(*(key for key in state.skipped if not _is_mine(key)), *skipped),
        versions={**state.versions, QUOTE: kept},
    )


def _as_it_was_confirmed(desk: Desk) -> None:
    """What was sent had every section confirmed and every other question skipped."""
    steps = [step for step in desk.walk(QUOTE).steps if step.key not in desk.state.answers]
    confirmed = [step.key for step in steps if step.kind == "confirm" or (step.question is not None and step.question.type == "confirm")]
    skipped = [step.key for step in steps if step.kind == "question" and is_optional(step)]
    desk.answer(dict.fromkeys(confirmed, True))
    desk.set(skipped=(*desk.state.skipped, *skipped))


def _is_computed(step: Step) -> bool:
    return step.question is not None and step.question.type == "computed"


def _is_mine(key: str) -> bool:
    return key.startswith(f"{QUOTE}.")
