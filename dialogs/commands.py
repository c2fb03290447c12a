"""What a customer may say at any time, in buttons or in words: back, change, review, why, help, skip, …"""

from collections.abc import Callable

from dialogs import answers, codes, consents, corrections, drafts, proposals, returning, summaries, waiting, withdrawals, wording
from dialogs.asking import form_of, present
from dialogs.desk import PARTY_KIND, QUOTE, Desk
from dialogs.events import Commanded
from dialogs.journey import (
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
from rules.refusals import Reason


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


def tell_aside(desk: Desk, term: str | None, about: str | None) -> None:
    """What a word of the trade means, or what is asked about the house."""
    if term is not None:
        tell_meaning(desk, term)
    else:
        desk.tell(wording.say(desk.language, f"house.{about}.answer", {"agency": desk.circumstances.agency_name}))


def ask_which(desk: Desk, stop: Stop, command: str, text: str) -> None:
    """One tap tells the command from the answer; the words are kept meanwhile."""
    told = wording.say(desk.language, f"command_or_answer.{command}", {"text": text})
    desk.set(pending=Pending("command", f"journey.{command}", stop.key, text, told))


def obey(desk: Desk, stop: Stop, said: Commanded) -> None:
    do = _DO.get(said.command)
    if do is None:
        desk.problem(Reason.NOT_UNDERSTOOD, text=said.command[:80])
        _help(desk, stop, None)
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
        desk.set(redo=EMAIL)
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
        desk.set(redo=EMAIL)
    else:
        desk.set(redo=key, redo_from=came_from, offered=None)


def _change(desk: Desk, stop: Stop, argument: str | None) -> None:
    """Opens an answered question again; the answer to it leads straight back here."""
    if not argument:
        _review(desk, stop, None)
        desk.ask_what_to_change()
        return
    key = _key_of(desk, argument) or (EMAIL if stop.path == EMAIL_CODE else None)  # "ho sbagliato indirizzo": there is no other yet
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


def _cancel(desk: Desk, stop: Stop, _argument: str | None) -> None:
    """Leaves the goal and keeps the draft. Where nothing is under way but what was sent, that can be withdrawn."""
    state = desk.state
    if state.detour is not None:
        desk.set(detour=None)
    elif state.returned is not None:
        _menu(desk, stop, None)
    elif state.goal is None and state.client.requests:
        withdrawals.open_withdrawal(desk)
    elif state.goal is None:
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
    returning.set_aside(desk)
    if not returning.tell_waiting(desk):
        desk.say("menu")


def _consents(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    consents.open_list(desk)


def _withdraw(desk: Desk, _stop: Stop, argument: str | None) -> None:
    consents.withdraw_named(desk, argument or "")


def _withdraw_request(desk: Desk, _stop: Stop, _argument: str | None) -> None:
    withdrawals.open_withdrawal(desk)


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
    "withdraw_request": _withdraw_request,
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
