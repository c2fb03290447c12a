"""Answers not yet sent: more than one quote in a conversation, and what was begun in another browser."""

from collections.abc import Mapping

from dialogs.desk import CARD, QUOTE, Desk, is_kept
from dialogs.journey import CARD_CONFIRM, is_optional
from dialogs.state import Aside, State
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


def carry_over(desk: Desk, left: State) -> None:
    """What the customer left open in another browser goes on here, as far as it had come.

    Of a card that was sent, what the agency holds by now counts, and a quote begun on an older one confirms it anew."""
    if left.ended:
        return
    held = {key: value for key, value in desk.state.answers.items() if key.startswith(f"{CARD}.")}
    open_card = _open_card(desk, left)
    is_current = all(left.answers.get(key) == value for key, value in held.items() if key not in open_card)
    quote = {key: value for key, value in left.answers.items() if _is_mine(key)}
    desk.set(
        answers={**desk.state.answers, **open_card, **quote},
        skipped=left.skipped,
        versions=left.versions,
        given=left.given if is_current else tuple(act for act in left.given if act != CARD_CONFIRM),
        changed_card=left.changed_card,
        submitted=left.submitted,
        priced=left.priced,
        returned=left.returned,
        aside=left.aside,
    )


def _open_card(desk: Desk, left: State) -> dict[str, Wire]:
    """Answers of the card that the agency has not been sent."""
    is_open = not desk.is_registered or (left.returned is not None and left.returned.form == CARD)
    return {key: value for key, value in left.answers.items() if key.startswith(f"{CARD}.") and (is_open or key in left.changed_card)}


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
