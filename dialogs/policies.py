"""On the way to a policy: what it still lacks is given, or refused, and then the way ends."""

from datetime import date

from dialogs import proposals
from dialogs.desk import Desk
from dialogs.effects import CompleteCard
from dialogs.journey import Stop, is_prepared_unconfirmed, missing_stop
from rules.consents import POSITIVE


def go_on(desk: Desk, act: Stop | None = None) -> None:
    """What was answered of the card goes to the agency once nothing is missing. `act` was answered just now: without a yes no further."""
    if desk.state.goal != "policy":
        return
    if act is not None and desk.state.acts[act.path].answer not in POSITIVE:
        _stop_short(desk, act)
    elif missing_stop(desk) is None and not is_prepared_unconfirmed(desk):
        _complete_card(desk)
        if not desk.state.client.offers:
            desk.say("policy_whole", agency=desk.circumstances.agency_name)


def _stop_short(desk: Desk, act: Stop) -> None:
    """Back to the menu. It can be given later: until its day the offer stays."""
    assert act.module is not None  # noqa: S101 - an act's stop has both
    assert act.act is not None  # noqa: S101
    label, offers = act.module.words[desk.language].acts[act.act.name].label, desk.state.client.offers
    if offers:
        desk.say("policy_needs", label=label, valid_until=date.fromisoformat(offers[0].valid_until))
    else:
        desk.say("policy_needs_still", label=label, phone=desk.circumstances.agency_phone)
    desk.set(goal=None)


def _complete_card(desk: Desk) -> None:
    """What was answered anew of a card the agency already holds goes to it as a suspended update."""
    changed = {key: desk.state.answers[key] for key in desk.state.changed_card if key in desk.state.answers}
    if changed:
        desk.effects.append(CompleteCard(changed, desk.now, origins=proposals.origins(desk, changed)))
        desk.set(changed_card=())
        desk.say("card_completed")
