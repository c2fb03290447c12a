"""What storage knows of a customer, as the engine needs it, and what a policy of theirs still misses."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.events import KnownAct, KnownParty, KnownPrepared, OpenOffer, OpenRequest
from forms.catalogue import Catalogue
from forms.modules import as_in_force
from rules.consents import GivenAct, InForce, lapse, may_send, missing_modules
from rules.issuance import IssuanceFacts, missing_for_issue
from rules.submissions import State, is_final, is_quote
from storage.acts import KeptAct, latest_acts
from storage.keys import Keys
from storage.offers import open_offers
from storage.parties import accepted_card, open_party, proved_emails, read_cards
from storage.prepared import find_prepared, read_sheet
from storage.sealing import Owner
from storage.submissions import quote_before, read_submission, submissions_of
from storage.tables.parties import Party
from storage.tables.portfolio import Offer
from storage.tables.submissions import Submission

_ENDED_BADLY = frozenset({State.REJECTED, State.WITHDRAWN, State.EXPIRED})
_ASKED_FOR = frozenset({State.ISSUE_REQUESTED, State.ISSUED})


async def load_known_party(session: AsyncSession, keys: Keys, party: UUID, catalogue: Catalogue, now: datetime) -> KnownParty:
    """`now`: in the agency's time zone."""
    owner = await open_party(session, keys, party)
    row = await session.get_one(Party, party)
    submissions = await submissions_of(session, party)
    offers = await open_offers(session, party)
    cards = await read_cards(session, owner)
    wanted = [*(offer.submission_id for offer in offers[:1]), *(row.id for row in submissions if row.state == State.ISSUE_REQUESTED)]
    missing = [name for one in wanted for name in await missing_for_policy(session, owner, catalogue, now, one)]
    return KnownParty(
        party=str(party),
        display_name=row.display_name or "",
        emails=await proved_emails(session, owner),
        registration=_registration(submissions),
        card=cards[0].answers if cards else {},
        kind=row.kind,
        acts=tuple(_known_act(act) for act in await latest_acts(session, owner) if act.question.startswith("modules.")),
        offers=tuple(_open_offer(offer) for offer in offers),
        quotes={str(submission.id): submission.state for submission in submissions if is_quote(submission.form)},
        requests=tuple(_open_request(row, submissions) for row in submissions if not is_final(State(row.state), row.form)),
        sent=frozenset((row.form, row.draft_begun_at.timestamp()) for row in submissions if row.draft_begun_at is not None),
        settled=frozenset(str(row.id) for row in submissions if row.state != State.RETURNED),
        missing_for_issue=tuple(dict.fromkeys(missing)),
    )


async def load_known_prepared(session: AsyncSession, keys: Keys, emails: tuple[str, ...], now: datetime) -> KnownPrepared | None:
    """What somebody has prepared for an address that is proved."""
    row = await find_prepared(session, keys, emails, now) if emails else None
    if row is None:
        return None
    sheet = read_sheet(keys, row)
    return KnownPrepared(str(row.id), row.form, sheet.values, sheet.colleague, sheet.file, row.prepared_at)


async def missing_for_policy(
    session: AsyncSession, owner: Owner, catalogue: Catalogue, now: datetime, submission: UUID, *, only_accepted: bool = False
) -> tuple[str, ...]:
    """Names of what is missing before this quote becomes a policy (S4-25); `confirmation` until the customer has asked for it.

    `now`: in the agency's time zone. `only_accepted`: the card counts as a colleague accepted it, otherwise as the customer last
    confirmed it."""
    card = await accepted_card(session, owner) if only_accepted else next(iter(await read_cards(session, owner)), None)
    read = await read_submission(session, owner, submission)
    acts = [
        lapse(catalogue.months_counted(act.module, act.version), GivenAct(act.question, act.version, act.answer, act.at), now)
        for act in await latest_acts(session, owner)
    ]
    since = await quote_before(session, owner, submission)
    return missing_for_issue(
        IssuanceFacts(
            card=card.answers if card else {},
            quote=read.answers,
            missing_modules=missing_modules(needed_modules(catalogue, now.date()), acts, since=since),
            is_confirmed=State(read.row.state) in _ASKED_FOR,
        ),
    )


def needed_modules(catalogue: Catalogue, today: date) -> tuple[InForce, ...]:
    """The modules in force without which no policy is issued."""
    needed = (module for module in catalogue.modules(today) if module.module.needed_to_issue)
    return tuple(as_in_force(module, catalogue.history(module.code)) for module in needed)


async def is_consented(session: AsyncSession, owner: Owner, catalogue: Catalogue, question: str, now: datetime) -> bool:
    """Whether the customer's yes to this act question stands now: not taken back, not too old, on what the text in force says."""
    module = next((module for module in catalogue.modules(now.date()) if question in module.questions), None)
    if module is None:
        return False
    months = catalogue.months_counted(module.code, module.version)
    given = [GivenAct(act.question, act.version, act.answer, act.at) for act in await latest_acts(session, owner)]
    force = replace(as_in_force(module, catalogue.history(module.code)), acts=(question,))
    return may_send(force, [lapse(months, act, now) for act in given])


def _registration(submissions: tuple[Submission, ...]) -> str | None:
    """State of the latest registration or card update that did not end badly, else of the latest."""
    states = [submission.state for submission in submissions if not is_quote(submission.form)]
    return next((state for state in states if state not in _ENDED_BADLY), states[0] if states else None)


def _open_request(row: Submission, submissions: tuple[Submission, ...]) -> OpenRequest:
    others = tuple(one for one in submissions if one is not row)
    leaves = None if is_quote(row.form) else _registration(others) or State.WITHDRAWN
    return OpenRequest(str(row.id), row.form, row.waiting_since, leaves)


def _known_act(act: KeptAct) -> KnownAct:
    return KnownAct(act.question, act.module, act.version, act.kind, act.answer, act.at, act.facts.get("stamp", ""))


def _open_offer(offer: Offer) -> OpenOffer:
    document = str(offer.document_id) if offer.document_id else None
    return OpenOffer(str(offer.id), str(offer.submission_id), offer.premium_cents, offer.valid_until, document)
