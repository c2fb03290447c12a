"""Acts: what is consented, confirmed, accepted or refused, each on exactly what was shown."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from dialogs import consents, drafts, policies, pricing, proposals, withdrawals
from dialogs.desk import QUOTE, Desk
from dialogs.effects import CompleteCard, ConfirmCard, DecideOffer, KeepRefusalOnly, KeepStillRight, RecordAct, Suspend
from dialogs.journey import ACT_DETOUR, CARD_CONFIRM, UPDATE, Stop, act_stops, proposed_stop
from dialogs.messages import Ask, Later
from dialogs.state import Act, Closing
from forms.flow import Step, Walk
from forms.modules import PublishedModule
from forms.types.base import Wire
from rules.consents import POSITIVE, check_answer


def give(desk: Desk, stop: Stop, ask: Ask, value: Wire) -> None:
    """One act on what `ask` showed; what is not agreed to by a confirmation is open to change."""
    if stop.kind == "act":
        _give_act(desk, stop, ask, str(value))
    elif stop.kind == "offer":
        _decide_offer(desk, ask, accepted=value == "accept")
    elif stop.kind == "withdrawal":
        withdrawals.decide(desk, ask, str(value))
    elif value is not True:
        desk.ask_what_to_change()
    elif stop.kind == "section":
        desk.answer({stop.key: True})
    elif stop.form == UPDATE:
        _update_card(desk, ask)
    elif stop.kind == "card":
        _confirm_card(desk, ask)
    else:
        suspend(desk, stop.form, ask)


def _give_act(desk: Desk, stop: Stop, ask: Ask, value: str) -> None:
    module = stop.module
    assert module is not None  # noqa: S101 - an act's stop has its module
    answer = check_answer(desk.catalogue.kinds[module.module.kind], value)
    record = RecordAct(
        question=stop.path,
        module=module.code,
        version=module.version,
        kind=module.module.kind,
        answer=answer,
        text_sha256=module.text_sha256(desk.language),
        shown=ask.shown,
        language=desk.language,
        at=desk.now,
    )
    if answer == "refuse" and module.module.needed_to_go_on:
        _keep_refusal_only(desk, record)
        return
    if desk.state.detour == ACT_DETOUR:
        _settle_act(desk, record, ask)
    elif desk.state.goal == "policy" and not desk.state.client.offers:
        _settle_act(desk, record, ask)  # no acceptance follows whose receipt would tell it
        policies.go_on(desk, stop)
    else:
        _record_act(desk, stop, module, record)
        policies.go_on(desk, stop)


def _settle_act(desk: Desk, record: RecordAct, ask: Ask) -> None:
    """With a receipt of its own."""
    consents.settle(desk, (record,), ask.shown)
    desk.say("consent_recorded", receipt=Later("receipt"), stamp=desk.stamp(), emails=list(desk.emails))


def _record_act(desk: Desk, stop: Stop, module: PublishedModule, record: RecordAct) -> None:
    desk.effects.append(record)
    act = Act(module.code, module.version, module.module.kind, record.answer, desk.now.timestamp(), desk.stamp())
    given = (*(question for question in desk.state.given if question != stop.path), stop.path)
    returned = desk.state.returned
    desk.set(
        acts={**desk.state.acts, stop.path: act},
        client=desk.state.client.with_given({stop.path} if record.answer in POSITIVE else ()),
        given=given,
        redo=None,
        redo_from="",
        returned=returned.without(stop.path) if returned is not None else None,
    )


def _keep_refusal_only(desk: Desk, record: RecordAct) -> None:
    desk.effects.append(KeepRefusalOnly(record))
    desk.say("collection_refused", phone=desk.circumstances.agency_phone, email=desk.circumstances.agency_email)
    desk.end("refused")


def _confirm_card(desk: Desk, ask: Ask) -> None:
    """The new confirmation before a quote (S0-36). What was corrected while checking goes to the agency with it."""
    changed = _changed_card(desk)
    if changed:
        desk.effects.append(CompleteCard(changed, desk.now, ask.shown, proposals.origins(desk, changed)))
    stamp = desk.stamp()
    desk.effects.append(ConfirmCard(ask.shown, desk.now, stamp, desk.language))
    desk.set(given=(*desk.state.given, CARD_CONFIRM), changed_card=(), redo=None)
    desk.say("card_confirmed", stamp=stamp)


def _update_card(desk: Desk, ask: Ask) -> None:
    """What was corrected goes to the agency, suspended. Nothing was: that it is still right is no act, and only the day is kept."""
    changed = _changed_card(desk)
    if changed:
        stamp = desk.stamp()
        desk.effects.append(CompleteCard(changed, desk.now, ask.shown, proposals.origins(desk, changed)))
        desk.say("card_updated", receipt=Later("receipt"), stamp=stamp, emails=list(desk.emails))
        desk.set(closing=Closing(UPDATE, stamp))
    else:
        desk.effects.append(KeepStillRight(desk.now))
        desk.say("card_unchanged")
    if proposed_stop(desk) is None:
        proposals.end(desk, is_used=bool(changed))
    desk.set(changed_card=(), goal=None if desk.state.goal == UPDATE else desk.state.goal, redo=None, redo_from="")


def _changed_card(desk: Desk) -> dict[str, Wire]:
    return {key: desk.state.answers[key] for key in desk.state.changed_card if key in desk.state.answers}


def suspend(desk: Desk, form: str, ask: Ask) -> None:
    """The form's confirmation: it is suspended, and the goal is reached."""
    walk, state = desk.walk(form), desk.state
    priced = pricing.for_submission(desk) if form == QUOTE else pricing.NOT_PRICED
    stamp = desk.stamp()
    sent = _sent(desk, walk)
    effect = Suspend(
        form=form,
        form_version=desk.form(form).version,
        answers=sent,
        shown=ask.shown,
        at=desk.now,
        stamp=stamp,
        language=desk.language,
        begun=datetime.fromtimestamp(state.begun[form], UTC) if form in state.begun and state.returned is None else None,
        submission=state.returned.submission if state.returned is not None else None,
        premium_cents=priced.premium_cents,
        tariff_version=priced.tariff_version,
        pricing=priced.data,
        unanswered=tuple(step.path for step in walk.unanswered_needs),
        origins=proposals.origins(desk, sent),
    )
    desk.effects.append(effect)
    if form == desk.card.form and not (state.prepared and state.prepared.open):
        proposals.end(desk, is_used=True)
    desk.say(f"suspended_{form}", receipt=Later("receipt"), stamp=stamp, emails=list(desk.emails))
    _close(desk, form, stamp)


