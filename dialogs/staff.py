"""What the agency's side says unasked, put to the customer."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from dialogs import drafts, returning, takeover, wording
from dialogs.desk import QUOTE, Desk
from dialogs.events import StaffSaid
from dialogs.journey import UPDATE
from dialogs.messages import Document, Say
from dialogs.state import Offer, Returned
from forms.cards import CARD_OF_FORM
from forms.types.base import Wire
from rules.refusals import Fact

type Facts = Mapping[str, Wire]


def hear(desk: Desk, said: StaffSaid) -> None:
    if said.what == "returned" and said.answers and _is_news(desk, said.facts):
        drafts.take_up(desk, said.answers, str(said.facts.get("form_version", "")))
    _HEAR[said.what](desk, said.facts)


def _returned(desk: Desk, facts: Facts) -> None:
    """Answers come back: only they are asked again, then the form is confirmed anew."""
    told, reason = facts.get("questions"), str(facts.get("reason", ""))
    back = tuple(told) if isinstance(told, list) else ()
    form = str(facts.get("form") or "".join(back[:1]).partition(".")[0])
    if form not in desk.catalogue.editions:
        form = desk.card.form
    colleague = str(facts.get("colleague", "")) or desk.circumstances.agency_name
    before = _before(desk, facts)
    waiting = before.questions if before is not None else ()
    questions = (*(one for one in waiting if one not in back), *back)
    desk.set(returned=Returned(str(facts["submission"]), form, questions, reason, colleague), pending=None, offered=None, redo=None)
    if before is desk.state.waiting:
        desk.set(waiting=None)
    key = "returned_also" if waiting else "returned"
    labels: Fact = [returning.label(desk, question) for question in back]
    desk.say(key, colleague=colleague, label=labels, reason=returning.whole(reason, desk.language))
    _move(desk, facts, "returned", form=form)


def _is_news(desk: Desk, facts: Facts) -> bool:
    """A quote that comes back; what more of it is asked afterwards finds it in hand already."""
    return facts.get("form") == QUOTE and _before(desk, facts) is None


def _before(desk: Desk, facts: Facts) -> Returned | None:
    """What has come back of the same submission already, set aside or not."""
    sent_back = (one for one in (desk.state.returned, desk.state.waiting) if one is not None)
    return next((one for one in sent_back if one.submission == facts["submission"]), None)


def _accepted(desk: Desk, facts: Facts) -> None:
    form = str(facts.get("form", desk.card.form))
    _move(desk, facts, "accepted", form=form)
    desk.say("accepted_card" if form in CARD_OF_FORM else "accepted_quote", agency=desk.circumstances.agency_name)


def _rejected(desk: Desk, facts: Facts) -> None:
    _move(desk, facts, "rejected", form=str(facts.get("form", QUOTE)))
    desk.say("rejected", reason=_reason(desk, facts), phone=desk.circumstances.agency_phone)


def _quoted(desk: Desk, facts: Facts) -> None:
    offer = Offer(
        offer=str(facts["offer"]),
        submission=str(facts.get("submission", "")),
        premium_cents=int(str(facts["premium_cents"])),
        valid_until=str(facts["valid_until"]),
        document=str(facts["document"]) if facts.get("document") else None,
    )
    offers = (*(one for one in desk.state.client.offers if one.offer != offer.offer), offer)
    desk.set(client=msgspec.structs.replace(desk.state.client, offers=offers))
    desk.say(
        "quoted",
        premium=money(desk, offer.premium_cents),
        valid_until=date.fromisoformat(offer.valid_until),
        reason=_reason(desk, facts),
    )
    _document(desk, facts, "offer_document")


def _issued(desk: Desk, facts: Facts) -> None:
    desk.say("issued", policy_number=str(facts.get("policy_number", "")))
    _document(desk, facts, "policy_document")


def _expired(desk: Desk, facts: Facts) -> None:
    client = desk.state.client
    offers = tuple(one for one in client.offers if facts.get("offer") != one.offer and facts.get("submission") != one.submission)
    desk.set(client=msgspec.structs.replace(client, offers=offers))
    if not any(isinstance(message, Say) and message.key == "offer_expired" for message in desk.messages):
        desk.say("offer_expired")  # the clock of this very turn may have said it
    _move(desk, facts, "expired", form=str(facts.get("form", QUOTE)))


def _ask_still(desk: Desk, facts: Facts) -> None:
    """The card lies open to be confirmed with one answer, unless the customer is at something else."""
    day = date.fromisoformat(str(facts["day"]))
    desk.say("way_closed" if facts.get("kind") == "way_closed" else "still_right", agency=desk.circumstances.agency_name, day=day)
    state = desk.state
    is_free = state.goal is None and state.detour is None and state.returned is None and state.waiting is None and state.pending is None
    if desk.is_registered and is_free and not takeover.is_silent(state):
        desk.set(goal=UPDATE, redo=None, redo_from="")
    else:
        desk.say("still_right_later")


def expire_offers(desk: Desk) -> None:
    """Offers whose last day has passed can no longer be accepted."""
    today = desk.today.isoformat()
    client = desk.state.client
    standing = tuple(offer for offer in client.offers if offer.valid_until >= today)
    if len(standing) < len(client.offers):
        desk.set(client=msgspec.structs.replace(client, offers=standing))
        desk.say("offer_expired")


def _move(desk: Desk, facts: Facts, to: str, *, form: str) -> None:
    client = desk.state.client
    if form in CARD_OF_FORM:
        desk.set(client=msgspec.structs.replace(client, registration=to))
    elif "submission" in facts:
        desk.set(client=msgspec.structs.replace(client, quotes={**client.quotes, str(facts["submission"]): to}))


def _reason(desk: Desk, facts: Facts) -> str:
    return returning.whole(str(facts.get("reason", "")), desk.language)


def _document(desk: Desk, facts: Facts, key: str) -> None:
    document = facts.get("document")
    if not document:
        return
    title = str(facts.get("title") or wording.say(desk.language, f"documents.{key}"))
    desk.messages.append(
        Document(key, str(document), title, str(facts.get("media_type", "application/pdf")), int(str(facts.get("bytes", 0))))
    )


def money(desk: Desk, cents: int) -> str:
    return wording.money(desk.language, Decimal(cents) / 100, desk.circumstances.currency)


_HEAR: dict[str, Callable[[Desk, Facts], None]] = {
    "returned": _returned,
    "accepted": _accepted,
    "rejected": _rejected,
    "quoted": _quoted,
    "issued": _issued,
    "expired": _expired,
    "still_right": _ask_still,
    "taken_over": takeover.take_over,
    "wrote": takeover.write,
    "given_back": takeover.give_back,
}
