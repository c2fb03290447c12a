"""What is next: goals as lists of requirements, each met or asking for one thing. Nothing here speaks or changes anything."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from dialogs.desk import PARTY_KIND, QUOTE, Desk
from dialogs.state import Act, Request
from forms.cards import CARD_EMAILS, CARD_OF_FORM
from forms.flow import Step
from forms.model import ModuleAct
from forms.modules import PublishedModule, as_in_force
from rules.consents import LAPSED, POSITIVE, GivenAct, modules_to_ask
from rules.submissions import State

LANGUAGE, GOAL = "journey.language", "journey.goal"
EMAIL, EMAIL_CODE, PHONE = "journey.email", "journey.email_code", "contact.phone"
CARD_CONFIRM, OFFER, CONSENTS = f"{QUOTE}.card_confirm", "offer.act", "consents.act"
UPDATE = "update_card"
UPDATE_CONFIRM = f"{UPDATE}.confirm"
IN_AREA = ("documents", "security")
"""Goals that the client area meets, behind the customer's own password."""
WITHDRAWAL, WHICH = "withdrawal.request", "withdrawal.which"
ACT_DETOUR, WITHDRAWAL_DETOUR = "consents", "withdrawal"
"""While the customer looks at their consents; while they take back what they have sent."""

type Kind = Literal[
    "language", "goal", "party_kind", "email", "code", "phone", "consents", "which",  # asked plainly
    "question", "more",  # of a form
    "sure",  # something understood, to be said yes to
    "section", "form", "card", "act", "offer", "withdrawal",  # bound to exactly what is shown
]  # fmt: skip

ACTS: frozenset[Kind] = frozenset({"section", "form", "card", "act", "offer", "withdrawal"})


class Stop(msgspec.Struct, frozen=True):
    """One thing to be asked. `key` is where its answer is kept; it differs from the path for `<group>.more` only."""

    path: str
    kind: Kind
    key: str
    form: str = "journey"
    step: Step | None = None
    module: PublishedModule | None = None
    act: ModuleAct | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """A requirement of a goal: what of it is open, and the keys of what was answered for it, in order."""

    open: Callable[[Desk], Stop | None]
    done: Callable[[Desk], list[str]]


def next_stop(desk: Desk) -> Stop | None:
    """The open question; None = the conversation has ended, or the goal is reached."""
    state = desk.state
    if state.ended:
        return None
    if state.pending is not None:
        path = f"{state.pending.path}.sure"
        return Stop(path, "sure", path, state.pending.path.partition(".")[0])
    if LANGUAGE not in state.answers or state.redo == LANGUAGE:
        return plain(LANGUAGE, "language")
    if state.detour == "contact":
        return plain(PHONE, "phone")
    if state.detour == WITHDRAWAL_DETOUR and state.client.requests:
        return plain(WHICH, "which") if request_in_hand(desk) is None else plain(WITHDRAWAL, "withdrawal")
    if state.detour == ACT_DETOUR and state.redo is None:
        return _email(desk) or plain(CONSENTS, "consents")
    if state.redo is not None and (stop := stop_at(desk, state.redo)) is not None:
        return stop
    if state.returned is not None:
        return _returned_stop(desk)
    if state.goal is None:
        return plain(GOAL, "goal")
    return next((stop for leg in LEGS[state.goal] if (stop := leg.open(desk)) is not None), None)


def request_in_hand(desk: Desk) -> Request | None:
    """What is to be withdrawn; None = there are several, and none was chosen yet."""
    requests = desk.state.client.requests
    chosen = (one for one in requests if len(requests) == 1 or one.submission == desk.state.withdrawing)
    return next(chosen, None)


def stop_left_open(desk: Desk) -> Stop | None:
    """The open question of a form as the last turn left it, without walking the form again; None where it takes more to know."""
    state = desk.state
    step = desk.step(state.redo or state.open) if state.pending is None else None
    if step is None or step.path != state.open or step.kind != "question":
        return None
    return step_stop(step)


def stops_done(desk: Desk) -> list[str]:
    """Keys of what was answered on the way to the open question, oldest first: where `back` leads."""
    done = [LANGUAGE]
    if desk.state.goal is None:
        return done
    done.append(GOAL)
    for leg in LEGS[desk.state.goal]:
        done.extend(leg.done(desk))
        if leg.open(desk) is not None:
            break
    return done


def stop_at(desk: Desk, key: str) -> Stop | None:
    """The stop of one given question, answered or not; None where it does not apply."""
    if key in _PLAIN:
        return plain(key, _PLAIN[key])
    if key.startswith("modules."):
        return next((stop for stop in act_stops(desk) if stop.path == key), None)
    step = desk.step(key)
    if step is None or step not in desk.walk(step.form).steps:
        return None
    return step_stop(step)


def plain(path: str, kind: Kind) -> Stop:
    return Stop(path, kind, path, path.partition(".")[0])


_PLAIN: dict[str, Kind] = {LANGUAGE: "language", GOAL: "goal", PARTY_KIND: "party_kind", EMAIL: "email", CONSENTS: "consents"}
_STEP_KINDS: dict[str, Kind] = {"question": "question", "more": "more", "confirm": "section"}


