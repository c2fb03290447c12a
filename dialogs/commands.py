"""What a customer may say at any time, in buttons or in words: back, change, review, why, help, skip, …"""

from collections.abc import Callable
from functools import lru_cache

from rapidfuzz import fuzz, process

from dialogs import answers, codes, consents, corrections, drafts, proposals, summaries, waiting, wording
from dialogs.asking import form_of, present
from dialogs.desk import PARTY_KIND, QUOTE, Desk
from dialogs.events import Commanded
from dialogs.journey import (
    ACTS,
    CARD_CONFIRM,
    EMAIL,
    EMAIL_CODE,
    LANGUAGE,
    UPDATE,
    Stop,
    is_optional,
    is_reopenable,
    next_stop,
    stop_at,
    stops_done,
)
from dialogs.messages import Notice
from dialogs.state import Pending
from dialogs.understanding import find_group, find_question, means_email, next_more
from forms.cards import CARD_EMAILS
from forms.flow import Step
from forms.types import TYPES
from forms.types.base import Asked, Read
from forms.types.characters import asks, closings, fold, openings
from forms.types.confirmations import without_courtesies
from rules.refusals import Reason

COMMANDS = (
    "back", "review", "change", "why", "help", "skip", "resend", "pause", "cancel", "restart", "language", "human", "menu", "consents",
    "withdraw",
)  # fmt: skip
FREE_TYPES = frozenset({"text", "multiline", "name"})
"""Types that take almost any words: there a single word is an answer unless it begins with a slash, and what could be both is asked."""


def typed(text: str, language: str) -> Commanded | None:
    """The command that the words are, to the letter: with or without a slash, in the conversation's language or in English."""
    line = text.strip()
    words = fold(line)
    command = _aliases(language).get(words) or _aliases(language).get(without_courtesies(line, language, "polite", "please"))
    if command is not None:
        return Commanded(command)
    head, _, rest = line.removeprefix("/").partition(" ")
    if line.startswith("/"):
        command = _aliases(language).get(fold(head))
        return Commanded(command, rest.strip() or None) if command is not None else None
    return _with_argument(words, language)


def _with_argument(words: str, language: str) -> Commanded | None:
    """ "cambia il cap", "change my address", "把邮编改一下"; "revoca le offerte per e-mail"."""
    for command in ("withdraw", "change"):
        first, last = _verbs(language, command)
        rest = words
        if words.startswith(first):
            rest = words.removeprefix(next(verb for verb in first if words.startswith(verb)))
        elif words.endswith(last):
            rest = words.removesuffix(next(verb for verb in last if words.endswith(verb)))
        if rest and rest != words:
            return Commanded(command, rest)
    return None


def asked_why(text: str, language: str, kind: str) -> bool:
    """ "perche vi serve?", "why do you need that": where any words are an answer only with a question mark."""
    if kind in FREE_TYPES and not asks(text):
        return False
    return fold(text).startswith(_whys(language))


@lru_cache(maxsize=16)
def _whys(language: str) -> tuple[str, ...]:
    return openings(alias for alias, command in _aliases(language).items() if command == "why")


def nearly(text: str, language: str) -> Commanded | None:
    """A misspelt command that changes nothing; looked for only where the words were no answer."""
    words, harmless = fold(text), _harmless(language)
    near = process.extractOne(words, harmless, scorer=fuzz.ratio, score_cutoff=_NEAR) if len(words) >= _SHORTEST else None
    return Commanded(_aliases(language)[near[0]]) if near is not None else None


@lru_cache(maxsize=16)
def _harmless(language: str) -> tuple[str, ...]:
    return tuple(alias for alias, command in _aliases(language).items() if command in _HARMLESS)


_HARMLESS = frozenset({"why", "help", "review"})
_NEAR = 84
"""rapidfuzz ratio: `perchee` 92, `aituo` for `aiuto` 80 is too far."""
_SHORTEST = 4


