"""Queued mails, from their rows to their addresses."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bots.mail import Attachment, build, deliver
from bots.mails.letters import House, Letter, LetterRow, compose, mail_words
from bots.mails.maildir import remove
from bots.mails.smtp import NotSent
from bots.papers import Press, Record, act_rows, amount
from bots.records import ReceiptRecord, read_offer, read_policy, read_receipt
from dialogs.services import Services
from forms.papers.printing import instant
from forms.types.showing import day
from storage.documents import find_document
from storage.mails import Mail, mark_failed, mark_sent, read_mail
from storage.sealing import Owner
from storage.tables.evidence import Document

type Outcome = Literal["sent", "failed", "later", "nothing"]
type Receipts = Mapping[UUID, ReceiptRecord | None]
WITH_PAPER = frozenset({"receipt", "offer", "policy"})  # kinds whose PDF is printed first
# A refused mail is tried again after these seconds, over two days; then a colleague sees it as failed.
RETRIES_S: tuple[float, ...] = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail with its letter composed and its document found."""

    mail: Mail
    letter: Letter
    owner: Owner | None
    document: Document | None


async def post(services: Services, press: Press, mails: Sequence[UUID], *, retries: int) -> list[tuple[Outcome, int]]:
    """Sends mails and records each: how it went, and how often it was tried before. `nothing`: it was sent before, given up, erased, or its paper is not printed yet.

    Those of one receipt go together: it is read once, and they take two transactions, not four."""
    readied = await _ready(services, press, mails)
    went = await asyncio.gather(*(_deliver(services, ready) for ready in readied if ready), return_exceptions=True)
    ended = await _record(services, [ready for ready in readied if ready], went, retries)
    by_mail = {ready.mail.row.id: outcome for ready, outcome in zip((one for one in readied if one), ended, strict=True)}
    return [by_mail.get(mail, ("nothing", 0)) for mail in mails]


async def _record(
    services: Services, readied: Sequence[Ready], went: Sequence[BaseException | None], retries: int
) -> list[tuple[Outcome, int]]:
    """What was sent is recorded also where another mail met a fault of ours, which is raised afterwards."""
    outcomes: list[tuple[Outcome, int]] = []
    forgotten = []
    async with services.database.transaction() as session:
        for ready, error in zip(readied, went, strict=True):
            mail, attempts = ready.mail.row.id, ready.mail.row.attempts
            if isinstance(error, NotSent):
                is_final = error.is_permanent or attempts >= retries
                await mark_failed(session, mail, error.code, is_final=is_final)
                outcomes.append(("failed" if is_final else "later", attempts))
            elif error is None:
                if not await mark_sent(session, mail, services.clock()):
                    forgotten.append(mail)
                outcomes.append(("sent", attempts))
    for mail in forgotten:
        await asyncio.to_thread(remove, services.settings.mail_folder, str(mail))
    for error in went:
        if error is not None and not isinstance(error, NotSent):
            raise error
    return outcomes


async def _deliver(services: Services, ready: Ready) -> None:
    mail, letter = ready.mail, ready.letter
    attachment = None
    if letter.attachment and ready.owner and ready.document:
        attachment = Attachment(letter.attachment, await services.documents.read(ready.owner, ready.document))
    settings = services.settings
    message = await asyncio.to_thread(  # some milliseconds, which a turn would have to wait for
        build,
        letter,
        to=mail.to,
        message_id=mail.message_id,
        house=house_of(services, mail.row.recipient),
        at=mail.row.created_at.astimezone(settings.zone),
        attachment=attachment,
    )
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    await deliver(message, name=str(mail.row.id), smtp_url=url, maildir=settings.mail_folder)


def house_of(services: Services, recipient: str) -> House:
    settings = services.settings
    home = (settings.public_url or "").rstrip("/")
    under = f"{settings.agency_address} · {settings.agency_register} · {settings.agency_phone}"
    return House(settings.agency_name, settings.agency_email, under, f"{home}/console" if recipient == "agency" else f"{home}/")


async def _ready(services: Services, press: Press, mails: Sequence[UUID]) -> list[Ready | None]:
    receipts: dict[UUID, ReceiptRecord | None] = {}
    async with services.database.transaction() as session:
        return [await _ready_one(services, press, session, mail, receipts) for mail in mails]


async def _ready_one(
    services: Services, press: Press, session: AsyncSession, mail_id: UUID, receipts: dict[UUID, ReceiptRecord | None]
) -> Ready | None:
    mail = await read_mail(session, services.keys, mail_id)
    if mail is None or mail.row.state != "queued":
        return None
    row = mail.row
    document = await find_document(session, row.document_id) if row.document_id else None
    if document is None and (row.receipt_id or row.offer_id or row.policy_id) and row.kind in WITH_PAPER:
        return None  # the workflow that prints it sends it
    if row.kind == "receipt" and row.receipt_id and row.receipt_id not in receipts:
        receipts[row.receipt_id] = await read_receipt(session, services.keys, press, row.receipt_id)
    facts, rows, owner = await _facts(services, press, session, mail, receipts)
    house = house_of(services, row.recipient)
    letter = compose(_kind(mail, facts), mail.language, facts, house, more_rows=rows, with_file=document is not None)
    return Ready(mail, letter, owner, document)


def _kind(mail: Mail, facts: Mapping[str, str]) -> str:
    """A receipt is worded by what it receipts, and otherwise for the agency."""
    if mail.row.kind != "receipt":
        return mail.row.kind
    return "receipt_agency" if mail.row.recipient == "agency" else f"receipt_{facts['receipt']}"


async def _facts(
    services: Services, press: Press, session: AsyncSession, mail: Mail, receipts: Receipts
) -> tuple[dict[str, str], tuple[LetterRow, ...], Owner | None]:
    """The facts that came with the mail, worded, and those of what it is about."""
    row, language = mail.row, mail.language
    given = _worded(press, mail.facts, language)
    if row.kind == "receipt" and row.receipt_id and (receipt := receipts[row.receipt_id]):
        record, kept = receipt.record, receipt.row
        words = mail_words(language)
        told = {
            "receipt": kept.kind,
            "premium": _premium(press, record, language),
            "number": kept.number,
            "what": words.what[kept.kind],
            "sent": instant(kept.at.astimezone(press.zone), language),
            "name": record.name,
            "stamp": record.binding.stamp if record.binding else "",
        }
        acts = act_rows(press, record.acts, language) if row.recipient == "customer" else ()
        rows = tuple(LetterRow(title, words.act.format(answer=answer, version=version)) for title, answer, version in acts if version)
        return {**given, **told}, rows, receipt.owner
    if row.kind in {"offer", "expired"} and row.offer_id and (offered := await read_offer(session, services.keys, press, row.offer_id)):
        return {**given, **_offer_facts(press, offered.record, language)}, (), offered.owner
    if row.kind == "policy" and row.policy_id and (issued := await read_policy(session, services.keys, press, row.policy_id)):
        policy = issued.issued
        told = {
            "number": policy.number,
            "premium": amount(press, policy.premium_cents, language),
            "starts_on": day(policy.starts_on.isoformat(), language) if policy.starts_on else "",
        }
        return {**given, **told}, (), issued.owner
    return given, (), None


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
        elif name in {"valid_until", "starts_on"}:
            worded[name] = day(str(value), language)
        else:
            worded[name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return worded
