"""What the conversation remembers of the customer it belongs to."""

import msgspec

from dialogs.consents import as_they_count
from dialogs.desk import PARTY_KIND, REGISTERED, Desk
from dialogs.events import KnownParty
from dialogs.journey import WITHDRAWAL_DETOUR, act_stops
from dialogs.state import Client, open_request, pending_offer, remembered
from rules.issuance import missing_card_names


def remember_party(desk: Desk, *, known: KnownParty | None = None, emails: tuple[str, ...] | None = None) -> None:
    """Takes over what storage knows: card, acts, offers. What was answered here since is newer and stays."""
    if known is None:
        if emails is not None:
            desk.set(client=msgspec.structs.replace(desk.state.client, emails=emails))
        return
    acts = {**{act.question: remembered(act) for act in known.acts}}
    for question, act in desk.state.acts.items():
        if question not in acts or acts[question].at <= act.at:
            acts[question] = act
    if known.registration in REGISTERED and known.kind != desk.card.kind:
        _take_kind(desk, known.kind)
    card = {key: value for key, value in known.card.items() if key not in desk.state.changed_card}
    desk.set(answers={**card, **desk.state.answers}, acts=as_they_count(desk, acts))
    desk.set(
        client=Client(
            party=known.party,
            name=known.display_name,
            emails=known.emails,
            registration=known.registration,
            offers=tuple(pending_offer(offer) for offer in known.offers),
            quotes=dict(known.quotes),
            requests=tuple(open_request(request) for request in known.requests),
            missing=_missing(desk, known.missing_for_issue),
        )
    )
    if desk.state.detour == WITHDRAWAL_DETOUR and not known.requests:
        desk.set(detour=None, withdrawing="")


def _take_kind(desk: Desk, kind: str) -> None:
    """An address is for one card: another's that was begun here is not gone on with."""
    if PARTY_KIND in desk.state.answers:
        desk.say("one_card_an_address")
    desk.answer({PARTY_KIND: kind})
    if desk.state.goal == "register":
        desk.set(goal=None)


def _missing(desk: Desk, named: tuple[str, ...]) -> tuple[str, ...]:
    """Keys to be asked before a policy: questions of the card without an answer, acts of the modules named by the gate."""
    form = desk.card.form
    card = {key: value for key, value in desk.state.answers.items() if key.startswith(form)}
    names = set(missing_card_names(card))
    questions = [
        step.key for step in desk.walk(form).steps if step.question is not None and step.group is None and step.question.name in names
    ]
    modules = {name.removeprefix("modules.") for name in named if name.startswith("modules.")}
    acts = [stop.path for stop in act_stops(desk) if stop.module is not None and stop.module.code in modules]
    return (*questions, *acts)
