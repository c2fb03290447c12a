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
    intents,
    naming,
    pending,
    phrases,
    pricing,
    problems,
    proposals,
    renewals,
    shrugs,
    staff,
    takeover,
    terms,
    thread,
    understanding,
    uploads,
    waiting,
    wishes,
    wording,
)
from dialogs.asking import Presented
from dialogs.desk import QUOTE, Desk, is_kept
from dialogs.events import Answered, Circumstances, Commanded, Edited, Event, StaffSaid, TextSaid, TimePassed, Uploaded
from dialogs.journey import ACTS, CARD_CONFIRM, EMAIL_CODE, GOAL, OFFER, UPDATE, Stop, goals, next_stop, stop_left_open
from dialogs.messages import Ask, Message, Notice, Problem
from dialogs.outcome import Left, Outcome
from dialogs.party import remember_party
from dialogs.state import State
from dialogs.streets import bare_street
from forms.cards import CARD_EMAILS
from forms.catalogue import Catalogue
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Doubt, Read, Reading
from forms.types.numbers import number_among
from forms.types.text import names_person
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
        _text(desk, stop, event, standing)
    elif event.question == stop.path:
        _text(desk, stop, TextSaid(event.text), standing)
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
    if standing is None and shown in {None, desk.state.shown} and not _is_act(stop):
        return asking.present(desk, stop, plainly=True)
    presented = standing or asking.present(desk, stop)
    return presented if shown in {None, presented.ask.shown} else None


def _asked(desk: Desk, stop: Stop) -> Ask | None:
    return None if takeover.is_silent(desk.state) else asking.present(desk, stop).ask


def _is_act(stop: Stop) -> bool:
    """Bound to what was shown: acts, and every confirmation but that of something merely understood."""
    return stop.kind in ACTS or (stop.kind == "question" and asking.kind_of(stop) == "confirm")


def _answer(desk: Desk, stop: Stop, presented: Presented, event: Answered | Uploaded) -> None:
    if isinstance(event, Answered) and _is_act(stop) and event.shown is None:
        desk.problem(Reason.CONFIRM_EXPLICITLY)
        return
    if _must_leave_messenger(desk, stop):
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
        called = _named_only(desk, stop, presented.asked, event.value)
        value = bare_street(desk.language, stop.step, event.value) if isinstance(event.value, str) else event.value
        reading = Refused(Reason.FILE_EXPECTED) if is_file else called or kind.read_value(value, presented.asked)
    elif presented.asked.type == "file":
        reading = kind.read_value(dict(event.value), presented.asked)
    else:
        reading = Refused(Reason.WRONG_KIND)
    if not _is_shrug(desk, stop, event, reading):
        _keep(desk, stop, presented, reading)


def _is_shrug(desk: Desk, stop: Stop, event: Answered | Uploaded, reading: Reading) -> bool:
    """Words in the field of a page that do not even try to be the answer."""
    said = event.value if isinstance(event, Answered) else None
    if not isinstance(reading, Refused) or reading.reason is Reason.WRONG_KIND or not isinstance(said, str) or _is_act(stop):
        return False
    return shrugs.is_met(desk, stop, said, reading)


def _keep(desk: Desk, stop: Stop, presented: Presented, reading: Reading) -> None:
    if stop.kind == "sure" and isinstance(reading, Read):
        pending.resolve(desk, is_yes=reading.value is True)
    else:
        answers.keep(desk, stop, presented, reading)


def _must_leave_messenger(desk: Desk, stop: Stop) -> bool:
    is_sensitive = stop.step is not None and stop.step.question is not None and stop.step.question.sensitive
    return desk.circumstances.messenger and is_sensitive


# free words


