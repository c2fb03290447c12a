"""Batches on their way to other programs: formed and enqueued in one transaction, whoever released what is in them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.jobs import enqueue_sync, is_sync_under_way
from storage.sync import form_batch, open_batch
from storage.tables.sync import SyncBatch

TARGET_GONE = "target_gone"
"""Why a batch was given up whose target's file is no longer there."""


async def start_batch(session: AsyncSession, target: str, at: datetime) -> SyncBatch | None:
    """None where nothing is due, or one is under way: what is due follows it."""
    batch = await form_batch(session, target, at)
    if batch is not None:
        await enqueue_sync(session, batch.id, at)
    return batch


async def start_again(session: AsyncSession, target: str, at: datetime) -> SyncBatch | None:
    """A batch that was given up; None where there is none."""
    batch = await open_batch(session, target)
    if batch is None or batch.state != "failed":
        return None
    batch.state, batch.ended_at, batch.last_error = "sending", None, None
    await enqueue_sync(session, batch.id, at)
    return batch


async def take_up(session: AsyncSession, target: str, at: datetime) -> None:
    """A batch under way whose job ended over an outage longer than its patience; one that was given up while the target's file was gone.
    Hold the target's lock."""
    batch = await open_batch(session, target)
    if batch is None:
        return
    if batch.last_error == TARGET_GONE:
        await start_again(session, target, at)
    elif batch.state == "sending" and not await is_sync_under_way(session, batch.id):
        await enqueue_sync(session, batch.id, at)
