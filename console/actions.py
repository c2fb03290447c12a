"""What colleagues can do to a submission. No Panel, no SQL. Each action checks role and portfolio and leaves one audit event.

Colleagues never answer, confirm or consent for a customer: they read, claim, send back, approve, reject, quote and issue.
"""

from collections.abc import Container, Sequence
from datetime import date, timedelta
from uuid import UUID

from console.acting import Actor, Work, acting
from dialogs.jobs import enqueue_mail, enqueue_news, enqueue_offer_paper, enqueue_policy_paper
from dialogs.known import missing_for_policy
from dialogs.services import Services
from forms.cards import CARD_EMAILS
from forms.showing import label_of
from forms.types.showing import listed
from rules.access import Action
from rules.refusals import Reason, Refused
from rules.submissions import Act, State, check_claim
from rules.writing import cleaned, is_writing
from storage.mails import NewMail, queue_mail
from storage.offers import NewOffer, make_offer, offer_of
from storage.parties import accepted_card, proved_emails
from storage.policies import issue_policy
from storage.sealing import Owner
from storage.submissions import (
    Move,
    claim_submission,
    lock_submission,
    move_submission,
    present_claim,
    read_submission,
)
from storage.tables.submissions import Submission

LEAST_REASON = 3  # characters: "ok" explains nothing
MOST_REASON = 500
MOST_PREMIUM_CENTS = 100_000_000  # a slip of the hand, not a home


async def claim(services: Services, actor: Actor, submission: UUID) -> None:
    """The submission is this colleague's for half an hour. Raises Refused(CLAIMED_BY_OTHER) while it is another's."""
    async with acting(services, actor, Action.CLAIM, submission) as work:
        row = await lock_submission(work.session, submission)
        owner = await work.owner(row.party_id)
        await claim_submission(work.session, owner, submission, actor.id, work.at)


async def return_answers(services: Services, actor: Actor, submission: UUID, questions: Sequence[str], reason: str) -> None:
    """The customer is asked these questions again, nothing else. Staff never act on consents: only a form's answers come back."""
    async with acting(services, actor, Action.RETURN_ANSWERS, submission) as work:
        row, owner = await _claimed(work, submission)
        told = _reason(reason)
        answers = (await read_submission(work.session, owner, submission)).answers
        if not questions:
            raise Refused(Reason.NOTHING_CHOSEN)
        if not all(can_come_back(question, answers) and question.startswith(f"{row.form}.") for question in questions):
            raise Refused(Reason.NOT_ALLOWED)
        detail = {"questions": list(questions), "reason": told, "colleague": actor.name}
        moved = await move_submission(work.session, owner, submission, Move(Act.RETURN_ANSWERS, work.at, actor.id, detail))
        kind = (await work.row(row.party_id)).kind
        labels = listed((_label(services, row, question, kind) for question in questions), row.language)
        await _tell(work, owner, moved, "returned", {"question": labels, "reason": told, "colleague": actor.name})
        work.detail["questions"] = len(questions)


def can_come_back(question: str, answers: Container[str]) -> bool:
    """What was answered, but not the address that a code has proved: typed again it would be proved no longer."""
    return question in answers and question not in CARD_EMAILS


async def approve(services: Services, actor: Actor, submission: UUID) -> None:
    async with acting(services, actor, Action.APPROVE, submission) as work:
        row, owner = await _claimed(work, submission)
        moved = await move_submission(work.session, owner, submission, Move(Act.APPROVE, work.at, actor.id))
        await _tell(work, owner, moved, "accepted", {"form": services.catalogue.words(row.form, row.language).title})


async def reject(services: Services, actor: Actor, submission: UUID, reason: str) -> None:
    async with acting(services, actor, Action.REJECT, submission) as work:
        _, owner = await _claimed(work, submission)
        told = _reason(reason)
        detail = {"reason": told, "colleague": actor.name}
        moved = await move_submission(work.session, owner, submission, Move(Act.REJECT, work.at, actor.id, detail))
        await _tell(work, owner, moved, "rejected", {"reason": told})


async def quote(services: Services, actor: Actor, submission: UUID, premium_cents: int, reason: str = "") -> UUID:
    """The offer's id. A premium that differs from the indicative one needs a reason; the card must have been accepted before."""
    async with acting(services, actor, Action.QUOTE, submission) as work:
        row = await lock_submission(work.session, submission)
        owner = await work.owner(row.party_id)
        told = check_premium(premium_cents, row.indicative_cents, reason)
        if await accepted_card(work.session, owner) is None:
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="card_not_accepted")
        valid_until = work.today + timedelta(days=services.settings.offer_days)
        offer = await make_offer(work.session, owner, NewOffer(submission, premium_cents, valid_until, work.at, actor.id, told))
        facts = {"premium_cents": premium_cents, "valid_until": valid_until.isoformat(), "reason": told}
        await _mail(work, owner, row, "offer", facts, offer=offer.id)
        await enqueue_offer_paper(work.session, offer.id)
        work.detail["premium_cents"] = premium_cents
        return offer.id


