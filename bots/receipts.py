"""The jobs that print and mail: durable workflows over ids. Each may run twice and is harmless then.

A paper's workflow: print → seal → store twice, verified → tie it to its row and its mails → one mail to each address. A mail that is
refused for now is put off by a job of its own, so that it holds up no other.

What is one piece of work is no step of DBOS's: keeping what a step came to took a quarter of the worker's processor time, and nobody reads it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID, uuid5

from dbos import DBOS, SetEnqueueOptions
from sqlalchemy.ext.asyncio import AsyncSession

from bots import erasing
from bots.certificates import certificate
from bots.faults import outage_of
from bots.mails.maildir import remove
from bots.mails.outgoing import post, post_receipt
from bots.news import tell_move, tell_offer, tell_policy
from bots.paper_records import as_json
from bots.papers import offer_paper, policy_paper, receipt_paper
from bots.records import ReceiptRecord, press_of, read_offer, read_policy, read_receipt, signed_of
from bots.sealing import seal_of
from bots.sync import sending
from bots.uploads import Fate, forget_unless_held
from bots.workshop import RETRIES_S, Workshop
from dialogs.services import Services
from forms.papers.model import Paper
from forms.papers.wording import paper_words
from storage.documents import About, Stored, UnreachableError, keep_document
from storage.jobs import Queue, is_outage
from storage.ledger.heads import sign_head
from storage.ledger.keys import Signer
from storage.mails import keep_receipt, mails_of, mails_of_receipt, open_mail
from storage.offers import find_offer
from storage.parties import when_proved
from storage.policies import find_policy
from storage.sealing import ErasedError, Owner
from storage.settings import NotConfigured

log = logging.getLogger(__name__)

MAILS, PAPERS = "mails", "receipts"
# Every poll of every queue costs DBOS several statements and milliseconds of processor, also where nothing waits.
QUEUES = (Queue(MAILS, poll_s=0.2), Queue(PAPERS))
PDF = "application/pdf"
LATER_S = 60  # while a copy is being made
OUTAGE_S = (1, 4, 16, 64, 256)  # an outage is waited out where it struck


@dataclass(frozen=True, slots=True)
class Printed:
    """An offer's or policy's paper ready to be printed, whose it is, and what ties its document to its row and its mails (whose ids come
    back)."""

    id: UUID
    paper: Paper
    owner: Owner
    about: About
    tie: Callable[[AsyncSession, UUID], Awaitable[Sequence[UUID]]]


_workshops: list[Workshop] = []


def _step[**P, R](name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A step that waits an outage out. Without, one lost connection would end the job for good and the customer would never get the paper.
    A bug still ends it at once."""
    tries = len(OUTAGE_S) + 1
    return DBOS.step(name=name, retries_allowed=True, interval_seconds=1, backoff_rate=4, max_attempts=tries, should_retry=is_outage)


def register(services: Services, *, retries_s: tuple[float, ...] = RETRIES_S) -> Workshop:
    """Makes the workflows (known to DBOS since this module was imported) work with these services. Close what it returns at the end."""
    settings = services.settings
    workshop = Workshop(services, press_of(services), Signer(settings.ledger_folder), seal_of(settings), retries_s=retries_s)
    _workshops[:] = [workshop]
    return workshop


def _workshop() -> Workshop:
    return _workshops[0]


async def _outlast(what: str, work: Callable[[], Awaitable[None]]) -> None:
    """A job of one piece waits an outage out as a step does."""
    for wait_s in OUTAGE_S:
        try:
            return await work()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("%s failed, and is tried again in %d s: %s", what, wait_s, outage_of(error))
        await asyncio.sleep(wait_s)
    return await work()


@DBOS.workflow(name="receipt")
async def receipt(receipt_id: str) -> None:
    """Prints, stores and mails one receipt."""
    await _outlast(f"receipt {receipt_id}", partial(deliver_receipt, receipt_id))


@DBOS.workflow(name="offer_paper")
async def offer(offer_id: str) -> None:
    """Prints and stores an offer, says so in its chat, mails it."""
    mails = await print_offer(offer_id)
    await say_quoted(offer_id)
    await send_mails(mails)


@DBOS.workflow(name="policy_paper")
async def policy(policy_id: str) -> None:
    """Prints and stores a policy, says so in its chat, mails it."""
    mails = await print_policy(policy_id)
    await say_issued(policy_id)
    await send_mails(mails)


@DBOS.workflow(name="news")
async def news(submission_id: str, version: str) -> None:
    """Says in the chat what a colleague did to a submission: sent back, accepted, rejected."""
    await say_moved(submission_id, version)


@DBOS.workflow(name="mail")
async def mail(mail_id: str) -> None:
    """Sends one mail."""
    await _outlast(f"mail {mail_id}", partial(_post, [mail_id]))


