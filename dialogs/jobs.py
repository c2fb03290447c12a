"""The jobs that turns and colleagues enqueue, by name. Their arguments are ids only: DBOS keeps them in clear."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from storage.jobs import enqueue, is_under_way
from storage.parties import Traces
from storage.tables.messages import OutgoingMail

MAIL: Final = "mail"
RECEIPT: Final = "receipt"
OFFER_PAPER: Final = "offer_paper"
POLICY_PAPER: Final = "policy_paper"
NEWS: Final = "news"
FORGET_FILE: Final = "forget_file"
FORGET_MAIL: Final = "forget_mail"
FORGET_UPLOAD: Final = "forget_upload"
ERASE: Final = "erase"
SYNC: Final = "sync"
QUEUES: Final = {
    MAIL: "mails",
    RECEIPT: "receipts",
    OFFER_PAPER: "receipts",
    POLICY_PAPER: "receipts",
    NEWS: "mails",
    FORGET_FILE: "receipts",
    FORGET_MAIL: "receipts",
    FORGET_UPLOAD: "receipts",
    ERASE: "receipts",
    SYNC: "receipts",
}
"""Codes and news must not wait behind papers, nor while these wait an outage of their stores out: somebody is looking at the screen."""


async def enqueue_mail(session: AsyncSession, mail: UUID) -> None:
    """Sends one queued mail."""
    await enqueue(session, MAIL, QUEUES[MAIL], [str(mail)], f"mail-{mail}")


async def enqueue_retry(session: AsyncSession, mail: UUID, tried: int, wait_s: float) -> None:
    """A mail that was refused for now, after so many tries, once more after that time."""
    await enqueue(session, MAIL, QUEUES[MAIL], [str(mail)], f"mail-{mail}-{tried}", wait_s=wait_s)


async def enqueue_again(session: AsyncSession, mail: OutgoingMail, at: datetime) -> None:
    """An undelivered mail once more: with its paper, where that was never printed."""
    job, subject = _job_of(mail)
    await enqueue(session, job, QUEUES[job], [str(subject)], f"{job}-{subject}-{at.isoformat()}")


async def enqueue_stranded(session: AsyncSession, mail: OutgoingMail, at: datetime) -> bool:
    """Likewise, where no job of it is left to do; at most one in a quarter of an hour, whoever looks."""
    job, subject = _job_of(mail)
    if await is_under_way(session, f"{job}-{subject}") or await is_under_way(session, f"{job.removesuffix('_paper')}-{subject}"):
        return False
    await enqueue_again(session, mail, at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0))
    return True


def _job_of(mail: OutgoingMail) -> tuple[str, UUID]:
    """What sends it, and of what."""
    papers = ((RECEIPT, mail.receipt_id), (OFFER_PAPER, mail.offer_id), (POLICY_PAPER, mail.policy_id))
    return next(((job, paper) for job, paper in papers if paper and not mail.document_id), (MAIL, mail.id))


async def enqueue_receipt(session: AsyncSession, receipt: UUID) -> None:
    """Prints, stores twice, mails to each address."""
    await enqueue(session, RECEIPT, QUEUES[RECEIPT], [str(receipt)], f"receipt-{receipt}")


async def enqueue_offer_paper(session: AsyncSession, offer: UUID) -> None:
    await enqueue(session, OFFER_PAPER, QUEUES[OFFER_PAPER], [str(offer)], f"offer-{offer}")


async def enqueue_policy_paper(session: AsyncSession, policy: UUID) -> None:
    await enqueue(session, POLICY_PAPER, QUEUES[POLICY_PAPER], [str(policy)], f"policy-{policy}")


async def enqueue_news(session: AsyncSession, submission: UUID, version: int) -> None:
    """Says a colleague's move of the submission in the customer's chat."""
    await enqueue(session, NEWS, QUEUES[NEWS], [str(submission), str(version)], f"news-{submission}-{version}")


async def enqueue_erasure(session: AsyncSession, erasure: UUID, at: datetime) -> None:
    """Erases a party, agreed to at that instant."""
    await enqueue(session, ERASE, QUEUES[ERASE], [str(erasure)], f"erase-{erasure}-{at.isoformat()}")


async def enqueue_sync(session: AsyncSession, batch: UUID, at: datetime) -> None:
    """Sends one batch to its target; at another instant it is another try."""
    await enqueue(session, SYNC, QUEUES[SYNC], [str(batch), "0"], f"sync-{batch}-{at.isoformat()}")


async def is_sync_under_way(session: AsyncSession, batch: UUID) -> bool:
    return await is_under_way(session, f"sync-{batch}-")


async def enqueue_forgetting(session: AsyncSession, left: Traces) -> None:
    """What lies outside of the database is deleted once the transaction that forgets its owner has committed."""
    for file in left.files:
        await enqueue(session, FORGET_FILE, QUEUES[FORGET_FILE], [str(left.owner), str(file)], f"forget-file-{file}")
    for mail in left.mails:
        await enqueue(session, FORGET_MAIL, QUEUES[FORGET_MAIL], [str(mail)], f"forget-mail-{mail}")


async def enqueue_forgetting_upload(session: AsyncSession, owner: UUID, document: UUID, at: datetime) -> None:
    """A customer's file goes, where nothing holds it by then; at another instant it is looked at anew."""
    job = f"forget-upload-{document}-{at.isoformat()}"
    await enqueue(session, FORGET_UPLOAD, QUEUES[FORGET_UPLOAD], [str(owner), str(document)], job)
