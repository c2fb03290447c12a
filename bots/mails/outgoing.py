"""Queued mails, from their rows to their addresses."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bots.mail import composed, deliver
from bots.mails.addresses import mailbox
from bots.mails.letters import CommonWords, House, Letter, LetterRow, compose, mail_words
from bots.mails.maildir import remove
from bots.mails.smtp import NotSent
from bots.orders import Attachment, MailOrder
from bots.papers import Press, Record, act_rows, amount, decided
from bots.records import ReceiptRecord, read_offer, read_policy, read_receipt
from bots.workshop import Workshop
from dialogs.erasing import certificate
from dialogs.jobs import enqueue_retry
from dialogs.known import is_consented
from dialogs.services import Services
from forms.papers.model import Paper
from forms.papers.showing import grouped, instant
from forms.showing import show_signer
from forms.types.showing import day, in_digits, isolated, listed, short_day
from rules.approaches import YEAR, next_allowed
from storage.checks import approaches_of, keep_approach, keep_doubt
from storage.documents import find_document
from storage.erasures import find_erasure
from storage.mails import Mail, mark_failed, mark_sent, read_mail, withhold
from storage.parties import open_party
from storage.sealing import Owner
from storage.tables.evidence import Document
from storage.tables.messages import OutgoingMail

type Outcome = Literal["sent", "failed", "later", "nothing"]
SHORT = 16  # hex digits of a hash: 64 bits
WITH_PAPER = frozenset({"receipt", "offer", "policy"})  # kinds whose PDF is printed first
COUNTS = frozenset({"minutes", "days"})  # facts that are numbers, kept as text too
PLACES = {"still_right": "/area", "way_closed": "/area"}  # where its button leads, where that is not the front page


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail with its letter composed; its paper found, or already in hand."""

    mail: Mail
    letter: Letter
    owner: Owner | None = None
    document: Document | None = None
    content: bytes | None = None
    paper: Paper | None = None
    """What is not kept, since it can be printed anew."""


async def post(shop: Workshop, mails: Sequence[UUID]) -> list[Outcome]:
    """Sends mails and records how each went. `later`: refused for now, and a job of its own tries it again. `nothing`: it was sent before,
    given up, erased, or its paper is not printed yet."""
    async with shop.services.database.transaction() as session:
        readied = [await _ready(shop, session, mail) for mail in mails]
    ended = iter(await _send(shop, [ready for ready in readied if ready]))
    return [next(ended) if ready else "nothing" for ready in readied]


async def post_receipt(shop: Workshop, receipt: ReceiptRecord, mails: Sequence[Mail], content: bytes) -> list[Outcome]:
    """The same for a receipt's mails whose paper is in hand: nothing is read again."""
    readied = []
    for mail in mails:
        facts, rows = _receipt_facts(shop.press, mail, receipt)
        readied.append(Ready(mail, _letter(shop, mail, facts, rows, with_file=True), content=content))
    return await _send(shop, readied)


async def _send(shop: Workshop, readied: Sequence[Ready]) -> list[Outcome]:
    if not readied:
        return []
    went = await asyncio.gather(*(_deliver(shop, ready) for ready in readied), return_exceptions=True)
    return await _record(shop, readied, went)


async def _record(shop: Workshop, readied: Sequence[Ready], went: Sequence[BaseException | None]) -> list[Outcome]:
    """What was sent is recorded also where another mail met a fault of ours, which is raised afterwards."""
    services = shop.services
    sent = [ready.mail.row.id for ready, error in zip(readied, went, strict=True) if error is None]
    async with services.database.statements() as session:
        forgotten = set(sent) - await mark_sent(session, sent, services.clock())
    outcomes: list[Outcome] = [
        await _record_refused(shop, ready.mail.row, error) if isinstance(error, NotSent) else "sent"
        for ready, error in zip(readied, went, strict=True)
    ]
    for mail in forgotten:
        await asyncio.to_thread(remove, services.settings.mail_folder, str(mail))
    for error in went:
        if error is not None and not isinstance(error, NotSent):
            raise error
    return outcomes


async def _record_refused(shop: Workshop, row: OutgoingMail, error: NotSent) -> Outcome:
    """In one transaction with the job that tries it again: that one cannot be lost, nor hold up another mail."""
    is_final = error.is_permanent or row.attempts >= len(shop.retries_s)
    async with shop.services.database.transaction() as session:
        await mark_failed(session, row.id, error.code, is_final=is_final)
        if error.is_permanent:
            await _doubt_address(session, row, shop.services.clock())
        if not is_final:
            await enqueue_retry(session, row.id, row.attempts + 1, shop.retries_s[row.attempts])
    return "failed" if is_final else "later"


