"""What is typed and not pressed: a command, a correction, several facts, the answer, or whatever else it may have meant."""

from dialogs import (
    addresses,
    answers,
    asking,
    commands,
    facts,
    intents,
    naming,
    pending,
    phrases,
    problems,
    shrugs,
    streets,
    terms,
    understanding,
    wishes,
)
from dialogs.asking import Presented
from dialogs.desk import Desk
from dialogs.events import Commanded, TextSaid
from dialogs.journey import ACTS, Stop
from dialogs.surnames import ask_about_surname
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Doubt, Read, Reading
from forms.types.numbers import number_among
from forms.types.text import names_person
from rules.refusals import Reason, Refused


def hear_text(desk: Desk, stop: Stop, event: TextSaid, standing: Presented | None) -> None:
    """A command to the letter, a correction announced as one, the answer, and only then whatever it may have meant."""
    if problems.refuse_unreadable(desk, event.text):
        return
    kind = asking.kind_of(stop)
    presented = standing or asking.present(desk, stop, plainly=not is_act(stop) and event.shown in {None, desk.state.shown})
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
    is_plain = stop.kind in {"question", "email"} and not is_act(stop) and desk.state.goal != "policy"
    return about if about != wishes.COST or is_plain else None


def _typed_answer(desk: Desk, stop: Stop, presented: Presented, event: TextSaid) -> None:
    """Taken as an answer to the question as it was displayed to who typed it."""
    if event.shown is not None and event.shown not in {desk.state.shown, presented.ask.shown}:
        desk.say("stale")
        return
    text = event.text
    if shrugs.is_no_answer(desk, stop, presented.asked, text):
        return
    if must_leave_messenger(desk, stop):
        desk.problem(Reason.SENSITIVE_ELSEWHERE)
        return
    if stop.step is not None and stop.kind == "question":
        text = streets.bare_street(desk.language, stop.step, understanding.named_value(desk, stop.step, text) or text)
    unlikely = named_only(desk, stop, presented.asked, text) or streets.doubted(desk, stop.step, text)
    reading = unlikely or TYPES[presented.asked.type].read_text(text, presented.asked)
    if stop.kind == "goal" and not isinstance(reading, Read) and intents.come_for(desk, stop, text, reading):
        return
    if is_act(stop) and not isinstance(reading, Refused) and event.shown != presented.ask.shown:
        reading = Refused(Reason.CONFIRM_EXPLICITLY)  # a yes to something older, or to nothing in particular
    if _is_no_doubt(desk, stop, text, reading):
        return
    if not isinstance(reading, Refused):
        keep(desk, stop, presented, reading)
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
    may_correct = isinstance(reading, Refused) and reading.reason in shrugs.NOT_AN_ANSWER and not is_act(stop) and stop.kind == "question"
    last = understanding.find_last_corrected(desk, commands.target_of_back(desk, stop), text) if may_correct else None
    if last is None:
        keep(desk, stop, presented, reading)
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


def named_only(desk: Desk, stop: Stop, known: Asked, said: object) -> Doubt | None:
    """ "cognome" where a surname is asked for: somebody may be called so, and hardly is."""
    if not isinstance(said, str) or stop.step is None or not names_person(known) or not naming.is_called(desk, stop.step, said):
        return None
    return Doubt(said.strip(), Reason.NAME_UNLIKELY, {"guess": said.strip()})


def _heard_otherwise(desk: Desk, stop: Stop, text: str, refused: Refused) -> bool:
    """What is said instead of an answer: a word of the trade, a correction, a misspelt command, a shrug, a question."""
    if stop.kind == "language" and intents.take_first_words(desk, stop, text):
        return True
    if shrugs.declines(desk, stop, text):
        return True
    if (term := terms.named_term(desk, text)) is not None:
        desk.customer_said = text
        commands.tell_meaning(desk, term)
        return True
    if refused.reason in shrugs.NOT_AN_ANSWER:
        desk.customer_said = text
        if not is_act(stop) and (change := shrugs.names_another(desk, stop, text)) is not None:
            commands.obey(desk, stop, change)
            return True
        if (correction := understanding.find_correction(desk, text, strictly=False)) is not None:
            understanding.propose(desk, correction)
            return True
        if (command := phrases.nearly(text, desk.language)) is not None:
            commands.obey(desk, stop, command)
            return True
    return shrugs.is_asked_back(desk, stop, text, refused) if is_act(stop) else shrugs.is_met(desk, stop, text, refused)


# what is pressed is looked at likewise


def is_act(stop: Stop) -> bool:
    """Bound to what was shown: acts, and every confirmation but that of something merely understood."""
    return stop.kind in ACTS or (stop.kind == "question" and asking.kind_of(stop) == "confirm")


def keep(desk: Desk, stop: Stop, presented: Presented, reading: Reading) -> None:
    if stop.kind == "sure" and isinstance(reading, Read):
        pending.resolve(desk, is_yes=reading.value is True)
    elif answers.keep(desk, stop, presented, reading) and stop.step is not None:
        ask_about_surname(desk, stop.step)


def must_leave_messenger(desk: Desk, stop: Stop) -> bool:
    is_sensitive = stop.step is not None and stop.step.question is not None and stop.step.question.sensitive
    return desk.circumstances.messenger and is_sensitive