def _text(desk: Desk, stop: Stop, event: TextSaid, standing: Presented | None) -> None:
    """A command to the letter, a correction announced as one, the answer, and only then whatever it may have meant."""
    if problems.refuse_unreadable(desk, event.text):
        return
    kind = asking.kind_of(stop)
    presented = standing or asking.present(desk, stop, plainly=not _is_act(stop) and event.shown in {None, desk.state.shown})
    if phrases.is_plainly_answer(presented.asked, event.text):
        _typed_answer(desk, stop, presented, event)
        return
    term = terms.asked_term(desk, event.text, of_free_words=kind in phrases.FREE_TYPES)
    if (command := phrases.typed(event.text, desk.language)) is not None and not (command.argument and term):
        desk.customer_said = event.text
        if phrases.could_be_answer(stop, kind, event.text) or phrases.names_choice(stop, presented.asked, event.text, command.command):
            commands.ask_which(desk, stop, command.command, event.text)
        elif command.command == "change" and (change := understanding.find_change(desk, event.text)) is not None:
            understanding.propose(desk, change)
        else:
            commands.obey(desk, stop, command)
        return
    about = _about_house(desk, stop, event.text)
    if term is not None or about is not None:
        desk.customer_said = event.text
        commands.tell_aside(desk, term, about)
        return
    why = Commanded("why") if phrases.asked_why(event.text, desk.language, "" if names_person(presented.asked) else kind) else None
    if (meant := why or understanding.disputed(desk, event.text)) is not None:
        desk.customer_said = event.text
        commands.obey(desk, stop, meant)
        return
    if (correction := understanding.find_correction(desk, event.text, strictly=True)) is not None:
        desk.customer_said = event.text
        understanding.propose(desk, correction)
        return
    if told := facts.find(desk, stop, event.text) or addresses.find(desk, stop, event.text):
        desk.customer_said = event.text
        facts.propose(desk, stop, told)
        return
    _typed_answer(desk, stop, presented, event)


def _about_house(desk: Desk, stop: Stop, text: str) -> str | None:
    """What is asked about the house. What it costs: not at the menu, where a quote is what they have come for, nor where an offer is accepted
    or anything agreed to."""
    about = wishes.asked_of_house(text, desk.language)
    is_plain = stop.kind in {"question", "email"} and not _is_act(stop) and desk.state.goal != "policy"
    return about if about != wishes.COST or is_plain else None


def _typed_answer(desk: Desk, stop: Stop, presented: Presented, event: TextSaid) -> None:
    """Taken as an answer to the question as it was displayed to who typed it."""
    if event.shown is not None and event.shown not in {desk.state.shown, presented.ask.shown}:
        desk.say("stale")
        return
    text = event.text
    if shrugs.is_no_answer(desk, stop, presented.asked, text):
        return
    if _must_leave_messenger(desk, stop):
        desk.problem(Reason.SENSITIVE_ELSEWHERE)
        return
    if stop.step is not None and stop.kind == "question":
        text = bare_street(desk.language, stop.step, understanding.named_value(desk, stop.step, text) or text)
    reading = _named_only(desk, stop, presented.asked, text) or TYPES[presented.asked.type].read_text(text, presented.asked)
    if stop.kind == "goal" and not isinstance(reading, Read) and _come_for(desk, stop, text, reading):
        return
    if _is_act(stop) and not isinstance(reading, Refused) and event.shown != presented.ask.shown:
        reading = Refused(Reason.CONFIRM_EXPLICITLY)  # a yes to something older, or to nothing in particular
    if _is_no_doubt(desk, stop, text, reading):
        return
    if not isinstance(reading, Refused):
        _keep(desk, stop, presented, reading)
    elif not _heard_instead(desk, stop, event.text, reading):
        _keep_or_correct(desk, stop, presented, event.text, _number_among(text, presented.asked, reading) or reading)


def _is_no_doubt(desk: Desk, stop: Stop, text: str, reading: Reading) -> bool:
    """ "no sé" begins with a no, "un momento" is spelt much like a town. True = it has been answered."""
    if isinstance(reading, Doubt) and understanding.is_not_known(text, desk.language):
        shrugs.say_not_known(desk, stop, text)
        return True
    return isinstance(reading, Doubt | Candidates) and shrugs.is_put_off(desk, text)


def _keep_or_correct(desk: Desk, stop: Stop, presented: Presented, text: str, reading: Reading) -> None:
    """What is no answer here may be the last one said anew: "no, aspetta, 1981"."""
    may_correct = isinstance(reading, Refused) and reading.reason in shrugs.NOT_AN_ANSWER and not _is_act(stop) and stop.kind == "question"
    last = understanding.find_last_corrected(desk, commands.target_of_back(desk, stop), text) if may_correct else None
    if last is None:
        _keep(desk, stop, presented, reading)
    else:
        desk.customer_said = text
        understanding.propose(desk, last)


