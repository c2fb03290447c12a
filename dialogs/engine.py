"""The one door: a state and an event in, a new state, messages and effects out. Pure and synchronous."""

from dialogs import (
    addresses,
    answers,
    asking,
    codes,
    commands,
    drafts,
    edits,
    facts,
    pricing,
    problems,
    proposals,
    renewals,
    shrugs,
    staff,
    streets,
    takeover,
    thread,
    uploads,
    waiting,
    wording,
)
from dialogs.asking import Presented
from dialogs.desk import QUOTE, Desk, is_kept
from dialogs.events import Answered, Circumstances, Commanded, Edited, Event, StaffSaid, TextSaid, TimePassed, Uploaded
from dialogs.hearing import hear_text, is_act, keep, must_leave_messenger, named_only
from dialogs.journey import CARD_CONFIRM, EMAIL_CODE, GOAL, OFFER, Stop, next_stop, stop_left_open
from dialogs.messages import Ask, Message, Notice, Problem
from dialogs.outcome import Left, Outcome
from dialogs.party import remember_party
from dialogs.state import State
from forms.cards import CARD_EMAILS
from forms.catalogue import Catalogue
from forms.types import TYPES
from forms.types.base import Reading
from rules.refusals import Reason, Refused

__all__ = ["Outcome", "is_undecided", "open_conversation", "step", "wants_party"]


def open_conversation(language: str, catalogue: Catalogue, circumstances: Circumstances) -> Outcome:
    """A fresh conversation: a greeting, then its language."""
    if language not in circumstances.languages:
        language = circumstances.languages[0]
    desk = Desk(State(language), catalogue, circumstances)
    desk.say("greeting", agency=circumstances.agency_name)
    return _finish(desk, None)


def wants_party(state: State, event: Event) -> str | bool:
    """Whom to load as `circumstances.known` before the step: the party of an address being proved, the bound one, or nobody."""
    if state.open == EMAIL_CODE and state.proof is not None and codes.may_be_right(state.proof, _told(event)):
        return state.proof.email
    if not state.bound:
        return False
    if isinstance(event, Commanded):
        return event.command in {"menu", "cancel", "consents", "withdraw", "withdraw_request"}
    if isinstance(event, StaffSaid | TimePassed):
        return True
    return state.open in _TURNING_POINTS or state.open.count(".") == 1


def _told(event: Event) -> str:
    match event:
        case TextSaid():
            return event.text
        case Answered():
            return str(event.value)
        case _:
            return ""


_TURNING_POINTS = frozenset({GOAL, CARD_CONFIRM, OFFER})


def step(state: State, event: Event, catalogue: Catalogue, circumstances: Circumstances, left: Left | None = None) -> Outcome:
    """What comes of the event. A structured answer to what is not open is a conflict: the state stays as it was.

    `left`: of the outcome that the state is from, where it is at hand."""
    return uploads.settled(state, event, _stepped(state, event, catalogue, circumstances, left))


def _stepped(state: State, event: Event, catalogue: Catalogue, circumstances: Circumstances, left: Left | None) -> Outcome:
    desk = Desk(state, catalogue, circumstances)
    if state.ended:
        return _over(desk, event)
    if left is not None and not left.fits(desk):
        left = None
    if left is not None:
        desk.walks, desk.met = {**left.walks}, {**left.met}
    if _refresh(desk) and not isinstance(event, StaffSaid | TimePassed):
        return _finish(desk, event)
    stop, standing = (left.stop, left.presented) if left is not None and desk.state is state else (_left_open(desk, state), None)
    if state.closing is not None and not isinstance(event, TimePassed):
        desk.set(closing=None)  # the page of what was sent has been seen, or the agency has moved it on
    if isinstance(event, Answered | Uploaded):
        presented = _meant(desk, stop, event, standing)
        if presented is None:
            return Outcome(state, (), _asked(desk, stop), conflict=True)
        _answer(desk, stop, presented, event)
    elif isinstance(event, StaffSaid):
        staff.hear(desk, event)
    elif not isinstance(event, TimePassed):
        _hear(desk, stop, event, standing)
    answers.let_readings_go(desk, state, event)
    return _finish(desk, event)