@DBOS.workflow(name="forget_file")
async def forget_file(owner_id: str, document_id: str, tried: str = "0") -> None:
    """Deletes a forgotten owner's file from both stores; put off again and again while one is out of reach."""
    wait_s = await delete_file(owner_id, document_id, tried)
    if wait_s is not None:
        with SetEnqueueOptions(delay_seconds=wait_s):
            await DBOS.enqueue_workflow_async(PAPERS, forget_file, owner_id, document_id, str(int(tried) + 1))


@DBOS.workflow(name="forget_upload")
async def forget_upload(owner_id: str, document_id: str) -> None:
    """A customer's file that nothing holds: first its row, then, as of a forgotten owner, what lies in both stores."""
    fate = await forget_row(document_id)
    if fate == "later":
        with SetEnqueueOptions(delay_seconds=LATER_S):
            await DBOS.enqueue_workflow_async(PAPERS, forget_upload, owner_id, document_id)
    if fate != "gone":
        return
    wait_s = await delete_file(owner_id, document_id, "0")
    if wait_s is not None:
        with SetEnqueueOptions(delay_seconds=wait_s):
            await DBOS.enqueue_workflow_async(PAPERS, forget_file, owner_id, document_id, "1")


@DBOS.workflow(name="forget_mail")
async def forget_mail(mail_id: str) -> None:
    """Deletes a forgotten owner's mail from the Maildir. What went out by SMTP cannot be called back."""
    await delete_mail(mail_id)


@DBOS.workflow(name="erase")
async def erase(erasure_id: str) -> None:
    """Erases a party: agreed to by two, and the last of it."""
    await erase_party(erasure_id)


@DBOS.workflow(name="sync")
async def sync(batch_id: str, tried: str) -> None:
    """Sends one batch to its target; put off where the target cannot take it now, given up after the last of the waits."""
    wait_s = await send_batch(batch_id, tried)
    if wait_s is not None:
        with SetEnqueueOptions(delay_seconds=wait_s):
            await DBOS.enqueue_workflow_async(PAPERS, sync, batch_id, str(int(tried) + 1))


@_step("send_batch")
async def send_batch(batch_id: str, tried: str) -> float | None:
    shop = _workshop()
    return await sending.send_batch(shop.services, UUID(batch_id), int(tried), shop.retries_s)


@_step("erase_party")
async def erase_party(erasure_id: str) -> None:
    shop = _workshop()
    await erasing.erase_ordered(erasing.House(shop.services, shop.press, shop.signer), UUID(erasure_id))


@_step("forget_row")
async def forget_row(document_id: str) -> Fate:
    return await forget_unless_held(_workshop().services, UUID(document_id))


@DBOS.step(name="delete_file")
async def delete_file(owner_id: str, document_id: str, tried: str) -> float | None:
    """After how many seconds to try again; None = it is in neither store any more."""
    shop = _workshop()
    try:
        await shop.services.documents.delete(UUID(owner_id), UUID(document_id))
    except UnreachableError as error:
        log.warning("document %s is still to be deleted: %s", document_id, error)
        return _wait_s(shop, int(tried))
    return None


@DBOS.step(name="delete_mail")
async def delete_mail(mail_id: str) -> None:
    await asyncio.to_thread(remove, _workshop().services.settings.mail_folder, mail_id)


@_step("send_mails")
async def send_mails(mail_ids: list[str]) -> None:
    await _post(mail_ids)


async def _post(mail_ids: list[str]) -> None:
    """Begun again, it passes over what was sent."""
    await post(_workshop(), [UUID(mail_id) for mail_id in mail_ids])


async def deliver_receipt(receipt_id: str) -> None:
    """Begun again, it prints the same file, finds it stored, and passes over what was sent."""
    shop = _workshop()
    try:
        async with shop.services.database.statements() as session:
            known = await read_receipt(session, shop.services.keys, shop.press, UUID(receipt_id))
            if known is None:
                return
            known = await _signed(shop, session, known)
            mails = [open_mail(known.owner, row) for row in await mails_of_receipt(session, known.row.id)]
            proved = await when_proved(session, known.owner)
    except ErasedError:
        return
    paper, about = _receipt(shop, known)
    paper = replace(paper, certificate=certificate(shop.press, known.record, proved, mails, is_sealed=shop.seal is not None))
    stored, content = await _print(shop, paper, known.owner, known.row.id)
    async with shop.services.database.statements() as session:
        await keep_receipt(session, known.owner, stored, about)
    if shop.services.settings.telegram_token is not None:
        await shop.services.turn_store.wake(str(known.row.conversation_id))  # where it is in a chat, the paper is sent there
    queued = [each for each in mails if each.row.state == "queued"]
    await post_receipt(shop, known, queued, content)