def step_stop(step: Step) -> Stop:
    if step.question is not None and step.question.type == "code":
        return Stop(step.path, "code", step.key, step.form, step)
    return Stop(step.path, _STEP_KINDS[step.kind], step.key, step.form, step)


# goals


def goals(desk: Desk) -> tuple[str, ...]:
    """What works and this customer may do, in the order it is offered."""
    waiting = desk.state.waiting.form if desk.state.waiting is not None else ""
    may: list[str] = ["returned"] if waiting else []
    if not desk.is_registered:
        may.append("register")
    if waiting != QUOTE and (desk.is_registered or not desk.state.bound):
        may.append(QUOTE)  # a stranger proves the address first
    if desk.state.client.offers or is_policy_owed(desk):
        may.append("policy")
    if desk.is_registered and waiting not in CARD_OF_FORM:
        may.append(UPDATE)  # what came back of a card is corrected there
    if desk.is_registered or not desk.state.bound or desk.state.acts:
        may.append("modules")
    if desk.is_registered and desk.circumstances.area:
        may.extend(IN_AREA)
    if waiting and desk.state.client.requests:
        may.append("withdrawal")
    return (*may, "contact", "complaint", "human")


def _returned_stop(desk: Desk) -> Stop | None:
    returned = desk.state.returned
    assert returned is not None  # noqa: S101 - next_stop asks only then
    for question in returned.questions:
        if (stop := stop_at(desk, question)) is not None:
            return stop
    walk = desk.walk(returned.form)
    if walk.open is not None:
        return step_stop(walk.open)  # what the new answer opened
    return form_stop(returned.form)


def form_stop(form: str) -> Stop:
    path = f"{form}.confirm"
    return Stop(path, "form", path, form)


# legs


def _party_kind(desk: Desk) -> Stop | None:
    """Not of whom the agency knows, nor of whoever is at it already."""
    is_begun = desk.state.bound and desk.card.form in desk.state.begun
    return None if PARTY_KIND in desk.state.answers or is_begun else plain(PARTY_KIND, "party_kind")


def _party_kind_done(desk: Desk) -> list[str]:
    return [PARTY_KIND] if PARTY_KIND in desk.state.answers else []


def _email(desk: Desk) -> Stop | None:
    if desk.state.bound:
        return None
    return plain(EMAIL, "email") if desk.state.proof is None else plain(EMAIL_CODE, "code")


def _email_done(desk: Desk) -> list[str]:
    return [EMAIL] if desk.state.proof is not None and not desk.state.bound else []


def act_stops(desk: Desk, occasion: str | None = None) -> tuple[Stop, ...]:
    """The act questions of the modules in force, all or of one occasion. Made once a day: every turn looks through them."""
    modules = desk.catalogue.modules(desk.today)
    made_of, stops = _STOPS.get(occasion, (None, ()))
    if made_of is not modules:
        stops = tuple(_stops_of(module for module in modules if occasion in {None, module.module.occasion}))
        _STOPS[occasion] = (modules, stops)
    return stops


_STOPS: dict[str | None, tuple[tuple[PublishedModule, ...], tuple[Stop, ...]]] = {}


def _stops_of(modules: Iterable[PublishedModule]) -> Iterator[Stop]:
    for module in modules:
        for act in module.module.acts:
            path = f"modules.{module.module.code}.{act.name}"
            yield Stop(path, "act", path, "modules", module=module, act=act)


def _once(occasion: str) -> Leg:
    """Acts given once and asked again only where the text has changed."""

    def open_act(desk: Desk) -> Stop | None:
        acts = desk.state.acts
        if desk.met.get(occasion) is acts:
            return None
        stop = next((stop for stop in act_stops(desk, occasion) if not counts(desk, acts.get(stop.path), stop)), None)
        if stop is None:
            desk.met[occasion] = acts
        return stop

    def done(desk: Desk) -> list[str]:
        return [stop.path for stop in act_stops(desk, occasion) if stop.path in desk.state.given]

    return Leg(open_act, done)


def counts(desk: Desk, act: Act | None, stop: Stop) -> bool:
    """Whether an act still stands for the text in force, by rules.consents: only one that differs in substance is asked for again
    (S0-19, S0-20). The plain case, which every turn meets, is decided at a glance."""
    module = stop.module
    if act is None or module is None:
        return False
    if act.version == module.version and (act.answer in POSITIVE or not (module.module.needed_to_go_on or act.answer == LAPSED)):
        return True
    force = as_in_force(module, desk.catalogue.history(module.code))
    return not any(ask.question == stop.path for ask in modules_to_ask((force,), (GivenAct(stop.path, act.version, act.answer),)))


def _each_time(occasion: str) -> Leg:
    def open_act(desk: Desk) -> Stop | None:
        return next((stop for stop in act_stops(desk, occasion) if stop.path not in desk.state.given), None)

    def done(desk: Desk) -> list[str]:
        return [stop.path for stop in act_stops(desk, occasion) if stop.path in desk.state.given]

    return Leg(open_act, done)


