"""Answers not yet sent: more than one quote in a conversation, and what was begun in another browser."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from dialogs.desk import PARTY_KIND, QUOTE, Desk, is_kept
from dialogs.events import KnownParty
from dialogs.journey import CARD_CONFIRM, act_stops, is_optional
from dialogs.state import Aside, State
from forms.cards import CARD_OF_FORM
from forms.flow import Step
from forms.types.base import Wire


def is_begun(state: State) -> bool:
    """Whether a quote was begun and has not been sent."""
    return (QUOTE not in state.submitted and any(_is_mine(key) for key in state.answers)) or state.aside is not None


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
    if QUOTE in left.submitted and QUOTE not in _sent_back(left):
        left = _without_quote(left, desk.now)
    held = {key: value for key, value in desk.state.answers.items() if _is_of_card(key)}
    open_card = _open_card(desk, left)
    is_current = all(left.answers.get(key) == value for key, value in held.items() if key not in open_card)
    quote = {key: value for key, value in left.answers.items() if _is_mine(key)}
    desk.set(
        answers={**desk.state.answers, **open_card, **quote},
        skipped=left.skipped,
        versions={**desk.state.versions, **left.versions},
        begun={**desk.state.begun, **left.begun},
        given=left.given if is_current else tuple(act for act in left.given if act != CARD_CONFIRM),
        changed_card=left.changed_card,
        submitted=left.submitted,
        priced=left.priced,
        returned=left.returned,
        waiting=left.waiting,
        aside=left.aside,
        prepared=left.prepared,
        prepared_before=left.prepared_before,
    )


def _without_quote(left: State, now: datetime) -> State:
    """What was sent is not told again."""
    return msgspec.structs.replace(left, **_without(left, QUOTE, now), submitted=tuple(form for form in left.submitted if form != QUOTE))


def let_go_of_sent(desk: Desk, known: KnownParty) -> bool:
    """Whether something in hand here was confirmed in another browser: it is said, and nothing of it is sent again."""
    state = desk.state
    mended = _sent_back(state)
    drafts = [form for form, begun in state.begun.items() if (form, begun) in known.sent and form not in state.submitted]
    forms = [form for form in drafts if form not in mended]
    if state.aside is not None and QUOTE in drafts:
        desk.set(aside=None)
    if state.returned is not None and state.returned.submission in known.settled:
        desk.set(returned=None)
        forms.append(state.returned.form)
    if state.waiting is not None and state.waiting.submission in known.settled:
        desk.set(waiting=None)
        forms.append(state.waiting.form)
    for form in forms:
        drop_form(desk, form)
        desk.say("sent_elsewhere", title=desk.words(form).title)
        if desk.form_of(desk.state.goal) == form:
            desk.set(goal=None)
    return bool(forms)


def drop_form(desk: Desk, form: str) -> None:
    """Its answers go, and what is told next is another draft."""
    prefix = f"{form}."
    state = desk.state
    of_each_quote = {stop.path for stop in act_stops(desk, "quote")} if form == QUOTE else set()
    desk.set(
        **_without(state, form, desk.now),
        given=tuple(question for question in state.given if not question.startswith(prefix) and question not in of_each_quote),
        pending=None,
        offered=None,
        redo=None,
        redo_from="",
    )


def _without(state: State, form: str, now: datetime) -> dict[str, object]:
    """What changes of a state where a form's answers go and another draft of it begins."""
    prefix = f"{form}."
    return {
        "answers": {key: value for key, value in state.answers.items() if not key.startswith(prefix)},
        "skipped": tuple(key for key in state.skipped if not key.startswith(prefix)),
        "versions": {name: version for name, version in state.versions.items() if name != form},
        "begun": begun_anew(state.begun, form, now),
        "priced": None if form == QUOTE else state.priced,
    }


def begun_anew(begun: Mapping[str, float], form: str, now: datetime) -> dict[str, float]:
    """No two drafts of a form are begun at the same moment."""
    return {**begun, form: round(max(now.timestamp(), begun.get(form, 0) + 0.001), 6)}  # as the database gives it back


def _open_card(desk: Desk, left: State) -> dict[str, Wire]:
    """Answers of the card that the agency has not been sent; and whose card it was, where that is not said here."""
    is_open = not desk.is_registered or not _sent_back(left).isdisjoint(CARD_OF_FORM)
    kind = {PARTY_KIND: left.answers[PARTY_KIND]} if is_open and PARTY_KIND in left.answers else {}
    kind |= {PARTY_KIND: desk.state.answers[PARTY_KIND]} if kind and PARTY_KIND in desk.state.answers else {}
    return kind | {key: value for key, value in left.answers.items() if _is_of_card(key) and (is_open or key in left.changed_card)}


def _sent_back(state: State) -> set[str]:
    """Forms of which something came back and waits to be mended."""
    return {one.form for one in (state.returned, state.waiting) if one is not None}


def _is_of_card(key: str) -> bool:
    return key.partition(".")[0] in CARD_OF_FORM


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
    skipped = [step.key for step in steps if step.kind == "question" and is_optional(desk, step)]
    desk.answer(dict.fromkeys(confirmed, True))
    desk.set(skipped=(*desk.state.skipped, *skipped))


def _is_computed(step: Step) -> bool:
    return step.question is not None and step.question.type == "computed"


def _is_mine(key: str) -> bool:
    return key.startswith(f"{QUOTE}.")