async def _signed(shop: Workshop, session: AsyncSession, known: ReceiptRecord) -> ReceiptRecord:
    """With the head of the chain signed. Unsigned where the key is not there: nobody waits for it."""
    try:
        head = await sign_head(session, shop.signer, known.found)
    except NotConfigured as error:
        log.error("receipt %s goes out unsigned: %s", known.row.id, error)  # noqa: TRY400 - a sentence for whoever runs it
        return known
    return replace(known, record=replace(known.record, signed=signed_of(head)))


def _wait_s(shop: Workshop, tried: int) -> float:
    return shop.retries_s[min(tried, len(shop.retries_s) - 1)]


@_step("print_offer")
async def print_offer(offer_id: str) -> list[str]:
    return await _print_found(partial(_offer, UUID(offer_id)))


@_step("print_policy")
async def print_policy(policy_id: str) -> list[str]:
    return await _print_found(partial(_policy, UUID(policy_id)))


@_step("say_quoted")
async def say_quoted(offer_id: str) -> None:
    shop = _workshop()
    await tell_offer(shop.services, shop.press, UUID(offer_id))


@_step("say_issued")
async def say_issued(policy_id: str) -> None:
    shop = _workshop()
    await tell_policy(shop.services, shop.press, UUID(policy_id))


@_step("say_moved")
async def say_moved(submission_id: str, version: str) -> None:
    await tell_move(_workshop().services, UUID(submission_id), int(version))


async def _print_found(find: Callable[[Workshop, AsyncSession], Awaitable[Printed | None]]) -> list[str]:
    shop = _workshop()
    try:
        async with shop.services.database.transaction() as session:
            ready = await find(shop, session)
    except ErasedError:
        return []
    if ready is None:
        return []
    stored, _ = await _print(shop, ready.paper, ready.owner, ready.id)
    async with shop.services.database.transaction() as session:
        await keep_document(session, ready.owner, stored, ready.about)
        return [str(one) for one in await ready.tie(session, stored.id)]


async def _print(shop: Workshop, paper: Paper, owner: Owner, subject: UUID) -> tuple[Stored, bytes]:
    """Prints, seals and stores in both stores, outside of any transaction and event loop. One subject has one paper, for good: no seal
    is made twice alike, so what an interrupted attempt has stored stays, and its row is made now."""
    documents, document = shop.services.documents, uuid5(subject, "paper")
    content = await documents.find_stored(owner, document) or await shop.printers.print_paper(paper, shop.seal)
    return await documents.put(owner, content, media_type=PDF, document=document), content


def _receipt(shop: Workshop, known: ReceiptRecord) -> tuple[Paper, About]:
    row = known.row
    told = as_json(row.kind, row.number, row.at, known.record)
    paper = replace(receipt_paper(shop.press, row.kind, row.number, known.record), record=told)
    return paper, About("receipt", _title(paper), submission=row.submission_id, receipt=row.id)


async def _offer(offer_id: UUID, shop: Workshop, session: AsyncSession) -> Printed | None:
    known = await read_offer(session, shop.services.keys, shop.press, offer_id)
    if known is None:
        return None
    paper = offer_paper(shop.press, known.record)
    paper = replace(paper, record=as_json("offer", paper.number, paper.made_at, replace(known.record, acts=())))
    about = About("offer", _title(paper), submission=known.row.submission_id, offer=offer_id)
    return Printed(offer_id, paper, known.owner, about, partial(_tie_offer, offer_id))


async def _policy(policy_id: UUID, shop: Workshop, session: AsyncSession) -> Printed | None:
    known = await read_policy(session, shop.services.keys, shop.press, policy_id)
    if known is None:
        return None
    paper = policy_paper(shop.press, known.issued, known.record)
    paper = replace(paper, record=as_json("policy", paper.number, paper.made_at, known.record, known.issued))
    about = About("policy", _title(paper), submission=known.row.submission_id, policy=policy_id)
    return Printed(policy_id, paper, known.owner, about, partial(_tie_policy, policy_id))


async def _tie_offer(offer_id: UUID, session: AsyncSession, document: UUID) -> Sequence[UUID]:
    row = await find_offer(session, offer_id)
    if row is None:
        return []
    row.document_id = document
    return await _tie_mails(session, row.party_id, "offer", offer_id, document)


async def _tie_policy(policy_id: UUID, session: AsyncSession, document: UUID) -> Sequence[UUID]:
    row = await find_policy(session, policy_id)
    if row is None:
        return []
    row.document_id = document
    return await _tie_mails(session, row.party_id, "policy", policy_id, document)


async def _tie_mails(session: AsyncSession, party: UUID, kind: str, about: UUID, document: UUID) -> Sequence[UUID]:
    rows = [row for row in await mails_of(session, party) if row.kind == kind and about in {row.offer_id, row.policy_id}]
    for row in rows:
        row.document_id = document
    return [row.id for row in reversed(rows)]


def _title(paper: Paper) -> str:
    """As the customer sees it in the list of documents: no personal data."""
    return f"{paper_words(paper.language).titles[paper.occasion]} {paper.number}"
