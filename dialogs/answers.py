"""Taking an answer to the open question: read by its type, held against earlier ones, kept, doubted or refused."""

from collections.abc import Callable

from dialogs import acts, codes, consents, corrections, drafts, policies, problems, proposals, renewals, returning, waiting, withdrawals
from dialogs.asking import Presented
from dialogs.desk import PARTY_KIND, QUOTE, Desk
from dialogs.effects import ForgetConversation, RequestCall
from dialogs.events import Event, StaffSaid, TimePassed
from dialogs.journey import ACT_DETOUR, EMAIL, EMAIL_CODE, IN_AREA, LANGUAGE, UPDATE, Stop
from dialogs.state import Offered, State
from forms.cards import COMPANY
from forms.flow import Step, asked, check
from forms.types import TYPES, showing
from forms.types.base import Candidates, Doubt, Read, Reading, Wire
from rules.addresses import is_among
from rules.refusals import Reason, Refused


def keep(desk: Desk, stop: Stop, presented: Presented, reading: Reading) -> bool:
    """Whether the answer was taken (a doubt and a choice of candidates are not yet)."""
    match reading:
        case Refused():
            _refuse(desk, stop, reading)
        case Candidates():
            _offer_candidates(desk, stop, reading)
        case Doubt():
            doubt(desk, stop, reading)
        case Read(value=value):
            return _keep_read(desk, stop, presented, value)
    return False


def _keep_read(desk: Desk, stop: Stop, presented: Presented, value: Wire) -> bool:
    if stop.kind == "question" and stop.step is not None:
        reading = held(desk, stop.step, value)
        if not isinstance(reading, Read):
            return keep(desk, stop, presented, reading)
        value = reading.value
    accept(desk, stop, presented, value)
    return True


def held(desk: Desk, step: Step, value: Wire) -> Reading:
    """The value against earlier answers and, of a further address, against those already proved."""
    if _is_further_email(step) and is_among(str(value), desk.emails):
        return Refused(Reason.EMAIL_TAKEN_TWICE)
    return check(step, value, desk.state.answers, desk.environment)


def _is_further_email(step: Step) -> bool:
    return step.group is not None and step.question is not None and step.question.type == "email"


def accept(desk: Desk, stop: Stop, presented: Presented | None, value: Wire) -> None:
    """Keeps a value that was read and holds."""
    if desk.state.offered is not None:
        desk.set(offered=None)
    match stop.kind:
        case "question" | "more":
            take(desk, stop, value)
        case "code":
            _take_code(desk, stop, str(value))
        case "which":
            withdrawals.choose(desk, str(value))
        case "consents":
            consents.choose(desk, str(value), presented.ask.shown if presented is not None else desk.state.shown)
        case kind if kind in _PLAINLY:
            _PLAINLY[kind](desk, str(value))
        case _ if presented is not None:
            acts.give(desk, stop, presented.ask, value)


def _take_party_kind(desk: Desk, kind: str) -> None:
    """The card of that kind begins; a draft of it goes on."""
    desk.answer({PARTY_KIND: kind})
    desk.set(redo=None)
    codes.take_over_email(desk)
    _begin(desk, desk.card.form)
    if desk.card is COMPANY:
        desk.say("begin_company")


def _take_email(desk: Desk, email: str) -> None:
    if codes.send_code(desk, email, EMAIL_CODE):
        desk.answer({EMAIL: email})
        desk.set(redo=None)


def take(desk: Desk, stop: Stop, value: Wire) -> None:
    """Keeps the answer to a question of a form and opens again what was confirmed with the old one."""
    step = stop.step
    assert step is not None  # noqa: S101 - only questions of forms come here
    if step.question is not None and step.question.type == "confirm" and value is not True:
        _take_no(desk, step)
        return
    changes: dict[str, Wire | None] = {step.key: value, **_reopened(desk, step, value)}
    before, came_from = desk.state.answers, desk.state.redo_from
    is_new = before.get(step.key) != value
    seen = corrections.confirmed(desk, step.form) if is_new and step.key in before else {}
    was_proposed = proposals.is_open(desk, step.key)
    desk.answer(changes)
    proposals.settle(desk, step.key, is_declined=not is_new)
    _settle(desk, step)
    if is_new and step.key in before:
        corrections.ask_again(desk, step, before, came_from)
        corrections.confirm_again(desk, step.form, seen)
    if is_new and step.form == desk.card.form and desk.is_registered:
        if not was_proposed:
            proposals.forget(desk, step.key)
        if desk.state.returned is None:
            _note_card_change(desk, step.key)