def _form(form: str | None = None, *, quick_only: bool = False) -> Leg:
    """None = the customer's card."""

    def open_step(desk: Desk) -> Stop | None:
        step = desk.walk(form or desk.card.form, quick_only=quick_only).open
        return None if step is None else step_stop(step)

    def done(desk: Desk) -> list[str]:
        answers = desk.state.answers
        return [
            step.key
            for step in desk.walk(form or desk.card.form, quick_only=quick_only).steps
            if (step.key in answers or step.key in desk.state.skipped) and is_reopenable(step)
        ]

    return Leg(open_step, done)


def is_reopenable(step: Step) -> bool:
    """Neither what was proved by a code nor what was computed is typed again; a section is confirmed anew by itself."""
    if step.kind == "confirm":
        return False
    return step.question is None or not (step.question.type in {"computed", "code"} or step.key in CARD_EMAILS)


def _owed_of_card(desk: Desk) -> Stop | None:
    """An answer of the card already sent that a correction has made wrong, or of an item added to it since."""
    for key in desk.state.changed_card:
        if key not in desk.state.answers and (stop := stop_at(desk, key)) is not None:
            return stop
        more = desk.step(key)
        if more is not None and more.kind == "more" and (stop := _owed_of_item(desk, more)) is not None:
            return stop
    return None


def _owed_of_item(desk: Desk, more: Step) -> Stop | None:
    item = (one for one in desk.walk(desk.card.form).steps if (one.group, one.number) == (more.group, more.number))
    return next((step_stop(one) for one in item if one.key not in desk.state.answers), None)


def proposed_stop(desk: Desk) -> Stop | None:
    """An answer of the card already sent for which somebody has prepared another."""
    prepared = desk.state.prepared
    found = (stop_at(desk, key) for key in (prepared.open if prepared is not None else ()))
    return next((stop for stop in found if stop is not None), None)


def is_prepared_unconfirmed(desk: Desk) -> bool:
    """What somebody had prepared goes to the agency only once the whole card was shown with it and confirmed."""
    cards = (desk.state.prepared, *desk.state.prepared_before)
    return any(key in card.values for card in cards if card is not None for key in desk.state.changed_card)


def _card_to_confirm(desk: Desk) -> Stop | None:
    return _UPDATE_CONFIRM if is_prepared_unconfirmed(desk) else None


def is_optional(desk: Desk, step: Step) -> bool:
    """Can be skipped."""
    return step.of.can_be_skipped(step, desk.state.answers, desk.environment)


def _card_confirmed(desk: Desk) -> Stop | None:
    return None if CARD_CONFIRM in desk.state.given else Stop(CARD_CONFIRM, "card", CARD_CONFIRM, QUOTE)


def missing_stop(desk: Desk) -> Stop | None:
    """What a policy still needs: skipped questions of the card, and acts. One that is refused is needed still."""
    if (owed := _owed_of_card(desk)) is not None:
        return owed
    for name in desk.state.client.missing:
        stop = stop_at(desk, name)
        if stop is not None and stop.kind == "question" and stop.key not in desk.state.answers:
            return stop
        if stop is not None and stop.kind == "act":
            return stop
    return None


def _missing_done(desk: Desk) -> list[str]:
    return [name for name in desk.state.client.missing if name in desk.state.answers]


def is_policy_owed(desk: Desk) -> bool:
    """A policy was asked for, and the agency cannot issue it before the customer has given what is missing."""
    return State.ISSUE_REQUESTED in desk.state.client.quotes.values() and missing_stop(desk) is not None


def _offer(desk: Desk) -> Stop | None:
    return plain(OFFER, "offer") if desk.state.client.offers else None


def _nothing(_desk: Desk) -> list[str]:
    return []


_QUICK = _form(QUOTE, quick_only=True)
_UPDATE_CONFIRM = Stop(UPDATE_CONFIRM, "card", UPDATE_CONFIRM, UPDATE)

LEGS: dict[str, tuple[Leg, ...]] = {
    "register": (
        Leg(_party_kind, _party_kind_done),
        Leg(_email, _email_done),
        _once("before_card"),
        _form(),
        _once("after_card"),
        Leg(lambda desk: form_stop(desk.card.form), _nothing),
    ),
    QUOTE: (
        Leg(_email, _email_done),
        _once("before_card"),
        _once("after_card"),
        Leg(_owed_of_card, _nothing),
        Leg(_card_confirmed, _nothing),
        Leg(
            lambda desk: _QUICK.open(desk) if desk.state.priced is None else None,
            lambda desk: _QUICK.done(desk) if desk.state.priced is None else [],
        ),
        _form(QUOTE),
        _each_time("quote"),
        Leg(lambda _desk: form_stop(QUOTE), _nothing),
    ),
    "policy": (Leg(missing_stop, _missing_done), Leg(_card_to_confirm, _nothing), Leg(_offer, _nothing)),
    UPDATE: (
        Leg(_email, _email_done),
        _once("before_card"),
        _once("after_card"),
        Leg(_owed_of_card, _nothing),
        Leg(proposed_stop, _nothing),
        Leg(lambda _desk: _UPDATE_CONFIRM, _nothing),
    ),
}
