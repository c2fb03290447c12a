"""Applying what a turn changes beyond its conversation: every effect in the turn's one transaction, in order."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from dialogs import effects
from dialogs.confirming import act_on_module, change_consents, complete_card, confirm_card, decide_offer, suspend, withdraw
from dialogs.jobs import enqueue_forgetting, enqueue_forgetting_upload
from dialogs.mailing import mail_agency, send_mail
from dialogs.work import Work
from forms.types.showing import phone
from rules.refusals import Reason, Refused
from storage.acts import append_act, keep_refusal
from storage.audit import Audited, audit
from storage.calls import NewCall, request_call
from storage.checks import keep_confirmed
from storage.codes import count_tries, keep_try
from storage.mails import NewMail
from storage.parties import (
    Traces,
    create_party,
    find_party_by_email,
    forget_conversation,
    forget_prospect,
    lock_party,
    open_party,
    prove_email,
    proved_emails,
)
from storage.prepared import end_prepared, end_prepared_for
from storage.takeovers import ask_for_person, bind_takeover, forget_takeovers, give_back, keep_answered, keep_written, let_go, take_over
from storage.uploads import hold_uploads, owners_of_uploads

CODE_MINUTES = 10  # as dialogs/codes.py counts them
MOST_SENT = 20  # codes an address and hour over all conversations: several people of one household, no mail bomb
MOST_WRONG = 20  # guesses an address and hour: 2 in 100,000 that a stranger is let in


async def apply_effects(work: Work, changes: Iterable[effects.Effect]) -> None:
    """Raises Refused where the rules or another's act have overtaken the customer's."""
    for change in changes:
        await _APPLY[type(change)](work, change)


async def _mail_code(work: Work, effect: effects.MailCode) -> None:
    """To an address that was mailed so many within the hour goes nothing, and nobody is told: it may be a stranger's mailbox."""
    if await count_tries(work.session, work.keys, "sent", effect.email, work.now) >= MOST_SENT:
        return
    await keep_try(work.session, work.keys, "sent", effect.email, work.now)
    facts = {"code": effect.code, "minutes": str(CODE_MINUTES)}
    await send_mail(work.session, work.settings, work.owner, NewMail("code", effect.email, effect.language, facts=facts))


async def _wrong_code(work: Work, effect: effects.WrongCode) -> None:
    await _may_guess(work, effect.email)
    await keep_try(work.session, work.keys, "wrong", effect.email, work.now)


async def _may_guess(work: Work, email: str) -> None:
    """Raises Refused(CODE_LOCKED) once the address had so many wrong guesses within the hour, for right ones and wrong ones alike."""
    if await count_tries(work.session, work.keys, "wrong", email, work.now) >= MOST_WRONG:
        raise Refused(Reason.CODE_LOCKED)


async def _bind_party(work: Work, effect: effects.BindParty) -> None:
    await _may_guess(work, effect.email)
    known = await find_party_by_email(work.session, work.keys, effect.email)
    if known is not None:
        await lock_party(work.session, known)
        known = await find_party_by_email(work.session, work.keys, effect.email)  # who is erased at this moment comes back as somebody new
    if known is not None:
        work.owner = await open_party(work.session, work.keys, known)
    else:
        work.owner = await create_party(work.session, work.keys, language=work.language)
        await prove_email(work.session, work.owner, effect.email, work.now)
    await work.store.bind(work.session, str(work.conversation), work.owner.id)
    await bind_takeover(work.session, work.conversation, work.owner.party)


async def _prove_email(work: Work, effect: effects.ProveEmail) -> None:
    await _may_guess(work, effect.email)
    await prove_email(work.session, work.owner, effect.email, work.now)


async def _record_act(work: Work, effect: effects.RecordAct) -> None:
    await append_act(work.session, work.owner, await act_on_module(work, effect), conversation=work.conversation)


async def _keep_refusal_only(work: Work, effect: effects.KeepRefusalOnly) -> None:
    """A customer's refusal joins their acts; of a newcomer nothing stays but the refusal, which names nobody."""
    act = await act_on_module(work, effect.act)
    if await _forget(work):
        del act.facts["stamp"]  # type: ignore[attr-defined]  # made just above, as a dict
        await keep_refusal(work.session, work.talk, act)
    else:
        await append_act(work.session, work.owner, act, conversation=work.conversation)


async def _forget_conversation(work: Work, _effect: effects.ForgetConversation) -> None:
    await _forget(work)