def _reopened(desk: Desk, step: Step, value: Wire) -> dict[str, Wire | None]:
    """Section confirmations that no longer hold. Those stay where the customer changes one answer of the final summary:
    it shows everything and is confirmed itself."""
    state = desk.state
    own = f"{step.form}.{step.section}.confirm"
    if state.answers.get(step.key) == value or state.redo_from == f"{step.form}.confirm":
        return {}
    if step.key not in state.answers and own not in state.answers:
        return {}
    return {key: None for key in desk.form(step.form).confirms_to_reopen(step.key) if key in state.answers}


def _settle(desk: Desk, step: Step) -> None:
    state = desk.state
    changes: dict[str, object] = {}
    if state.redo is not None:
        changes |= {"redo": None, "redo_from": ""}
        desk.reprice = desk.reprice or step.form == QUOTE
    if step.key in state.skipped:
        changes["skipped"] = tuple(key for key in state.skipped if key != step.key)
    if state.returned is not None and step.key in state.returned.questions:
        changes["returned"] = state.returned.without(step.key)
    if changes:
        desk.set(**changes)


def _take_no(desk: Desk, step: Step) -> None:
    """No to a confirmation inside a form: the question before it is asked again."""
    desk.say("what_instead")
    at = desk.walk(step.form).steps.index(step)
    earlier = [one for one in desk.walk(step.form).steps[:at] if one.key in desk.state.answers and one.kind == "question"]
    needs = desk.walk(step.form).unanswered_needs
    if step.question is not None and step.question.name == "unanswered_ok" and needs:
        desk.set(redo=needs[0].key)
    elif earlier:
        desk.set(redo=earlier[-1].key)


def _note_card_change(desk: Desk, key: str) -> None:
    desk.set(changed_card=(*(old for old in desk.state.changed_card if old != key), key))
    policies.go_on(desk)


def _take_code(desk: Desk, stop: Stop, code: str) -> None:
    refused = codes.check_code(desk, code)
    if refused is not None:
        desk.refuse(refused)
        return
    codes.prove(desk, stop.key)
    desk.set(redo=None)
    if stop.step is None:
        after_binding(desk)
    else:
        policies.go_on(desk)


def after_binding(desk: Desk) -> None:
    """Who the address turned out to be decides whether the goal still makes sense. Said only now that it is proved."""
    if desk.state.detour == ACT_DETOUR:
        consents.open_list(desk)
    if desk.is_registered:
        desk.say("welcome_back", name=desk.state.client.name)
        if desk.state.goal == "register":
            desk.set(goal=None)
        if desk.state.goal is not None:
            renewals.tell_rewordings(desk)
    elif desk.state.goal == QUOTE:
        desk.say("register_first")
        desk.set(goal=None)


def choose_language(desk: Desk, language: str) -> None:
    desk.answer({LANGUAGE: language})
    desk.set(language=language, redo=None if desk.state.redo == LANGUAGE else desk.state.redo)


def choose_goal(desk: Desk, goal: str) -> None:
    desk.set(redo=None)
    if goal == "complaint":
        desk.say("complaint", agency=desk.circumstances.agency_name, email=desk.circumstances.agency_email)
        return
    if goal in IN_AREA:
        desk.say(goal, url=f"{desk.circumstances.area}/{goal}")
        return
    if goal in _AT_ONCE:
        _AT_ONCE[goal](desk)
        return
    form = desk.form_of(goal)
    if form is not None and (goal != "register" or PARTY_KIND in desk.state.answers):
        _begin(desk, form)
    desk.set(goal=goal)
    desk.say(_beginning(desk, goal))
    renewals.tell_rewordings(desk)


