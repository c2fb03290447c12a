"""Durable jobs by DBOS on the same database: enqueued in our transactions, run by the workers of storage/workers.py.

Arguments and results are ids only: DBOS keeps them in clear. A job may run twice and must be harmless then."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import obstore.exceptions
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

DATA_EXCEPTION = "22"  # PostgreSQL's class of errors (Appendix A)
POLL_S = 0.1  # an enqueue by SQL wakes nobody, and somebody waits for their code

ENQUEUE = text("""
select dbos.enqueue_workflow(
  workflow_name => :workflow, queue_name => :queue,
  positional_args => array(select to_json(id) from unnest(cast(:ids as text[])) with ordinality as given (id, place) order by place),
  workflow_id => :workflow_id, queue_partition_key => :partition,
  delay_until_epoch_ms => (extract(epoch from clock_timestamp()) * 1000 + cast(:wait_ms as bigint))::bigint)
""")


UNDER_WAY = text("""
select exists (
  select from dbos.workflow_status where status in ('ENQUEUED', 'DELAYED', 'PENDING') and starts_with(workflow_uuid, :beginning)
)
""")


@dataclass(frozen=True, slots=True)
class Queue:
    """At most `concurrency` jobs start at each poll of a worker; `a_second` limits the starts over all workers."""

    name: str
    concurrency: int = 8
    poll_s: float = POLL_S
    a_second: int | None = None


async def enqueue(
    session: AsyncSession,
    workflow: str,
    queue: str,
    ids: Sequence[str],
    workflow_id: str | None = None,
    *,
    partition: str | None = None,
    wait_s: float | None = None,
) -> str:
    """The job's id; it exists once the transaction commits, and begins then or after `wait_s`. The same `workflow_id` again is the same
    job."""
    wait_ms = None if wait_s is None else round(wait_s * 1000)
    given = {"workflow": workflow, "queue": queue, "ids": list(ids), "workflow_id": workflow_id, "partition": partition, "wait_ms": wait_ms}
    return str(await session.scalar(ENQUEUE, given))


async def is_under_way(session: AsyncSession, beginning: str) -> bool:
    """Whether a job is left to do whose id begins so. What a job enqueues has an id that begins with its own."""
    return bool(await session.scalar(UNDER_WAY, {"beginning": beginning}))


def is_outage(error: BaseException) -> bool:
    """Whether trying again later can help: the database, a store or the disk did not do its part. Not where the database cannot hold a value."""
    if isinstance(error, DBAPIError) and (getattr(error.orig, "sqlstate", None) or "").startswith(DATA_EXCEPTION):
        return False
    return isinstance(error, OSError | SQLAlchemyError | asyncpg.PostgresError | asyncpg.InterfaceError | obstore.exceptions.BaseError)
