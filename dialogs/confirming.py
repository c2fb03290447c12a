"""Confirmations: what is suspended, confirmed anew or decided becomes an act with a numbered receipt and its mails."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import orjson

from dialogs import effects
from dialogs.jobs import enqueue_receipt
from dialogs.known import missing_for_policy
from dialogs.work import Work
from forms.cards import CARD_OF_FORM, PERSON, Card
from forms.types.base import Wire
from forms.types.municipalities import municipality, region_of
from rules.issuance import missing_fields
from rules.origins import Origins, carried_origins
from rules.refusals import Reason, Refused
from rules.submissions import Act, is_quote
from storage import offers, submissions
from storage.acts import NewAct, append_act
from storage.checks import keep_confirmed
from storage.mails import NewMail, queue_mail
from storage.parties import Card as KeptCard
from storage.parties import ShownInClear, keep_card, keep_identifiers, proved_emails, read_cards, show_in_clear
from storage.receipts import NewReceipt, number_receipt
from storage.tables.evidence import Receipt
from storage.tables.submissions import Submission


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One confirming act: `question` was answered on what `shown` hashes."""

    kind: str  # of the receipt
    question: str
    module: str
    version: str
    shown: str
    at: datetime
    stamp: str
    language: str
    answer: str = "confirm"
    submission: Submission | None = None
    offer: UUID | None = None


async def suspend(work: Work, effect: effects.Suspend) -> None:
    """The submission is suspended; a registration's card gets its revision and the desk what it searches by."""
    submission = await submissions.suspend(
        work.session,
        work.owner,
        submissions.Confirmed(
            form=effect.form,
            form_version=effect.form_version,
            answers=effect.answers,
            language=effect.language,
            conversation=work.conversation,
            at=effect.at,
            submission=UUID(effect.submission) if effect.submission else None,
            indicative_cents=effect.premium_cents,
            tariff_version=effect.tariff_version,
            pricing=effect.pricing,
            unanswered=effect.unanswered,
            missing_count=await _count_missing(work, effect.form, effect.answers),
            draft_begun_at=effect.begun,
            origins=effect.origins,
        ),
    )
    if effect.form in CARD_OF_FORM:
        await _keep_card(work, effect.answers, submission, effect.at)
        await keep_confirmed(work.session, submission.party_id, effect.at)
    kind = "quote" if is_quote(effect.form) else "registration"
    receipt = await _receipt(
        work,
        Confirmation(
            kind,
            f"{effect.form}.confirm",
            effect.form,
            effect.form_version,
            effect.shown,
            effect.at,
            effect.stamp,
            effect.language,
            submission=submission,
        ),
    )
    work.later |= {"receipt": receipt.number, "stamp": effect.stamp}


async def confirm_card(work: Work, effect: effects.ConfirmCard) -> None:
    """The new confirmation of card and acts before a quote (S0-36)."""
    await keep_confirmed(work.session, work.owner.id, effect.at)
    cards = await read_cards(work.session, work.owner)
    form, version = (cards[0].form, cards[0].form_version) if cards else (PERSON.form, "")
    await _receipt(
        work,
        Confirmation("card_confirmation", "quote_home.card_confirm", form, version, effect.shown, effect.at, effect.stamp, effect.language),
    )


async def decide_offer(work: Work, effect: effects.DecideOffer) -> None:
    """Raises Refused(MISSING_FOR_ISSUE) where an acceptance would ask for a policy that nobody could issue."""
    is_accepted = effect.answer == "accept"
    offer = await offers.decide_offer(work.session, work.owner, UUID(effect.offer), is_accepted=is_accepted, at=effect.at, today=work.today)
    if is_accepted:
        await _check_whole(work, offer.submission_id)
    submission = await submissions.lock_submission(work.session, offer.submission_id)
    confirmation = Confirmation(
        "offer_acceptance" if is_accepted else "offer_refusal",
        "offer.act",
        submission.form,
        submission.form_version,
        effect.shown,
        effect.at,
        effect.stamp,
        effect.language,
        answer=effect.answer,
        submission=submission,
        offer=offer.id,
    )
    receipt = await _receipt(work, confirmation)
    work.later |= {"receipt": receipt.number, "stamp": effect.stamp}


