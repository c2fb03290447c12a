"""Workers run the jobs, and take over those that dead ones had begun. Apart from storage/jobs.py: whoever only enqueues needs no DBOS."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Self
from uuid import uuid4

import asyncpg
from dbos import DBOS, DBOSConfig
from sqlalchemy import make_url

from storage.database import psycopg_url
from storage.jobs import Queue
from storage.migrations.schema import APP

log = logging.getLogger(__name__)

VERSION = "1"
"""Of the jobs' steps; pinned, or every release would leave the jobs of the one before lying. A job is taken up again step by step, so a
release whose jobs have other steps, or the same in another order, raises it and lets the workers of the one before finish theirs first."""
SWEEP_S = 1.0
LOCK_SPACE = 7_361  # of advisory locks: one for each executor
POOL = 10
PART_S = 0.02
RUNNING = "_execute_workflow_async"  # DBOS's coroutine around a job

LEFT = """
select distinct executor_id from dbos.workflow_status where status = 'PENDING' and executor_id <> $1
"""
LEFT_BY = "select workflow_uuid, queue_name from dbos.workflow_status where status = 'PENDING' and executor_id = $1"


class Worker:
    """Runs jobs in this process, on the loop that starts it. Register every workflow before.

    `async with Worker(url, queues): …`; leaving it, what is under way stays for the next worker."""

    def __init__(self, url: str, queues: Sequence[Queue]) -> None:
        self.executor = uuid4().hex
        self._url = url
        self._queues = queues
        self._sweeping: asyncio.Task[None] | None = None
        self._lock: asyncpg.Connection | None = None
        self._taking = asyncio.Lock()  # one connection asks one thing at a time

    async def __aenter__(self) -> Self:
        await self._hold_lock()
        DBOS(config=self._config())
        DBOS.listen_queues([queue.name for queue in self._queues])
        DBOS.launch()  # blocks shortly; from here, so that it adopts this loop and with it our pools
        for queue in self._queues:
            await DBOS.register_queue_async(
                queue.name,
                worker_concurrency=queue.concurrency,
                polling_interval_sec=queue.poll_s,
                limiter=None if queue.a_second is None else {"limit": queue.a_second, "period": 1.0},
                on_conflict="always_update",
            )
        self._sweeping = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweeping
        # DBOS made its own threads the loop's, and ends them: what comes after needs others.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await self._leave_jobs()
        if self._lock is not None:
            await self._lock.close()

    async def _leave_jobs(self) -> None:
        """Cancelled, a job is left as it stands; otherwise it would meet what is closed already, and DBOS would keep that as its end."""
        ending = asyncio.create_task(asyncio.to_thread(DBOS.destroy))
        while not ending.done():
            for task in asyncio.all_tasks():
                if getattr(task.get_coro(), "__name__", "") == RUNNING:
                    task.cancel()
            await asyncio.wait([ending], timeout=PART_S)
        await ending

    def _config(self) -> DBOSConfig:
        return {
            "name": "sospeso",
            "system_database_url": psycopg_url(self._url, role=APP),
            "sys_db_pool_size": POOL,
            # Asking before each statement whether the connection still stands cost a job a twelfth of its time; DBOS tries again where it does not.
            "db_engine_kwargs": {"pool_pre_ping": False},
            "application_version": VERSION,
            "executor_id": self.executor,
            "run_migrations": False,  # `sospeso db upgrade` does, as the owner
            "log_level": "WARNING",
        }

    async def _hold_lock(self) -> None:
        """While this connection lives, so do we: nobody takes our jobs over."""
        dsn = make_url(self._url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._lock = await asyncpg.connect(dsn, server_settings={"role": APP, "application_name": "sospeso worker"})
        await self._lock.execute("select pg_advisory_lock($1, hashtext($2))", LOCK_SPACE, self.executor)

    async def _sweep(self) -> None:
        while True:
            try:
                if self._lock is None or self._lock.is_closed():
                    await self._hold_lock()
                await self.take_over()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the sweep for jobs of dead workers failed: %s", type(error).__name__)
            await asyncio.sleep(SWEEP_S)

    async def take_over(self) -> list[str]:
        """The ids of jobs that dead executors had begun, put back into their queues; finished steps are kept."""
        async with self._taking:
            return await self._take_over()

    async def _take_over(self) -> list[str]:
        lock = self._lock
        if lock is None:
            return []
        taken: list[str] = []
        for (executor,) in await lock.fetch(LEFT, self.executor):
            # Free = its process is gone. Held while we resume, so that two sweeps do not meet.
            if await lock.fetchval("select pg_try_advisory_lock($1, hashtext($2))", LOCK_SPACE, executor):
                try:
                    for workflow, queue in await lock.fetch(LEFT_BY, executor):
                        await DBOS.resume_workflow_async(
                            workflow, queue_name=queue
                        )  # without its queue it would pass the queue's limits by
                        taken.append(workflow)
                finally:
                    await lock.execute("select pg_advisory_unlock($1, hashtext($2))", LOCK_SPACE, executor)
        if taken:
            log.warning("took over %d jobs of dead workers", len(taken))
        return taken
