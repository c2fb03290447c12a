"""What colleagues read, worded in their language. Every look at a customer's data is an audit event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from console.acting import Actor, Work, acting
from console.actions import can_come_back, missing_to_issue
from console.namesakes import Namesakes, find_namesakes
from console.revealing import Whole, looking
from dialogs.services import Services
from forms.computed import Environment
from forms.covering import covered, is_private
from forms.flow import CompiledForm
from forms.showing import ShownSection, label_of, show_answers, show_signer
from rules.access import Action, check_reveal
from rules.origins import Origin
from rules.submissions import State
from storage.acts import KeptAct, read_acts
from storage.documents import documents_of, find_document, read_title
from storage.offers import offer_of, read_reason
from storage.parties import Card, Contact, accepted_card, read_contact
from storage.queue import Filter, Page, QueueRow, count_states, list_queue
from storage.receipts import read_binding, receipts_of
from storage.sealing import Owner
from storage.staff import find_colleague
from storage.submissions import Event, Read, find_submission, present_claim, read_history, read_submission
from storage.tables.submissions import Submission


@dataclass(frozen=True, slots=True)
class Queue:
    page: Page[QueueRow]
    counts: Mapping[str, int]
    colleagues: Mapping[UUID, str]
    """Names of those who claimed something on this page."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    path: str
    label: str
    value: str
    before: str | None
    """In the last accepted card; None where there was none or it had no such answer."""
    is_changed: bool
    is_code: bool
    can_return: bool
    """Typed by the customer; what is computed from other answers cannot be asked again."""
    origin: Origin | None
    """Of one that somebody had prepared."""
    is_covered: bool = False
    """Values are told by their end, or not at all, until somebody says why they must be seen."""


@dataclass(frozen=True, slots=True)
class AnswerSection:
    title: str
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    id: UUID
    kind: str
    title: str
    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OfferRow:
    premium_cents: int
    valid_until: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    number: str
    kind: str
    stamp: str
    head: str


@dataclass(frozen=True, slots=True)
class ActRow:
    label: str
    kind: str
    answer: str
    version: str
    at: datetime
    text_sha256: str


@dataclass(frozen=True, slots=True)
class OpenSubmission:
    """One submission as its page shows it."""

    id: UUID
    form: str
    title: str
    customer: str
    signer: tuple[tuple[str, str], ...]
    """Who acts for the customer by the accepted card, and in which capacity; labels and values."""
    state: str
    language: str
    waiting_since: datetime
    claimed_by: str | None
    claimed_until: datetime | None
    is_mine: bool
    indicative_cents: int | None
    tariff_version: str | None
    referral: tuple[str, ...]
    sections: tuple[AnswerSection, ...]
    unanswered: tuple[str, ...]
    party: UUID
    acts: tuple[ActRow, ...]
    documents: tuple[DocumentRow, ...]
    receipts: tuple[ReceiptRow, ...]
    history: tuple[tuple[Event, str | None], ...]
    """Each move with the colleague's name."""
    offer: OfferRow | None
    contact: Contact | None
    """How and when the customer wants to be looked for."""
    namesakes: Namesakes
    """Other cards that hold one of this customer's identifiers."""
    has_accepted_card: bool
    missing: tuple[str, ...]
    """What a policy would lack today; only filled once it can be issued."""


async def list_submissions(
    services: Services, actor: Actor, wanted: Filter, *, after: str | None = None, before: str | None = None, size: int = 25
) -> Queue:
    """One page by keyset, those who wait longest first."""
    async with acting(services, actor, Action.LIST_SUBMISSIONS) as work:
        readable = "".join(each for each in wanted.text if each.isprintable())  # the database refuses what is no text
        page = await list_queue(work.session, replace(wanted, text=readable), after=after, before=before, size=size)
        work.detail["rows"] = len(page.rows)
        colleagues = {row.claimed_by for row in page.rows if row.claimed_by}
        names = {each: found.name for each in colleagues if (found := await find_colleague(work.session, each))}
        return Queue(page, await count_states(work.session), names)


async def open_submission(
    services: Services, actor: Actor, submission: UUID, language: str, *, reason: str | None = None
) -> OpenSubmission:
    """Identifiers are covered, unless with a reason, which the audit trail keeps (R9). Raises Refused(NOT_ALLOWED) for one that is not
    there or in another's portfolio."""
    async with looking(services, actor, Action.READ_SUBMISSION, submission, Whole(reason) if reason is not None else None) as work:
        row = await find_submission(work.session, submission)
        if row is None:
            raise LookupError(f"no submission {submission}")
        owner = await work.owner(row.party_id)
        return await _page(work, owner, row, language, is_whole=reason is not None)


async def read_document(services: Services, actor: Actor, document: UUID, reason: str) -> tuple[bytes, str, str]:
    """Content, media type and title. What stands in it nobody can cover: whoever opens it says why, auditors too."""
    async with acting(services, actor, Action.READ_DOCUMENT, document) as work:
        work.detail["reason"] = check_reveal(reason)
        row = await find_document(work.session, document)
        if row is None or row.party_id is None:
            raise LookupError(f"no document {document}")
        owner = await work.owner(row.party_id)
        return await services.documents.read(owner, row), row.media_type, read_title(owner, row)