async def _doubt_address(session: AsyncSession, row: OutgoingMail, at: datetime) -> None:
    """A customer's proved address takes no mail any more: they are asked at once by another way (S4-26). A code may go to a slip of the pen."""
    if row.party_id is not None and row.recipient == "customer" and row.kind != "code":
        await keep_doubt(session, row.party_id, "email", at)


async def _deliver(shop: Workshop, ready: Ready) -> None:
    mail, letter, settings = ready.mail, ready.letter, shop.services.settings
    to = _recipient(mail.to)  # before a printer is asked, whose errors do not say what was wrong
    content = ready.content
    if ready.owner and ready.document:
        content = await shop.services.documents.read(ready.owner, ready.document)
    elif ready.paper:
        content = await shop.printers.print_paper(ready.paper, shop.seal)
    attachment = Attachment(letter.attachment, content) if letter.attachment and content else None
    house = house_of(shop.services, mail.row.recipient)
    order = MailOrder(letter, mail.to, mail.message_id, house, mail.row.created_at.astimezone(settings.zone), attachment)
    # Composing takes milliseconds, for which no turn should wait; a code, which has no paper, must not wait behind papers.
    message = await (shop.printers.compose_mail(order) if attachment else asyncio.to_thread(composed, order))
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    await deliver(message, sender=house.email, to=to, name=str(mail.row.id), smtp_url=url, maildir=settings.mail_folder)


def _recipient(address: str) -> str:
    try:
        return mailbox(address).addr_spec
    except ValueError as error:
        raise NotSent("address", is_permanent=True) from error


def house_of(services: Services, recipient: str, kind: str = "", place: str = "") -> House:
    """`place`: what of the desk a colleague's button opens, as its address names it."""
    settings = services.settings
    home = (settings.public_url or "").rstrip("/")
    under = f"{settings.agency_address} · {settings.agency_register} · {settings.agency_phone}"
    path = f"/console/{place}" if recipient == "agency" else PLACES.get(kind, "/")
    return House(settings.agency_name, settings.agency_email, under, f"{home}{path}")


async def _ready(shop: Workshop, session: AsyncSession, mail_id: UUID) -> Ready | None:
    mail = await read_mail(session, shop.services.keys, mail_id)
    if mail is None or mail.row.state != "queued":
        return None
    row = mail.row
    if not await _may_leave(shop, session, mail):
        await withhold(session, row.id)
        return None
    document = await find_document(session, row.document_id) if row.document_id else None
    if document is None and (row.receipt_id or row.offer_id or row.policy_id) and row.kind in WITH_PAPER:
        return None  # the workflow that prints it sends it
    facts, rows, owner = await _facts(shop, session, mail)
    paper = await _certificate(shop, session, mail) if row.kind == "erased" else None
    return Ready(mail, _letter(shop, mail, facts, rows, with_file=bool(document or paper)), owner, document, paper=paper)


async def _certificate(shop: Workshop, session: AsyncSession, mail: Mail) -> Paper | None:
    erasure = await find_erasure(session, mail.row.conversation_id) if mail.row.conversation_id else None
    return certificate(shop.services, erasure) if erasure else None


async def _may_leave(shop: Workshop, session: AsyncSession, mail: Mail) -> bool:
    """What rests on a consent leaves only while it stands, whatever was true when it was queued, and not too often (S4-13)."""
    row, services = mail.row, shop.services
    if row.needs_consent is None:
        return True
    if row.party_id is None:
        return False
    owner, at = await open_party(session, services.keys, row.party_id), services.clock()
    if not await is_consented(session, owner, services.catalogue, row.needs_consent, at.astimezone(services.settings.zone)):
        return False
    before = await approaches_of(session, row.party_id, since=at - YEAR, but=row.id)
    if next_allowed(before, at) > at:
        return False
    await keep_approach(session, row.id, row.party_id, kind=row.kind, way="email", at=at)
    return True


def _letter(shop: Workshop, mail: Mail, facts: Mapping[str, str], rows: tuple[LetterRow, ...], *, with_file: bool) -> Letter:
    """A receipt is worded by what it receipts, and otherwise for the agency; what a file held was not asked for."""
    kind = mail.row.kind
    if kind == "prepared" and facts.get("file"):
        kind = "prepared_file"
    if kind == "receipt":
        kind = "receipt_agency" if mail.row.recipient == "agency" else f"receipt_{facts['receipt']}"
    conversation = mail.row.conversation_id if kind == "person_request" else None
    place = f"?conversation={conversation}" if conversation else facts.get("place", "")
    house = house_of(shop.services, mail.row.recipient, kind, place)
    return compose(kind, mail.language, facts, house, more_rows=rows, with_file=with_file)