async def _forget(work: Work) -> bool:
    """The conversation is closed and its traces go. True = nobody is left whom they were about."""
    work.closes = True
    await forget_takeovers(work.session, work.conversation)
    emails = await proved_emails(work.session, work.owner) if work.owner.party else ()
    prepared = await end_prepared_for(work.session, work.keys, emails, "refused", work.now)
    traces = [await forget_conversation(work.session, work.conversation), Traces(work.conversation, (), prepared)]
    party = await forget_prospect(work.session, work.owner.party) if work.owner.party else None
    for left in [*traces, party] if party else traces:
        await enqueue_forgetting(work.session, left)
    return work.owner.party is None or party is not None


async def _request_call(work: Work, effect: effects.RequestCall) -> None:
    await request_call(work.session, work.owner, NewCall(work.conversation, effect.phone, effect.topic, effect.at))
    await let_go(work.session, work.conversation, effect.at)
    facts = {"phone": phone(effect.phone) if effect.phone else "", "topic": effect.topic}
    await mail_agency(work.session, work.settings, work.owner, "call_request", at=effect.at, facts=facts)


async def _ask_for_person(work: Work, effect: effects.AskForPerson) -> None:
    """The agency is told once, however often the customer asks."""
    place = await ask_for_person(work.session, work.conversation, work.owner.party, effect.at)
    work.later["before"] = place.before
    if place.is_new:
        await mail_agency(work.session, work.settings, work.owner, "person_request", at=effect.at)


async def _take_over(work: Work, effect: effects.TakeOver) -> None:
    """Refused where it has become a customer's since, who may be of another portfolio."""
    if effect.party != str(work.owner.party or ""):
        raise Refused(Reason.NOT_POSSIBLE_NOW)
    await take_over(work.session, work.conversation, UUID(effect.colleague), effect.at)


async def _keep_answered(work: Work, effect: effects.KeepAnswered) -> None:
    await keep_answered(work.session, work.conversation, UUID(effect.colleague))


async def _reach_colleague(work: Work, effect: effects.ReachColleague) -> None:
    await keep_written(work.session, work.conversation, effect.at)
    await work.store.wake_within(work.session, str(work.conversation))


async def _give_back(work: Work, effect: effects.GiveBack) -> None:
    colleague = UUID(effect.colleague) if effect.colleague else None
    await give_back(work.session, work.conversation, effect.at, colleague)
    await work.store.wake_within(work.session, str(work.conversation))


async def _keep_still_right(work: Work, effect: effects.KeepStillRight) -> None:
    await keep_confirmed(work.session, work.owner.id, effect.at)
    await audit(work.session, Audited("card.still_right", effect.at, "customer", party=work.owner.party))


async def _end_prepared(work: Work, effect: effects.EndPrepared) -> None:
    await end_prepared(work.session, UUID(effect.card), effect.how, work.now)


async def _settle_uploads(work: Work, effect: effects.SettleUploads) -> None:
    """Raises Refused where what the customer has just handed in is gone: its turn came too late."""
    held = await hold_uploads(work.session, [UUID(document) for document in effect.taken])
    if not {UUID(document) for document in effect.handed_in} <= held:
        raise Refused(Reason.FILE_EXPECTED)
    owners = await owners_of_uploads(work.session, [UUID(document) for document in effect.let_go])
    for document, owner in owners.items():
        await enqueue_forgetting_upload(work.session, owner, document, work.now)


_APPLY: Mapping[type, Callable[[Work, Any], Awaitable[None]]] = {  # each takes its own kind of effect
    effects.MailCode: _mail_code,
    effects.WrongCode: _wrong_code,
    effects.BindParty: _bind_party,
    effects.ProveEmail: _prove_email,
    effects.RecordAct: _record_act,
    effects.ChangeConsents: change_consents,
    effects.KeepRefusalOnly: _keep_refusal_only,
    effects.ForgetConversation: _forget_conversation,
    effects.Suspend: suspend,
    effects.ConfirmCard: confirm_card,
    effects.DecideOffer: decide_offer,
    effects.CompleteCard: complete_card,
    effects.RequestCall: _request_call,
    effects.Withdraw: withdraw,
    effects.AskForPerson: _ask_for_person,
    effects.TakeOver: _take_over,
    effects.KeepAnswered: _keep_answered,
    effects.ReachColleague: _reach_colleague,
    effects.GiveBack: _give_back,
    effects.EndPrepared: _end_prepared,
    effects.KeepStillRight: _keep_still_right,
    effects.SettleUploads: _settle_uploads,
}