async def _page(work: Work, owner: Owner, row: Submission, language: str, *, is_whole: bool) -> OpenSubmission:
    session, services = work.session, work.services
    read = await read_submission(session, owner, row.id)
    party = await work.row(row.party_id)
    claim = present_claim(row)
    colleague = await find_colleague(session, row.claimed_by) if row.claimed_by and claim and claim.holds(work.at) else None
    accepted = await accepted_card(session, owner)
    offer = await offer_of(session, row.id)
    form, sections = services.catalogue.form(row.form), _sections(work, read, accepted, language=language, party_kind=party.kind)
    return OpenSubmission(
        id=row.id,
        form=row.form,
        title=services.catalogue.words(row.form, language).title,
        customer=party.display_name or "",
        signer=show_signer(services.catalogue, accepted.answers, language) if accepted else (),
        state=row.state,
        language=row.language,
        waiting_since=row.waiting_since,
        claimed_by=colleague.name if colleague else None,
        claimed_until=row.claimed_until if colleague else None,
        is_mine=colleague is not None and colleague.id == work.actor.id,
        indicative_cents=row.indicative_cents,
        tariff_version=row.tariff_version,
        referral=_referral(services, read.pricing, language),
        sections=sections if is_whole else tuple(_covered(form, section) for section in sections),
        unanswered=tuple(_label(services, row, question, language, party.kind) for question in read.unanswered),
        party=row.party_id,
        acts=tuple(_act(services, act, language) for act in await read_acts(session, owner)),
        documents=tuple(
            DocumentRow(d.id, d.kind, read_title(owner, d), d.media_type, d.bytes, d.sha256.hex())
            for d in await documents_of(session, row.party_id)
        ),
        receipts=tuple(
            ReceiptRow(receipt.number, receipt.kind, binding.stamp, binding.head)
            for receipt in await receipts_of(session, row.party_id)
            for binding in (read_binding(owner, receipt),)
        ),
        history=await _history(work, owner, row),
        offer=OfferRow(offer.premium_cents, offer.valid_until.isoformat(), offer.state, read_reason(owner, offer)) if offer else None,
        contact=read_contact(owner, party),
        namesakes=await find_namesakes(work, row),
        has_accepted_card=accepted is not None,
        missing=await missing_to_issue(work, owner, row) if row.state == State.ISSUE_REQUESTED else (),
    )


def _sections(work: Work, read: Read, accepted: Card | None, *, language: str, party_kind: str) -> tuple[AnswerSection, ...]:
    """The answers beside those of the last accepted card, as a difference."""
    services, row = work.services, read.row
    form, words = services.catalogue.form(row.form), services.catalogue.words(row.form, language, party_kind=party_kind)
    card = accepted.answers if accepted else {}
    env = Environment(work.today, card, services.catalogue.tables, services.settings.currency, party_kind)
    is_same_form = accepted is not None and accepted.form == row.form and accepted.submission != row.id
    before = _values(show_answers(form, words, card, env, language)) if is_same_form else {}
    return tuple(
        AnswerSection(
            section.title,
            tuple(
                AnswerRow(
                    answer.path,
                    answer.label,
                    answer.value,
                    before.get(answer.path),
                    is_same_form and before.get(answer.path) != answer.value,
                    answer.is_code,
                    can_come_back(answer.path, read.answers),
                    read.origins.get(answer.path),
                )
                for answer in section.answers
            ),
        )
        for section in show_answers(form, words, read.answers, env, language)
    )


def _covered(form: CompiledForm, section: AnswerSection) -> AnswerSection:
    rows = (
        replace(row, value=covered(row.value), before=row.before and covered(row.before), is_covered=True)
        if is_private(form.step(row.path))
        else row
        for row in section.rows
    )
    return replace(section, rows=tuple(rows))


def _referral(services: Services, pricing: Mapping[str, Any] | None, language: str) -> tuple[str, ...]:
    """Why the tariff gives no price, as it words it; a bare code where a broker's own tariff has no word."""
    if pricing is None or pricing.get("kind") != "referral":
        return ()
    names = services.catalogue.tariff_words(language)["referrals"]
    return tuple(code if isinstance(names, str) else names.get(code, code) for code in pricing["reasons"])


def _values(sections: tuple[ShownSection, ...]) -> dict[str, str]:
    return {answer.path: answer.value for section in sections for answer in section.answers}


def _label(services: Services, row: Submission, question: str, language: str, party_kind: str) -> str:
    step = services.catalogue.form(row.form).step(question)
    return label_of(step, services.catalogue.words(row.form, language, party_kind=party_kind), language)


def _act(services: Services, act: KeptAct, language: str) -> ActRow:
    label, answer = act.question, act.answer
    try:
        module = services.catalogue.module(act.module, act.version)
    except KeyError:
        pass  # an act of the conversation itself (a confirmed card), or a module no longer kept: its codes are shown
    else:
        words = module.words[language]
        told = words.acts.get(act.question.rpartition(".")[2])
        label, answer = (told.label, told.answers.get(act.answer, act.answer)) if told is not None else (words.title, act.answer)
    return ActRow(label, act.kind, answer, act.version, act.at, act.facts.get("text_sha256", ""))


async def _history(work: Work, owner: Owner, row: Submission) -> tuple[tuple[Event, str | None], ...]:
    events = await read_history(work.session, owner, row.id)
    names: dict[UUID, str] = {}
    for event in events:
        if event.colleague and event.colleague not in names:
            colleague = await find_colleague(work.session, event.colleague)
            names[event.colleague] = colleague.name if colleague else ""
    return tuple((event, names.get(event.colleague) if event.colleague else None) for event in events)