async def withdraw(work: Work, effect: effects.Withdraw) -> None:
    """The submission is withdrawn, and no offer made for it is open any more."""
    submission = await submissions.move_submission(
        work.session, work.owner, UUID(effect.submission), submissions.Move(Act.WITHDRAW, effect.at)
    )
    await offers.close_offers(work.session, submission.id, effect.at)
    confirmation = Confirmation(
        "withdrawal",
        "withdrawal.request",
        submission.form,
        submission.form_version,
        effect.shown,
        effect.at,
        effect.stamp,
        effect.language,
        answer="withdraw",
        submission=submission,
    )
    receipt = await _receipt(work, confirmation)
    work.later |= {"receipt": receipt.number, "stamp": effect.stamp}


async def _check_whole(work: Work, submission: UUID) -> None:
    now = work.now.astimezone(work.settings.zone)
    missing = await missing_for_policy(work.session, work.owner, work.catalogue, now, submission)
    if missing:
        raise Refused(Reason.MISSING_FOR_ISSUE, fields=list(missing))


async def complete_card(work: Work, effect: effects.CompleteCard) -> None:
    """The answers changed or added, over the latest card: a suspended card update."""
    cards = await read_cards(work.session, work.owner)
    if not cards:
        raise LookupError(f"party {work.owner.party} has no card to complete")
    answers = {**cards[0].answers, **effect.answers}
    submission = await submissions.suspend(
        work.session,
        work.owner,
        submissions.Confirmed(
            form=cards[0].form,
            form_version=cards[0].form_version,
            answers=answers,
            language=work.language,
            conversation=work.conversation,
            at=effect.at,
            missing_count=await _count_missing(work, cards[0].form, answers),
            origins=await _origins_now(work, cards[0], answers, effect.origins),
        ),
    )
    await _keep_card(work, answers, submission, effect.at)
    if effect.shown:  # one answer that was missing says nothing of the others
        await keep_confirmed(work.session, submission.party_id, effect.at)
    stamp = await work.stamp(effect.at)
    # where each answer was confirmed as it was asked and no sheet showed them all, what is hashed is the card as it now stands
    shown = effect.shown or sha256(orjson.dumps(answers, option=orjson.OPT_SORT_KEYS)).hexdigest()
    receipt = await _receipt(
        work,
        Confirmation(
            "card_update",
            "card.update",
            cards[0].form,
            cards[0].form_version,
            shown,
            effect.at,
            stamp,
            work.language,
            submission=submission,
        ),
    )
    work.later |= {"receipt": receipt.number, "stamp": stamp}


async def change_consents(work: Work, effect: effects.ChangeConsents) -> None:
    """Taken back or given outside of any form: each is an act, and one receipt tells all of them."""
    for act in effect.acts:
        await append_act(work.session, work.owner, await act_on_module(work, act), conversation=work.conversation)
    first = effect.acts[0]
    told = Confirmation(
        "consents", first.question, first.module, first.version, effect.shown, effect.at, effect.stamp, effect.language, first.answer
    )
    receipt = await _number(work, told)
    work.later |= {"receipt": receipt.number, "stamp": effect.stamp}


async def act_on_module(work: Work, effect: effects.RecordAct) -> NewAct:
    facts = {
        "text_sha256": effect.text_sha256,
        "shown": effect.shown,
        "language": effect.language,
        "channel": work.channel,
        "stamp": await work.stamp(effect.at),
    }
    return NewAct(effect.question, effect.module, effect.version, effect.kind, effect.answer, effect.at, facts)


async def _receipt(work: Work, confirmation: Confirmation) -> Receipt:
    """The act joins the chain and is receipted."""
    await append_act(work.session, work.owner, _act(work, confirmation), conversation=work.conversation)
    return await _number(work, confirmation)