async def _facts(shop: Workshop, session: AsyncSession, mail: Mail) -> tuple[dict[str, str], tuple[LetterRow, ...], Owner | None]:
    """The facts that came with the mail, worded, and those of what it is about."""
    row, language, press, keys = mail.row, mail.language, shop.press, shop.services.keys
    given = _worded(press, mail.facts, language)
    if row.kind == "receipt" and row.receipt_id and (receipt := await read_receipt(session, keys, press, row.receipt_id)):
        return *_receipt_facts(press, mail, receipt), receipt.owner
    if row.kind in {"offer", "expired"} and row.offer_id and (offered := await read_offer(session, keys, press, row.offer_id)):
        return {**given, **_offer_facts(press, offered.record, language)}, (), offered.owner
    if row.kind == "policy" and row.policy_id and (issued := await read_policy(session, keys, press, row.policy_id)):
        policy = issued.issued
        told = {
            "number": policy.number,
            "premium": amount(press, policy.premium_cents, language),
            "starts_on": day(policy.starts_on.isoformat(), language) if policy.starts_on else "",
        }
        return {**given, **told}, (), issued.owner
    return given, (), None


def _receipt_facts(press: Press, mail: Mail, receipt: ReceiptRecord) -> tuple[dict[str, str], tuple[LetterRow, ...]]:
    record, kept, language = receipt.record, receipt.row, mail.language
    words = mail_words(language)
    told = {
        "receipt": kept.kind,
        "premium": _premium(press, record, language),
        "number": kept.number,
        "what": words.what[kept.kind],
        "sent": instant(kept.at.astimezone(press.zone), language),
        "name": record.name,
        "stamp": record.binding.stamp if record.binding else "",
        "place": f"?submission={kept.submission_id}" if kept.submission_id else f"?path={kept.party_id}",
    }
    acts = _acts_told(press, mail, kept.kind, record)
    signers = [LetterRow(label, value) for label, value in show_signer(press.catalogue, record.card, language)]
    rows = tuple(
        LetterRow(title, words.act.format(answer=answer, version=in_digits(version, language)))
        for title, answer, version in acts
        if version
    )
    return {**_worded(press, mail.facts, language), **told}, (*signers, *rows, *_proof_rows(press, receipt, words.common, language))


def _proof_rows(press: Press, receipt: ReceiptRecord, words: CommonWords, language: str) -> Iterator[LetterRow]:
    """What the PDF prints in full: enough of it here to notice another, and where to check."""
    record, kept = receipt.record, receipt.row
    if record.signed:
        yield LetterRow(words.head, grouped(kept.head.hex()[:SHORT]), is_code=True)
        if record.signed.root_day:
            day = short_day(record.signed.root_day, language)
            yield LetterRow(words.root.format(day=isolated(day, language)), grouped(record.signed.root[:SHORT]), is_code=True)
    yield LetterRow(words.check, press.verify_url(kept.number, kept.text_sha256.hex()), is_code=True)


def _acts_told(press: Press, mail: Mail, kind: str, record: Record) -> tuple[tuple[str, str, str], ...]:
    """All acts to the customer, and what was decided to both where that is what is receipted."""
    if kind == "consents":
        return act_rows(press, decided(record), mail.language)
    return act_rows(press, record.acts, mail.language) if mail.row.recipient == "customer" else ()


def _premium(press: Press, record: Record, language: str) -> str:
    """The offer's, else the indicative one; empty where there is neither."""
    if record.offer:
        return amount(press, record.offer.premium_cents, language)
    cents = (record.pricing or {}).get("total_cents")
    return amount(press, int(cents), language) if cents is not None else ""


def _offer_facts(press: Press, record: Record, language: str) -> dict[str, str]:
    offer = record.offer
    if offer is None:
        return {}
    return {
        "number": offer.number,
        "premium": amount(press, offer.premium_cents, language),
        "valid_until": day(offer.valid_until.isoformat(), language),
        "reason": offer.reason,
    }


def _worded(press: Press, facts: Mapping[str, Any], language: str) -> dict[str, str]:
    """JSON facts as words: cents as money, ISO days as dates, lists joined."""
    worded = {}
    for name, value in facts.items():
        if value is None:
            continue
        if name.endswith("_cents"):
            worded[name.removesuffix("_cents")] = amount(press, int(value), language)
        elif name == "at":
            worded["sent"] = instant(datetime.fromisoformat(str(value)).astimezone(press.zone), language)
        elif name == "topic":
            worded[name] = mail_words(language).topics.get(str(value), str(value))
        elif name in {"valid_until", "starts_on"}:
            worded[name] = day(str(value), language)
        else:
            told = in_digits(str(value), language) if isinstance(value, int) or name in COUNTS else str(value)
            worded[name] = listed(map(str, value), language) if isinstance(value, list) else told
    return worded
