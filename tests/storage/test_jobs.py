"""Jobs: enqueued with our rows or not at all, run once where nothing dies, taken over where a worker does."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from dbos import DBOS
from sqlalchemy import text

from storage.database import Database
from storage.jobs import Queue, enqueue
from storage.workers import Worker

pytestmark = pytest.mark.slow

RAN: list[tuple[str, ...]] = []
QUEUES = (Queue("quick", poll_s=0.05),)


@DBOS.workflow(name="note")
async def note(*ids: str) -> None:
    RAN.append(ids)


@pytest_asyncio.fixture
async def worker(database: Database) -> AsyncIterator[Worker]:
    RAN.clear()
    async with Worker(database.url, QUEUES) as running:
        yield running


async def finished(database: Database, *jobs: str) -> None:
    async with asyncio.timeout(180):
        while True:
            async with database.transaction() as session:
                done = await session.scalar(
                    text("select count(*) from dbos.workflow_status where status = 'SUCCESS' and workflow_uuid = any(:jobs)"),
                    {"jobs": list(jobs)},
                )
            if done == len(jobs):
                return
            await asyncio.sleep(0.02)


async def test_a_job_runs_with_the_ids_it_was_given(worker: Worker, database: Database) -> None:
    async with database.transaction() as session:
        job = await enqueue(session, "note", "quick", ["first", "second"])
    await finished(database, job)
    assert RAN == [("first", "second")]


async def test_a_job_that_is_to_wait_waits(worker: Worker, database: Database) -> None:
    async with database.transaction() as session:
        later = await enqueue(session, "note", "quick", ["later"], wait_s=3600)
        soon = await enqueue(session, "note", "quick", ["soon"], wait_s=0.01)
    await finished(database, soon)
    async with database.transaction() as session:
        left = await session.scalar(
            text("select delay_until_epoch_ms - created_at from dbos.workflow_status where workflow_uuid = :later"), {"later": later}
        )
    assert RAN == [("soon",)]
    assert left == pytest.approx(3_600_000, abs=1000)


async def test_a_rollback_leaves_no_job(worker: Worker, database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await enqueue_and_fail(database)
    async with database.transaction() as session:
        job = await enqueue(session, "note", "quick", ["kept"])
    await finished(database, job)
    assert RAN == [("kept",)]


async def enqueue_and_fail(database: Database) -> None:
    async with database.transaction() as session:
        await enqueue(session, "note", "quick", ["lost"])
        raise ZeroDivisionError


async def test_the_same_job_id_is_one_job(worker: Worker, database: Database) -> None:
    for _ in range(3):
        async with database.transaction() as session:
            job = await enqueue(session, "note", "quick", ["once"], "note:once")
    await finished(database, job)
    assert RAN == [("once",)]


CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'sospeso'
"""


async def test_jobs_go_on_after_their_connections_were_lost(worker: Worker, database: Database) -> None:
    """As by a restart of the server: DBOS learns it from the statement that fails, and says it again."""
    for number in range(3):
        async with database.transaction() as session:
            before = await enqueue(session, "note", "quick", [f"before {number}"])
        async with database.engine.connect() as connection:
            await connection.execute(text("set role none"))
            cut = (await connection.execute(text(CUT))).all()
        assert len(cut) > 1
        async with database.transaction() as session:
            after = await enqueue(session, "note", "quick", [f"after {number}"])
        await finished(database, before, after)
    assert {ids[0] for ids in RAN} == {f"{when} {number}" for number in range(3) for when in ("before", "after")}


async def test_a_worker_that_lives_keeps_its_jobs(worker: Worker, database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "insert into dbos.workflow_status (workflow_uuid, status, name, executor_id, queue_name) values ('mine', 'PENDING', 'note', :me, 'quick')"
            ),
            {"me": worker.executor},
        )
    assert await worker.take_over() == []


SLEEPER = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from dbos import DBOS
    from storage.jobs import Queue
    from storage.workers import Worker
    url, notes, dies = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "dies"

    @DBOS.step()
    async def first(id):
        with notes.open("a") as file: file.write(f"first {id}\\n")

    @DBOS.step()
    async def second(id):
        if dies:
            print("in second", flush=True)
            await asyncio.sleep(600)
        with notes.open("a") as file: file.write(f"second {id}\\n")

    @DBOS.workflow(name="two_steps")
    async def two_steps(id):
        await first(id)
        await second(id)

    async def main():
        async with Worker(url, [Queue("slow", poll_s=0.05)]):
            await asyncio.sleep(600)
    asyncio.run(main())
""")


async def test_the_jobs_of_a_killed_worker_go_on_where_they_were(database: Database, tmp_path: object) -> None:
    notes = f"{tmp_path}/notes"
    async with database.transaction() as session:
        job = await enqueue(session, "two_steps", "slow", ["job"])
    dying = start(database, notes, "dies")
    assert dying.stdout is not None
    assert await asyncio.to_thread(dying.stdout.readline) == b"in second\n"
    dying.send_signal(signal.SIGKILL)
    dying.communicate()
    living = start(database, notes, "lives")
    try:
        await finished(database, job)
    finally:
        living.kill()
        living.communicate()
    with open(notes) as file:  # noqa: ASYNC230, PTH123 - a test's own small file
        assert file.read() == "first job\nsecond job\n"


def start(database: Database, notes: str, fate: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", SLEEPER, database.url, notes, fate], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}
    )