async def _number(work: Work, confirmation: Confirmation) -> Receipt:
    """The head of the chain goes onto the receipt, the mails wait for the paper, the job is enqueued."""
    submission = confirmation.submission
    receipt = await number_receipt(
        work.session,
        work.owner,
        NewReceipt(
            kind=confirmation.kind,
            conversation=work.conversation,
            language=confirmation.language,
            at=confirmation.at,
            stamp=confirmation.stamp,
            zone=work.settings.timezone,
            text_sha256=bytes.fromhex(confirmation.shown),
            submission=submission.id if submission else None,
            submission_version=submission.version if submission else None,
            offer=confirmation.offer,
        ),
    )
    await _queue_mails(work, confirmation, receipt)
    await enqueue_receipt(work.session, receipt.id)
    return receipt


def _act(work: Work, confirmation: Confirmation) -> NewAct:
    facts = {
        "text_sha256": confirmation.shown,
        "shown": confirmation.shown,
        "language": confirmation.language,
        "channel": work.channel,
        "stamp": confirmation.stamp,
    }
    if confirmation.submission is not None:
        facts |= {"submission": str(confirmation.submission.id), "submission_version": str(confirmation.submission.version)}
    if confirmation.offer is not None:
        facts["offer"] = str(confirmation.offer)
    return NewAct(
        confirmation.question, confirmation.module, confirmation.version, "confirmation", confirmation.answer, confirmation.at, facts
    )


async def _queue_mails(work: Work, confirmation: Confirmation, receipt: Receipt) -> None:
    """One to each proved address and one to the agency (S0-22, S0-23); the receipt's job sends them."""
    facts = {"number": receipt.number, "stamp": confirmation.stamp}
    belongs = NewMail("receipt", "", "", facts=facts, receipt=receipt.id, submission=receipt.submission_id, offer=receipt.offer_id)
    addressed = [replace(belongs, to=to, language=confirmation.language) for to in await proved_emails(work.session, work.owner)]
    addressed.append(replace(belongs, to=work.settings.agency_email, language=work.agency_language, recipient="agency"))
    for new in addressed:
        await queue_mail(work.session, work.owner, new, domain=work.settings.mail_domain)


async def _keep_card(work: Work, answers: Mapping[str, Wire], submission: Submission, at: datetime) -> None:
    await keep_card(
        work.session,
        work.owner,
        answers,
        form=submission.form,
        form_version=submission.form_version,
        submission=submission.id,
        typed_by="customer",
        channel=work.channel,
        at=at,
    )
    card = CARD_OF_FORM[submission.form]
    found = [(kind, str(answers[key])) for kind, keys in card.identifiers.items() for key in keys if answers.get(key)]
    await keep_identifiers(work.session, work.owner, found)
    await show_in_clear(work.session, submission.party_id, _shown_in_clear(card, answers))


def _shown_in_clear(card: Card, answers: Mapping[str, Wire]) -> ShownInClear:
    place = municipality(str(answers.get(f"{card.address}.municipality", "")))
    province = place.province if place else str(answers.get(f"{card.address}.province", "")) or None
    return ShownInClear(
        kind=card.kind,
        display_name=card.name_in(answers),
        municipality=place.name if place else None,
        province=province,
        region=region_of(province) if province else None,
    )


async def _origins_now(work: Work, card: KeptCard, answers: Mapping[str, Wire], new: Origins) -> Origins:
    """Of the whole card: those of before where the answer stays."""
    before = await submissions.read_submission(work.session, work.owner, card.submission) if card.submission else None
    return carried_origins(before.origins if before else {}, card.answers, new, answers)


async def _count_missing(work: Work, form: str, answers: Mapping[str, Wire]) -> int:
    """How many of the 13 fields a policy needs are not there (S4-25); of a card, its seven."""
    if is_quote(form):
        cards = await read_cards(work.session, work.owner)
        return len(missing_fields(cards[0].answers if cards else {}, answers))
    return len([field for field in missing_fields(answers, {}) if field.startswith("policyholder_")])