def _number_among(text: str, known: Asked, reading: Reading) -> Doubt | None:
    """ "boh, 80": the number is asked about. One that was read and does not fit is refused as what it is, but "75" may be a year."""
    if not isinstance(reading, Refused) or reading.reason not in {Reason.NUMBER_UNKNOWN, Reason.TOO_SMALL}:
        return None
    has_digits = any(map(str.isdigit, text))
    return number_among(text, known) if has_digits or not understanding.begins_not_known(text, known.language) else None


def _heard_instead(desk: Desk, stop: Stop, text: str, refused: Refused) -> bool:
    """Something said that is no answer to the open question. Of what leans to a yes or a no a free answer is not made."""
    if stop.kind != "sure":
        return _heard_otherwise(desk, stop, text, refused)
    is_free = pending.takes_any_words(desk)
    if not is_free and pending.is_answered_anew(desk, text):
        return True
    if _heard_otherwise(desk, stop, text, refused):
        return True
    return is_free and refused.reason is Reason.NOT_UNDERSTOOD and pending.is_answered_anew(desk, text)


def _named_only(desk: Desk, stop: Stop, known: Asked, said: object) -> Doubt | None:
    """ "cognome" where a surname is asked for: somebody may be called so, and hardly is."""
    if not isinstance(said, str) or stop.step is None or not names_person(known) or not naming.is_called(desk, stop.step, said):
        return None
    return Doubt(said.strip(), Reason.NAME_UNLIKELY, {"guess": said.strip()})


def _heard_otherwise(desk: Desk, stop: Stop, text: str, refused: Refused) -> bool:
    """What is said instead of an answer: a word of the trade, a correction, a misspelt command, a shrug, a question."""
    if stop.kind == "language" and _first_words(desk, stop, text):
        return True
    if shrugs.declines(desk, stop, text):
        return True
    if (term := terms.named_term(desk, text)) is not None:
        desk.customer_said = text
        commands.tell_meaning(desk, term)
        return True
    if refused.reason in shrugs.NOT_AN_ANSWER:
        desk.customer_said = text
        if not _is_act(stop) and (change := shrugs.names_another(desk, stop, text)) is not None:
            commands.obey(desk, stop, change)
            return True
        if (correction := understanding.find_correction(desk, text, strictly=False)) is not None:
            understanding.propose(desk, correction)
            return True
        if (command := phrases.nearly(text, desk.language)) is not None:
            commands.obey(desk, stop, command)
            return True
    return shrugs.is_asked_back(desk, stop, text, refused) if _is_act(stop) else shrugs.is_met(desk, stop, text, refused)


def _first_words(desk: Desk, stop: Stop, text: str) -> bool:
    """Whoever begins with "hello", or with what they have come for, has said in which language."""
    language = intents.spoken(desk, text)
    if language is None:
        return False
    answers.accept(desk, stop, None, language)
    stop = _open(desk)
    if stop.kind == "goal":
        _come_for(desk, stop, text)
    return True


def _come_for(desk: Desk, stop: Stop, text: str, reading: Reading | None = None) -> bool:
    """A goal in one's own words. True = it has been taken, asked about, or answered."""
    intent = intents.meant(text, desk.language)
    if intent is None:
        return False
    offered = goals(desk)
    if intents.is_unsure(text, desk.language):
        return isinstance(reading, Refused) and intent in offered and _ask_whether(desk, stop, text, intent)
    desk.customer_said = text
    if intent in offered:
        if intents.wants_more(text, desk.language):
            desk.say("only_home")
        answers.accept(desk, stop, None, intent)
    elif intent == intents.ELSEWHERE:
        desk.say("only_home")
    elif intent == QUOTE and intents.REGISTER in offered:
        desk.say("register_first")
    elif intent == intents.REGISTER and UPDATE in offered:
        desk.say("registered_already", label=wording.say(desk.language, f"goals.{UPDATE}.label"))
    else:
        return False
    return True


def _ask_whether(desk: Desk, stop: Stop, text: str, intent: str) -> bool:
    """ "I am not a customer yet and would like a quote" names one, and might name it to say no."""
    desk.customer_said = text
    label = wording.say(desk.language, f"goals.{intent}.label")
    answers.doubt(desk, stop, Doubt(intent, Reason.CHOICE_GUESSED, {"guess": label}))
    return True


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