def explain(desk: Desk, stop: Stop) -> None:
    """What the house knows of the open question, and a person for the rest."""
    ask = present(desk, stop).ask
    told = " ".join(part for part in (ask.hint, ask.why) if part)
    if told:
        desk.notice(told)
    desk.say("ask_a_person")


def tell_meaning(desk: Desk, key: str) -> None:
    """The glossary's words for one of its terms, and the terms close by."""
    terms = desk.catalogue.glossary[desk.language]
    term = terms[key]
    desk.tell(term.text)
    if near := [terms[other].term for other in term.see if other in terms]:
        desk.say("also_explained", terms=near)


@lru_cache(maxsize=16)
def _aliases(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in dict.fromkeys((*wording.LANGUAGES, language)):
        for command in COMMANDS:
            found[command] = command
            found |= {fold(alias): command for alias in wording.aliases(each, f"commands.{command}")}
    return found


@lru_cache(maxsize=32)
def _verbs(language: str, command: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that stand first, and last."""
    keys = (f"{command}_verbs", f"{command}_verbs_last")
    first, last = ({verb for each in (*wording.LANGUAGES, language) for verb in wording.aliases(each, key)} for key in keys)
    return openings(first), closings(last)


def could_be_answer(stop: Stop, kind: str, text: str) -> bool:
    """Whether the words of a command might as well be the answer: a surname "Back" can still be typed."""
    return stop.kind == "question" and kind in FREE_TYPES and not text.strip().startswith("/") and not set(" ?") & set(text.strip())


def is_plainly_answer(asked: Asked, text: str) -> bool:
    """To the letter one of the choices that are shown, or an address where one is asked for: whatever else the words may mean,
    as those of cambia.lingua@example.org."""
    words = text.strip().casefold()
    if asked.type == "email":
        return "@" in words and " " not in words
    return any(words == choice.label.casefold() for choice in asked.choices)


def names_choice(stop: Stop, asked: Asked, text: str, command: str) -> bool:
    """Whether the words of a command are read as a choice as well: "una persona" may want to register as one, or to talk to one.

    Not at acts: nobody is led to agree by a word that was said to us. Nor where both lead to the same."""
    if not asked.choices or stop.kind in ACTS or text.strip().startswith("/"):
        return False
    reading = TYPES[asked.type].read_text(text, asked)
    return isinstance(reading, Read) and not (command in {"consents", "withdraw"} and reading.value == "modules")


def ask_which(desk: Desk, stop: Stop, command: str, text: str) -> None:
    """One tap tells the command from the answer; the words are kept meanwhile."""
    told = wording.say(desk.language, f"command_or_answer.{command}", {"text": text})
    desk.set(pending=Pending("command", f"journey.{command}", stop.key, text, told))


def obey(desk: Desk, stop: Stop, said: Commanded) -> None:
    do = _DO.get(said.command)
    if do is None:
        desk.problem(Reason.NOT_UNDERSTOOD, text=said.command[:80])
        return
    pending = desk.state.pending
    if pending is not None and (said.command in _LEAVES_PENDING or pending.path == f"journey.{said.command}"):
        desk.set(pending=None)
        stop = next_stop(desk) or stop
        if said.command in {"back", "cancel"}:
            return  # what was doubted stands open again
    do(desk, stop, said.argument)


def _back(desk: Desk, stop: Stop, _argument: str | None) -> None:
    if desk.state.detour is not None:
        desk.set(detour=None)
        return
    if stop.path == EMAIL_CODE:
        desk.set(redo=EMAIL, proof=None)
        return
    target = target_of_back(desk, stop)
    if target is None or desk.state.returned is not None:
        desk.problem(Reason.NOTHING_TO_GO_BACK_TO)
        return
    _reopen(desk, target)


def target_of_back(desk: Desk, stop: Stop) -> str | None:
    """Key of the answered question before the open one."""
    if stop.path == EMAIL_CODE:
        return EMAIL
    done = stops_done(desk)
    before = done[: done.index(stop.key)] if stop.key in done else done
    return next((key for key in reversed(before) if stop_at(desk, key) is not None), None)


def _reopen(desk: Desk, key: str, *, came_from: str = "") -> None:
    if key == "journey.goal":
        desk.set(goal=None, redo=None)
    elif key == EMAIL:
        desk.set(redo=EMAIL, proof=None)
    else:
        desk.set(redo=key, redo_from=came_from, offered=None)


def _change(desk: Desk, stop: Stop, argument: str | None) -> None:
    """Opens an answered question again; the answer to it leads straight back here."""
    if not argument:
        _review(desk, stop, None)
        desk.say("what_to_change")
        return
    key = _key_of(desk, argument)
    if key in CARD_EMAILS or (key == EMAIL and desk.state.bound):
        desk.say("email_is_proved")
        return
    if key is None or not _may_change(desk, key):
        desk.problem(Reason.NOT_ANSWERED_YET, what=argument[:80])
        return
    _reopen(desk, key, came_from=stop.path)


def _key_of(desk: Desk, argument: str) -> str | None:
    if argument.endswith(".more"):
        return next_more(desk, argument)
    return argument if _is_path(desk, argument) else _named(desk, argument)


def _named(desk: Desk, words: str) -> str | None:
    if (group := find_group(desk, words)) is not None:
        return group
    if means_email(words, desk.language):
        return desk.card.email if desk.state.bound else EMAIL
    return find_question(desk, words)


def _is_path(desk: Desk, argument: str) -> bool:
    return desk.step(argument) is not None or argument in {LANGUAGE, EMAIL, PARTY_KIND} or argument.startswith("modules.")


def _may_change(desk: Desk, key: str) -> bool:
    state = desk.state
    if key.startswith("modules."):
        return key in state.given and stop_at(desk, key) is not None
    if key.startswith("journey."):
        return key in state.answers and (key == LANGUAGE or not (desk.is_registered if key == PARTY_KIND else state.bound))
    step = desk.step(key)
    if step is None or not is_reopenable(step) or stop_at(desk, key) is None or state.returned is not None:
        return False
    return _is_in_hand(desk, step.form) and _may_reopen(desk, step)


def _is_in_hand(desk: Desk, form: str) -> bool:
    """The form being filled in; of a card already sent, only while it is corrected, checked before a quote or completed for a policy."""
    if form == form_of(desk):
        return True
    goal = desk.state.goal
    return form == desk.card.form and (
        goal in {"policy", UPDATE} or (goal == QUOTE and desk.is_registered and CARD_CONFIRM not in desk.state.given)
    )


def _may_reopen(desk: Desk, step: Step) -> bool:
    """Answered or skipped; or assumed by the price shown, and so open to be said otherwise. One more can always be added."""
    state = desk.state
    return (
        step.kind == "more" or step.key in state.answers or step.key in state.skipped or (step.form == QUOTE and state.priced is not None)
    )


def _review(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    form = form_of(desk)
    if form is None and desk.card.email in desk.state.answers:
        form = desk.card.form
    rows = summaries.all_rows(desk, form) if form is not None else ()
    if not rows:
        desk.say("nothing_to_review")
        return
    assert form is not None  # noqa: S101 - rows come from one
    desk.messages.append(summaries.so_far(desk, form, rows))


def _why(desk: Desk, stop: Stop, _argument: str | None) -> None:
    privacy = summaries.privacy_module(desk)
    if stop.kind == "email" and privacy is not None:
        desk.messages.append(Notice(privacy.text(desk.language), privacy.words[desk.language].title))
        return
    why = present(desk, stop).ask.why
    if why is None:
        desk.say("no_why")
    else:
        desk.notice(why)


def _help(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    desk.say("help", agency=desk.circumstances.agency_name, phone=desk.circumstances.agency_phone)


def _skip(desk: Desk, stop: Stop, argument: str | None) -> None:
    step = stop.step
    if stop.kind == "phone":
        desk.set(detour=None)
        return
    if step is not None and proposals.is_open(desk, step.key):
        proposals.settle(desk, step.key, is_declined=True)
        desk.say("kept_as_it_was")
        return
    if step is None or not is_optional(desk, step):
        desk.problem(Reason.REQUIRED)
        return
    steps = [step] if argument != "section" else [one for one in desk.walk(step.form).steps if one.section == step.section]
    state = desk.state
    skipping = [one for one in steps if is_optional(desk, one) and (one is step or one.key not in state.answers) and one.kind == "question"]
    dropped = [one.key for one in skipping if one.key in state.answers]
    reopened = [confirm for key in dropped for confirm in desk.form(step.form).confirms_to_reopen(key) if confirm in state.answers]
    closed = [one.key for one in steps if one.kind == "more" and (one is step or one.key not in state.answers)]
    seen = corrections.confirmed(desk, step.form) if dropped else {}
    desk.answer({**dict.fromkeys(dropped), **dict.fromkeys(reopened), **dict.fromkeys(closed, False)})
    keys = [one.key for one in skipping if one.key not in state.skipped]
    desk.set(skipped=(*state.skipped, *keys), redo=None, redo_from="", offered=None)
    corrections.confirm_again(desk, step.form, seen)
    if state.returned is not None:
        desk.set(returned=state.returned.without(step.key))


def _resend(desk: Desk, stop: Stop, _argument: str | None) -> None:
    proof = desk.state.proof
    if stop.kind != "code" or proof is None:
        desk.say("nothing_to_resend")
        return
    codes.send_code(desk, proof.email, proof.path)


def _pause(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    desk.say("paused")


def _cancel(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    """Leaves the goal and keeps the draft."""
    if desk.state.detour is not None:
        desk.set(detour=None)
    elif desk.state.goal is None:
        desk.say("nothing_to_cancel")
    else:
        desk.set(goal=None, redo=None, redo_from="", offered=None)
        desk.say("cancelled")


def _restart(desk: Desk, stop: Stop, _argument: str | None) -> None:
    """Drops answers, so it says which and wants an explicit yes."""
    form = form_of(desk)
    if form is None or desk.state.returned is not None or not any(key.startswith(f"{form}.") for key in desk.state.answers):
        _menu(desk, stop, None)
        return
    told = wording.say(desk.language, "restart_sure", {"title": desk.words(form).title})
    desk.set(pending=Pending("command", "journey.restart", form, "restart", told))


def _language(desk: Desk, _stop: Stop, argument: str | None) -> None:
    if argument is None:
        desk.set(redo=LANGUAGE)
    elif argument in desk.circumstances.languages:
        answers.choose_language(desk, argument)
    else:
        desk.problem(Reason.LANGUAGE_UNKNOWN)
        desk.set(redo=LANGUAGE)


def _human(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    waiting.ask_for_person(desk)


def _menu(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    desk.set(goal=None, detour=None, redo=None, redo_from="", offered=None)
    desk.say("menu")


def _consents(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    consents.open_list(desk)


def _withdraw(desk: Desk, _stop: Stop, argument: str | None) -> None:
    consents.withdraw_named(desk, argument or "")


_DO: dict[str, Callable[[Desk, Stop, str | None], None]] = {
    "back": _back,
    "review": _review,
    "change": _change,
    "why": _why,
    "help": _help,
    "skip": _skip,
    "resend": _resend,
    "pause": _pause,
    "cancel": _cancel,
    "restart": _restart,
    "language": _language,
    "human": _human,
    "menu": _menu,
    "consents": _consents,
    "withdraw": _withdraw,
}
_LEAVES_PENDING = frozenset({"back", "cancel", "restart", "menu", "change"})


def confirmed(desk: Desk, pending: Pending) -> None:
    """A yes to a command that was asked about first."""
    command = pending.path.removeprefix("journey.")
    if command == "restart" and pending.value == "restart":
        drafts.drop_form(desk, pending.key)
        codes.take_over_email(desk)
        desk.say("restarted")
        return
    stop = next_stop(desk)
    if stop is not None:
        obey(desk, stop, Commanded(command))
