"""What the customer has sent and takes back before a policy: which request, shown, and an explicit act on it with its receipt."""

from datetime import UTC, datetime
from decimal import Decimal

from msgspec.structs import replace

from dialogs import drafts, pricing, wording
from dialogs.desk import QUOTE, REGISTERED, Desk, local_day
from dialogs.effects import Withdraw
from dialogs.journey import WITHDRAWAL_DETOUR, request_in_hand
from dialogs.messages import Ask, Later, Row, Summary
from dialogs.state import Closing, Request
from forms.cards import CARD_OF_FORM
from forms.types.base import Choice

KEEP, WITHDRAW = "keep", "withdraw"


def open_withdrawal(desk: Desk) -> None:
    """A detour: who keeps everything is back where one was."""
    if not desk.state.client.requests:
        desk.say("nothing_to_withdraw")
        return
    desk.set(detour=WITHDRAWAL_DETOUR, withdrawing="", redo=None, redo_from="", offered=None)


def choices(desk: Desk) -> tuple[Choice, ...]:
    """Of several requests, which; the latest first."""
    of_each = [Choice(request.submission, _told(desk, "which", request)) for request in desk.state.client.requests]
    return (*of_each, Choice(KEEP, wording.say(desk.language, "withdrawals.keep.label")))


def choose(desk: Desk, choice: str) -> None:
    if choice == KEEP:
        _keep(desk)
    else:
        desk.set(withdrawing=choice)


def summary(desk: Desk) -> Summary:
    """What is taken back, and the offer that ends with it."""
    request = request_in_hand(desk)
    assert request is not None  # noqa: S101 - only then is it asked
    rows = [Row("", desk.words(request.form).title, _told(desk, "sent", request))]
    for offer in desk.state.client.offers:
        if offer.submission == request.submission:
            premium = pricing.money(desk, Decimal(offer.premium_cents) / 100)
            rows.append(Row("", wording.say(desk.language, "price.offered"), premium))
    return Summary("request", tuple(rows))


def decide(desk: Desk, ask: Ask, answer: str) -> None:
    request = request_in_hand(desk)
    assert request is not None  # noqa: S101 - only then is it asked
    if answer == KEEP:
        _keep(desk)
        return
    stamp = desk.stamp()
    desk.effects.append(Withdraw(request.submission, ask.shown, desk.now, stamp, desk.language))
    kind = "request_withdrawn_card" if request.form in CARD_OF_FORM else "request_withdrawn_quote"
    desk.say(kind, receipt=Later("receipt"), stamp=stamp, emails=list(desk.emails))
    desk.set(closing=Closing("withdrawal", stamp), detour=None, withdrawing="")
    _let_go(desk, request)


def _keep(desk: Desk) -> None:
    desk.set(detour=None, withdrawing="")
    desk.say("kept_as_it_was")


def _let_go(desk: Desk, request: Request) -> None:
    """What stood open because of it: its offer, what was sent back of it, and the card it would have become."""
    state, client = desk.state, desk.state.client
    is_card = request.form in CARD_OF_FORM
    desk.set(
        client=replace(
            client,
            requests=tuple(one for one in client.requests if one.submission != request.submission),
            offers=tuple(one for one in client.offers if one.submission != request.submission),
            quotes=client.quotes if is_card else {**client.quotes, request.submission: "withdrawn"},
            registration=request.leaves if is_card else client.registration,
        ),
        goal=None if state.goal == "policy" else state.goal,
    )
    if is_card and request.leaves in REGISTERED:  # the card of before counts again: it is read anew with the next turn
        desk.answer({key: None for key in state.answers if key.startswith(f"{request.form}.")})
        desk.set(changed_card=())
    sent_back = [one for one in (state.returned, state.waiting) if one is not None and one.submission == request.submission]
    if sent_back:
        desk.set(
            returned=None if state.returned in sent_back else state.returned,
            waiting=None if state.waiting in sent_back else state.waiting,
        )
        if request.form == QUOTE:
            drafts.put_back(desk)


def _told(desk: Desk, how: str, request: Request) -> str:
    day = local_day(datetime.fromtimestamp(request.at, UTC), desk.circumstances.timezone)
    return wording.say(desk.language, f"withdrawals.{how}", {"title": desk.words(request.form).title, "day": day})