def _hear(desk: Desk, stop: Stop, event: TextSaid | Edited | Commanded, standing: Presented | None) -> None:
    """What is said and not pressed: to the colleague who has the conversation, else to the house."""
    if takeover.is_silent(desk.state):
        if isinstance(event, Commanded) or not problems.refuse_unreadable(desk, event.text):
            takeover.hear(desk, stop, event)
    elif isinstance(event, Commanded):
        commands.obey(desk, stop, event)
    else:
        _written(desk, stop, event, standing)


def _written(desk: Desk, stop: Stop, event: TextSaid | Edited, standing: Presented | None) -> None:
    """Edited after the open question was reached: typed anew. Before: a correction, which waits for a yes."""
    if isinstance(event, TextSaid):
        hear_text(desk, stop, event, standing)
    elif event.question == stop.path:
        hear_text(desk, stop, TextSaid(event.text), standing)
    else:
        edits.propose_edit(desk, event)


def _left_open(desk: Desk, state: State) -> Stop:
    return (stop_left_open(desk) if desk.state is state else None) or _open(desk)


def _over(desk: Desk, event: Event) -> Outcome:
    if isinstance(event, StaffSaid | TimePassed):
        return Outcome(desk.state, (), None)
    desk.say("ended")
    return Outcome(desk.state, tuple(desk.messages), None, conflict=isinstance(event, Answered | Uploaded))


def _refresh(desk: Desk) -> bool:
    """What storage says of the bound party, and what the clock has done since. True = what stood open here was sent from elsewhere."""
    known, is_sent = desk.circumstances.known, False
    if desk.state.bound and known is not None:
        is_sent = drafts.let_go_of_sent(desk, known)
        remember_party(desk, known=known)
        proposals.take_up_prepared(desk)
    if desk.state.client.offers:
        staff.expire_offers(desk)
    for form, version in desk.state.versions.items():
        if not is_kept(desk.catalogue, form, version, desk.language):
            answers.carry_over(desk, form)
    return is_sent


def _open(desk: Desk) -> Stop:
    """The open question; a goal that has nothing left to ask is reached, and the next one is asked for."""
    stop = next_stop(desk)
    if stop is None:
        desk.set(goal=None, redo=None, redo_from="")
        stop = next_stop(desk)
    elif desk.state.redo not in {None, stop.key} and stop.kind not in {"sure", "phone", "consents", "which", "withdrawal"}:
        desk.set(redo=None, redo_from="")  # what was to be changed no longer applies
    assert stop is not None  # noqa: S101 - a conversation that has not ended asks for a goal at least
    return stop


# answers


def _meant(desk: Desk, stop: Stop, event: Answered | Uploaded, standing: Presented | None) -> Presented | None:
    """The open question, if the answer is to it as it was displayed."""
    if event.question != stop.path or takeover.is_silent(desk.state):
        return None
    shown = event.shown if isinstance(event, Answered) else None
    if standing is None and shown in {None, desk.state.shown} and not is_act(stop):
        return asking.present(desk, stop, plainly=True)
    presented = standing or asking.present(desk, stop)
    return presented if shown in {None, presented.ask.shown} else None


def _asked(desk: Desk, stop: Stop) -> Ask | None:
    return None if takeover.is_silent(desk.state) else asking.present(desk, stop).ask


def _answer(desk: Desk, stop: Stop, presented: Presented, event: Answered | Uploaded) -> None:
    if isinstance(event, Answered) and is_act(stop) and event.shown is None:
        desk.problem(Reason.CONFIRM_EXPLICITLY)
        return
    if must_leave_messenger(desk, stop):
        desk.problem(Reason.SENSITIVE_ELSEWHERE)
        return
    kind = TYPES[presented.asked.type]
    if isinstance(event, Answered) and (told := addresses.find(desk, stop, event.value)):
        facts.propose(desk, stop, told)
        return
    if isinstance(event, Answered) and isinstance(event.value, str) and len(event.value) > problems.MOST_TEXT:
        reading: Reading = Refused(Reason.TOO_LONG, max_length=problems.MOST_TEXT)
    elif isinstance(event, Answered) and isinstance(event.value, str) and shrugs.is_no_answer(desk, stop, presented.asked, event.value):
        return  # typed into the field of a page
    elif isinstance(event, Answered):
        is_file = presented.asked.type == "file"
        called = named_only(desk, stop, presented.asked, event.value) or streets.doubted(desk, stop.step, event.value)
        value = streets.bare_street(desk.language, stop.step, event.value) if isinstance(event.value, str) else event.value
        reading = Refused(Reason.FILE_EXPECTED) if is_file else called or kind.read_value(value, presented.asked)
    elif presented.asked.type == "file":
        reading = kind.read_value(dict(event.value), presented.asked)
    else:
        reading = Refused(Reason.WRONG_KIND)
    if not _is_shrug(desk, stop, event, reading):
        keep(desk, stop, presented, reading)


