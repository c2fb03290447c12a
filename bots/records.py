"""Reads from storage what a paper prints. Nothing is decided and nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bots.papers import Answered, GivenAct, Issued, Offered, Press, Record, Renewed
from dialogs.paths import given
from dialogs.services import Services, agency_of
from forms.cards import card_with
from forms.papers.model import Signed
from forms.types.base import Wire
from rules.stapling import replaced_receipts, staple
from storage.acts import KeptAct, read_acts
from storage.keys import Keys
from storage.ledger.heads import SignedHead, kept_head
from storage.offers import find_offer, read_reason
from storage.parties import open_card, open_party, party_with, read_cards
from storage.policies import find_policy
from storage.receipts import Evidence, read_binding, read_evidence, receipts_of
from storage.sealing import Owner
from storage.submissions import open_confirmed, open_submission, read_submission
from storage.tables.evidence import Receipt
from storage.tables.parties import Party
from storage.tables.portfolio import Offer, Policy

type Pricing = Mapping[str, Any] | None  # JSON, as dialogs/pricing.py keeps it


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    row: Receipt
    owner: Owner
    record: Record
    found: Evidence
    """The rows it was read from."""


@dataclass(frozen=True, slots=True)
class OfferRecord:
    row: Offer
    owner: Owner
    record: Record


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    row: Policy
    owner: Owner
    issued: Issued
    record: Record


def press_of(services: Services) -> Press:
    settings = services.settings
    return Press(services.catalogue, agency_of(settings), settings.zone, settings.currency, settings.public_url or "")


async def read_receipt(session: AsyncSession, keys: Keys, press: Press, receipt: UUID) -> ReceiptRecord | None:
    """None where there is none. Raises ErasedError where its party was erased since."""
    found = await read_evidence(session, receipt)
    if found is None:
        return None
    row = found.receipt
    owner = party_with(keys, row.party_id, found.wrapped_key)
    binding = read_binding(owner, row)
    card = open_card(owner, found.card).answers if found.card else {}
    confirmed = _confirmed(owner, found, card)
    offer = await find_offer(session, row.offer_id) if row.offer_id else None
    acts, since = await read_acts(session, owner), found.earlier[-1][1] if found.earlier else 0
    record = Record(
        language=row.language,
        name=_name(card, found.display_name),
        emails=tuple(binding.stamp.partition(" ")[2].split(", ")),
        card={**card, **(confirmed[0].answers if confirmed else {})},
        parts=(confirmed[0],) if confirmed else (),
        acts=_given(press, acts, row.language, until=row.sequence),
        pricing=confirmed[1] if confirmed else None,
        offer=await _offered(session, owner, offer) if offer else None,
        binding=binding,
        renewed=_renewed(acts, since, row.sequence),
        replaces=_replaced(press, acts, row, found.earlier or []),
        since=since,
        confirmed_at=row.at,
        signed=signed_of(kept_head(found)),
    )
    return ReceiptRecord(row, owner, record, found)


def signed_of(head: SignedHead | None) -> Signed | None:
    return Signed(head.key, head.signature.hex(), head.root.hex() if head.root else "", head.root_day) if head else None


async def read_offer(session: AsyncSession, keys: Keys, press: Press, offer: UUID) -> OfferRecord | None:
    row = await find_offer(session, offer)
    if row is None:
        return None
    owner = await open_party(session, keys, row.party_id)
    return OfferRecord(row, owner, await _about_submission(session, owner, press, row, confirmation=None))


async def read_policy(session: AsyncSession, keys: Keys, press: Press, policy: UUID) -> PolicyRecord | None:
    row = await find_policy(session, policy)
    offer = await find_offer(session, row.offer_id) if row else None
    if row is None or offer is None:
        return None
    owner = await open_party(session, keys, row.party_id)
    accepted = [one for one in await receipts_of(session, row.party_id) if one.kind == "offer_acceptance" and one.offer_id == offer.id]
    record = await _about_submission(session, owner, press, offer, confirmation=accepted[0] if accepted else None)
    return PolicyRecord(row, owner, Issued(row.number, row.premium_cents, row.starts_on, row.issued_at), record)


async def _about_submission(session: AsyncSession, owner: Owner, press: Press, offer: Offer, *, confirmation: Receipt | None) -> Record:
    """What an offer and its policy rest on: the quote's answers, the card, the acts given until then."""
    quote = await read_submission(session, owner, offer.submission_id)
    party: Party | None = await session.get(Party, owner.party)
    card = await _card(session, owner)
    acts = await read_acts(session, owner)
    language = quote.row.language
    return Record(
        language=language,
        name=_name(card, party.display_name if party else None),
        emails=_emails(owner, await receipts_of(session, offer.party_id)),
        card=card,
        parts=(Answered(quote.row.form, quote.row.form_version, quote.answers, quote.unanswered),),
        acts=_given(press, [act for act in acts if act.at <= offer.made_at] if confirmation is None else acts, language),
        offer=await _offered(session, owner, offer),
        binding=read_binding(owner, confirmation) if confirmation else None,
        confirmed_at=confirmation.at if confirmation else None,
    )