def check_premium(premium_cents: int, indicative_cents: int | None, reason: str) -> str:
    """The reason as it is kept, empty where none is needed. Raises Refused."""
    if premium_cents <= 0:
        raise Refused(Reason.TOO_SMALL, min=1)
    if premium_cents > MOST_PREMIUM_CENTS:
        raise Refused(Reason.TOO_LARGE, max=MOST_PREMIUM_CENTS)
    return _reason(reason) if reason.strip() or premium_cents != indicative_cents else ""


async def issue(services: Services, actor: Actor, submission: UUID) -> str:
    """The policy's number. Raises Refused(MISSING_FOR_ISSUE, fields=…) with the names of all that is missing (S4-25)."""
    async with acting(services, actor, Action.ISSUE, submission) as work:
        row = await lock_submission(work.session, submission)
        owner = await work.owner(row.party_id)
        if row.state not in {State.QUOTED, State.ISSUE_REQUESTED}:
            raise Refused(Reason.NOT_POSSIBLE_NOW, state=row.state)
        missing = await missing_to_issue(work, owner, row)
        if missing:
            raise Refused(Reason.MISSING_FOR_ISSUE, fields=list(missing))
        offer = await offer_of(work.session, submission)
        if offer is None:
            raise LookupError(f"no offer for submission {submission}")
        answers = (await read_submission(work.session, owner, submission)).answers
        starts_on = _date(answers.get("quote_home.needs.starts_on"))
        zone = services.settings.timezone
        policy = await issue_policy(work.session, owner, offer, colleague=actor.id, at=work.at, zone=zone, starts_on=starts_on)
        facts = {"number": policy.number, "premium_cents": policy.premium_cents, "starts_on": starts_on.isoformat() if starts_on else None}
        await _mail(work, owner, row, "policy", facts, policy=policy.id)
        await enqueue_policy_paper(work.session, policy.id)
        return policy.number


async def missing_to_issue(work: Work, owner: Owner, row: Submission) -> tuple[str, ...]:
    """Names of what a policy of this submission lacks: the 13 fields of the accepted card and the quote, modules, the confirmation."""
    return await missing_for_policy(work.session, owner, work.services.catalogue, work.now, row.id, only_accepted=True)


async def _claimed(work: Work, submission: UUID) -> tuple[Submission, Owner]:
    """Only who holds the claim decides; one that ended must be taken again."""
    row = await lock_submission(work.session, submission)
    owner = await work.owner(row.party_id)
    held = present_claim(row)
    check_claim(held, str(work.actor.id), work.at)
    if held is None or not held.holds(work.at):
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="unclaimed" if row.state == State.IN_REVIEW else row.state)
    return row, owner


async def _tell(work: Work, owner: Owner, row: Submission, kind: str, facts: dict[str, object]) -> None:
    """The customer hears it in the open chat and by mail."""
    await enqueue_news(work.session, row.id, row.version)
    for mail in await _mail(work, owner, row, kind, facts):
        await enqueue_mail(work.session, mail)


async def _mail(
    work: Work,
    owner: Owner,
    row: Submission,
    kind: str,
    facts: dict[str, object],
    *,
    offer: UUID | None = None,
    policy: UUID | None = None,
) -> list[UUID]:
    """Queues one mail per proved address."""
    return [
        await queue_mail(
            work.session,
            owner,
            NewMail(kind, address, row.language, facts=facts, submission=row.id, offer=offer, policy=policy),
            domain=work.services.settings.mail_domain,
        )
        for address in await proved_emails(work.session, owner)
    ]


def _label(services: Services, row: Submission, question: str, party_kind: str) -> str:
    form = services.catalogue.form(row.form)
    return label_of(form.step(question), services.catalogue.words(row.form, row.language, party_kind=party_kind), row.language)


def _reason(reason: str) -> str:
    told = cleaned(reason)
    if len(told) < LEAST_REASON:
        raise Refused(Reason.REASON_NEEDED)
    if len(told) > MOST_REASON:
        raise Refused(Reason.TOO_LONG, max_length=MOST_REASON)
    if not is_writing(told):
        raise Refused(Reason.UNREADABLE_CHARACTERS)
    return told


def _date(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