def _is_shrug(desk: Desk, stop: Stop, event: Answered | Uploaded, reading: Reading) -> bool:
    """Words in the field of a page that do not even try to be the answer."""
    said = event.value if isinstance(event, Answered) else None
    if not isinstance(reading, Refused) or reading.reason is Reason.WRONG_KIND or not isinstance(said, str) or is_act(stop):
        return False
    return shrugs.is_met(desk, stop, said, reading)


def is_undecided(outcome: Outcome) -> bool:
    """Words that were no answer and nothing else that the rules know."""
    return any(isinstance(message, Problem) and message.key in shrugs.NOT_AN_ANSWER for message in outcome.messages)


# the end of a step


def _finish(desk: Desk, event: Event | None) -> Outcome:
    """What is open now, with all that must be seen before it is answered."""
    if desk.state.ended:
        desk.set(open="", shown="")
        return Outcome(desk.state, tuple(desk.messages), None, tuple(desk.effects))
    if takeover.is_silent(desk.state):
        desk.set(thread=thread.grown(desk, event))
        return Outcome(desk.state, tuple(desk.messages), None, tuple(desk.effects))
    stop = _open(desk)
    if stop.kind == "code" and stop.step is not None:
        _send_group_code(desk, stop)
    _tell_price(desk, stop)
    _lead_in(desk, stop)
    proposals.tell(desk, stop)
    if stop.kind == "act":
        renewals.say_why_again(desk, stop)
    presented = asking.present(desk, stop)
    ask = presented.ask
    before = _read_just_now(desk, stop) or presented.before
    waiting.offer_person(desk, event, ask.path)
    desk.set(open=ask.path, shown=ask.shown, thread=thread.grown(desk, event))
    left = Left(desk.state, desk.catalogue, desk.today, stop, presented, desk.walks, desk.met)
    return Outcome(desk.state, (*desk.messages, *before), ask, tuple(desk.effects), left=left)


def _read_just_now(desk: Desk, stop: Stop) -> tuple[Message, ...]:
    """A further act on the text that stood above the one just given refers to it; `shown` binds it to the text all the same."""
    last, module = desk.state.acts.get(desk.state.open), stop.module
    if last is None or module is None or desk.state.open == stop.path or (last.module, last.version) != (module.code, module.version):
        return ()
    title = module.words[desk.language].title
    return (Notice(wording.say(desk.language, "same_text"), title),)


def _send_group_code(desk: Desk, stop: Stop) -> None:
    """A further address is proved like the first."""
    proof, step = desk.state.proof, stop.step
    assert step is not None  # noqa: S101 - the caller has looked
    email = desk.state.answers.get(step.key.rpartition(".")[0] + ".email")
    if proof is None or (proof.path, proof.email) != (stop.path, email):
        codes.send_code(desk, str(email), stop.path)


def _tell_price(desk: Desk, stop: Stop) -> None:
    """Once the quick path is answered, and again when a correction has moved it."""
    if desk.state.goal != QUOTE or stop.kind == "sure" or CARD_CONFIRM not in desk.state.given:
        return
    is_new = desk.state.priced is None and desk.walk(QUOTE, quick_only=True).open is None
    if is_new or (desk.reprice and desk.state.priced is not None):
        pricing.tell(desk, stop.path)


def _lead_in(desk: Desk, stop: Stop) -> None:
    """A form's own sentence at the start of each section."""
    step = stop.step
    if step is None or step.kind == "confirm" or desk.state.redo is not None:
        return
    before = desk.state.open.rpartition(".")[0]
    section = f"{step.form}.{step.section}"
    if before == section or before.startswith(f"{section}."):
        return
    lead = desk.words(step.form).sections[step.section].lead
    if lead is not None and not any(key.startswith(f"{section}.") and key not in CARD_EMAILS for key in desk.state.answers):
        desk.tell(lead)