def _emails(owner: Owner, receipts: Sequence[Receipt]) -> tuple[str, ...]:
    """The addresses of the latest confirmation."""
    return tuple(read_binding(owner, receipts[0]).stamp.partition(" ")[2].split(", ")) if receipts else ()


def _confirmed(owner: Owner, found: Evidence, card: Mapping[str, Wire]) -> tuple[Answered, Pricing] | None:
    """The answers it confirmed; for a quote also its price."""
    kind = found.receipt.kind
    if found.submission is None:
        return (Answered(card_with(card).form, "", card), None) if kind == "card_confirmation" else None
    read = open_submission(owner, found.submission)
    answers, origins = read.answers, read.origins
    if found.receipt.submission_version is not None and not kind.startswith(("offer_", "withdrawal")):
        if found.event is None:
            raise LookupError(f"the confirmation of receipt {found.receipt.id} is missing")
        answers, origins = open_confirmed(owner, found.event)
    told = Answered(read.row.form, read.row.form_version, answers, read.unanswered, origins)
    return told, read.pricing if kind == "quote" else None


async def _offered(session: AsyncSession, owner: Owner, row: Offer) -> Offered:
    """An offer carries its quote's number: R-2026-000417 becomes O-2026-000417."""
    receipts = [one for one in await receipts_of(session, row.party_id) if one.submission_id == row.submission_id and one.kind == "quote"]
    number = f"O{receipts[0].number[1:]}" if receipts else f"O-{row.id.hex[-12:]}"
    return Offered(number, row.premium_cents, row.valid_until, read_reason(owner, row), row.made_at)


async def _card(session: AsyncSession, owner: Owner) -> Mapping[str, Wire]:
    """The latest card that was confirmed."""
    cards = await read_cards(session, owner)
    return cards[0].answers if cards else {}


def _name(card: Mapping[str, Wire], display_name: str | None) -> str:
    return card_with(card).name_in(card) or display_name or ""


def _given(press: Press, acts: Iterable[KeptAct], language: str, *, until: int | None = None) -> tuple[GivenAct, ...]:
    """The latest act of each question, in the order they were given; `until` is the last number that counts."""
    latest: dict[str, KeptAct] = {}
    for act in acts:
        if until is None or act.number <= until:
            latest.pop(act.question, None)
            latest[act.question] = act
    return tuple(
        GivenAct(
            *(act.question, act.module, act.version, act.answer, act.at, _text_hash(press, act, language), act.number),
            channel=act.facts.get("channel", ""),
            language=act.facts.get("language", ""),
        )
        for act in latest.values()
    )


def _replaced(press: Press, acts: Iterable[KeptAct], row: Receipt, earlier: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """Numbers of the receipts whose place this one takes."""
    told = given(press.catalogue, [act for act in acts if act.number <= row.sequence])
    return replaced_receipts(staple(told, [*earlier, (row.number, row.sequence)])).get(row.number, ())


def _renewed(acts: Iterable[KeptAct], since: int, until: int) -> tuple[Renewed, ...]:
    """Of the acts after `since`: those on another version of their module than the act before on the same question."""
    before: dict[str, KeptAct] = {}
    found: dict[Renewed, None] = {}
    for act in acts:
        old = before.get(act.question)
        if since < act.number <= until and old is not None and act.question.startswith("modules.") and old.version != act.version:
            found[Renewed(act.module, old.version, act.version)] = None
        before[act.question] = act
    return tuple(found)


def _text_hash(press: Press, act: KeptAct, language: str) -> str:
    """As it was kept with the act; of what was shown where the act is on no module's text."""
    kept = act.facts.get("text_sha256") or act.facts.get("shown")
    if kept:
        return kept
    try:
        return press.catalogue.module(act.module, act.version).text_sha256(act.facts.get("language", language))
    except KeyError:
        return ""