def _beginning(desk: Desk, goal: str) -> str:
    """Key of the sentence that a goal begins with."""
    if goal == "policy" and not desk.state.client.offers:
        return "begin_policy_owed"
    if goal == UPDATE and desk.circumstances.messenger:
        return "begin_update_card_in_words"  # no button stands beside each row
    return f"begin_{goal}"


_AT_ONCE: dict[str, Callable[[Desk], None]] = {
    "returned": returning.take_up,
    "withdrawal": withdrawals.open_withdrawal,
    "human": waiting.ask_for_person,
    "contact": lambda desk: desk.set(detour="contact"),
    "modules": consents.open_list,
}
"""Goals that open no way of their own."""


def _begin(desk: Desk, form: str) -> None:
    """Answers of a form that was sent already make room; a draft goes on."""
    state = desk.state
    if form == QUOTE and form in state.submitted:
        drafts.drop_form(desk, form)
    elif form not in state.begun or form in state.submitted:
        desk.set(begun=drafts.begun_anew(state.begun, form, desk.now))
    versions = {**desk.state.versions}
    versions.setdefault(form, desk.catalogue.form(form).version)
    desk.set(versions=versions, submitted=tuple(name for name in desk.state.submitted if name != form))


def carry_over(desk: Desk, form: str) -> None:
    """The version this form was begun with is gone: answers that still fit stay, the rest is asked again, sections are confirmed anew."""
    state, steps = desk.state, desk.catalogue.form(form).steps()
    desk.set(versions={**state.versions, form: desk.catalogue.form(form).version})
    dropped = [key for key, value in state.answers.items() if key.startswith(f"{form}.") and not _still_fits(desk, steps.get(key), value)]
    desk.answer(dict.fromkeys(dropped))
    desk.set(pending=None, offered=None, redo=None, redo_from="")
    desk.say("form_changed")


def _still_fits(desk: Desk, step: Step | None, value: Wire) -> bool:
    if step is None or step.kind == "confirm":
        return False
    if step.question is None or step.question.type == "code":
        return True
    known = asked(step, desk.state.answers, desk.environment, desk.words(step.form), desk.language)
    return isinstance(TYPES[known.type].read_value(value, known), Read)


def _request_call(desk: Desk, phone: str) -> None:
    desk.effects.append(RequestCall(phone, desk.state.goal or "contact", desk.now))
    desk.set(detour=None)
    desk.say("call_requested", phone=showing.phone(phone))


_PLAINLY = {
    "language": choose_language,
    "goal": choose_goal,
    "party_kind": _take_party_kind,
    "email": _take_email,
    "phone": _request_call,
}

# doubts, candidates, refusals


def doubt(desk: Desk, stop: Stop, reading: Doubt) -> None:
    desk.set(pending=problems.doubted(desk, stop, reading), offered=None)


def _offer_candidates(desk: Desk, stop: Stop, reading: Candidates) -> None:
    desk.set(offered=Offered(stop.key, tuple((choice.value, choice.label) for choice in reading.choices)))
    desk.refuse(Refused(reading.reason, **reading.facts))


def let_readings_go(desk: Desk, before: State, event: Event) -> None:
    """Choices offered for a doubtful answer are readings of what was said last, and of nothing said since."""
    if before.offered is not None and desk.state.offered is before.offered and not isinstance(event, StaffSaid | TimePassed):
        desk.set(offered=None)


def _refuse(desk: Desk, stop: Stop, refused: Refused) -> None:
    text = problems.own_words(desk, stop, refused.facts)
    if refused.reason is Reason.UNDER_AGE and stop.form == desk.card.form:
        _turn_away(desk, refused)
        return
    desk.refuse(refused, text)


def _turn_away(desk: Desk, refused: Refused) -> None:
    """Under age: a person is offered, nothing more is asked, nothing is kept."""
    desk.refuse(refused)
    desk.say("under_age_call", phone=desk.circumstances.agency_phone, email=desk.circumstances.agency_email)
    desk.effects.append(ForgetConversation("under_age"))
    desk.end("under_age")