def _sent(desk: Desk, walk: Walk) -> dict[str, Wire]:
    """What counts and is no confirmation; with whether there is one more, without which nobody would look for the items of a group."""
    mores = {step.key: desk.state.answers[step.key] for step in walk.steps if step.kind == "more" and step.key in desk.state.answers}
    return {step.key: walk.values[step.key] for step in walk.steps if _is_kept(step, walk.values)} | mores


def _is_kept(step: Step, values: Mapping[str, Wire]) -> bool:
    return step.question is not None and step.question.type not in {"code", "confirm"} and step.key in values


def _close(desk: Desk, form: str, stamp: str) -> None:
    state = desk.state
    client = state.client
    if form == desk.card.form and client.registration != "accepted":
        client = msgspec.structs.replace(client, registration="suspended")
    is_goals = desk.form_of(state.goal) == form
    desk.set(
        client=client,
        closing=Closing(form, stamp),
        submitted=(*(name for name in state.submitted if name != form), form),
        given=_given_for_the_quote(desk) if form == desk.card.form else (),
        returned=None,
        redo=None,
        redo_from="",
        goal=None if is_goals and state.aside is None else state.goal,
    )
    if form == QUOTE:
        drafts.put_back(desk)


def _given_for_the_quote(desk: Desk) -> tuple[str, ...]:
    """A card that comes back while a quote is being told takes nothing from it."""
    quotes = {CARD_CONFIRM, *(stop.path for stop in act_stops(desk, "quote"))}
    return tuple(question for question in desk.state.given if question in quotes)


def _decide_offer(desk: Desk, ask: Ask, *, accepted: bool) -> None:
    offer, *rest = desk.state.client.offers
    stamp = desk.stamp()
    answer = "accept" if accepted else "refuse"
    desk.effects.append(DecideOffer(offer.offer, "accept" if accepted else "refuse", ask.shown, desk.now, stamp, desk.language))
    desk.say(f"offer_{answer}", receipt=Later("receipt"), stamp=stamp, emails=list(desk.emails))
    desk.set(
        client=msgspec.structs.replace(desk.state.client, offers=tuple(rest)),
        closing=Closing(f"offer_{answer}", stamp),
        goal=None,
        given=(),
        redo=None,
    )
