"""The baseline of every turn figure: PostgreSQL's own load generator with the same select and CTE on rows of the same size.

Prepared statements, the same clients, fsync and synchronous_commit on (read back from the server and printed).
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import asyncpg

SNAPSHOT_BYTES, INCOMING_BYTES, REPLY_BYTES = 1400, 120, 1500

SCHEMA = """
drop schema if exists baseline cascade;
create schema baseline;
create table baseline.conversation (id bigint primary key, version int not null, snapshot bytea not null,
  updated_at timestamptz not null default now()) with (fillfactor = 60);
alter table baseline.conversation alter column snapshot set storage plain;
create table baseline.turn (conversation_id bigint not null, number int not null, incoming_id text not null, incoming bytea not null,
  replies bytea not null, created_at timestamptz not null default now(),
  primary key (conversation_id, number), unique (conversation_id, incoming_id));
"""

SCRIPT = f"""
\\set id :client_id + 1
select version as version, snapshot from baseline.conversation where id = :id \\gset
with updated as (
  update baseline.conversation set snapshot = decode(repeat('ab', {SNAPSHOT_BYTES}), 'hex'), version = version + 1, updated_at = now()
  where id = :id and version = :version returning id, version)
insert into baseline.turn (conversation_id, number, incoming_id, incoming, replies)
select id, version, version::text, decode(repeat('cd', {INCOMING_BYTES}), 'hex'), decode(repeat('ef', {REPLY_BYTES}), 'hex') from updated;
"""


class Baseline:
    """pgbench against one server, through the same socket as ours."""

    def __init__(self, binaries: Path, host: str, user: str, database: str, port: int = 5432) -> None:
        self._pgbench = binaries / "pgbench"
        self._where = {"host": host, "port": port, "user": user, "database": database}
        self._script = Path(tempfile.mkdtemp()) / "turn.sql"

    async def prepare(self, conversations: int = 64) -> dict[str, str]:
        """Fresh tables; returns the server's settings that durability hangs on."""
        self._script.write_text(SCRIPT)
        connection = await asyncpg.connect(**self._where)
        try:
            await connection.execute(SCHEMA)
            await connection.execute(
                "insert into baseline.conversation select i, 1, decode(repeat('ab', $1), 'hex') from generate_series(1, $2) i",
                SNAPSHOT_BYTES,
                conversations,
            )
            names = ("fsync", "synchronous_commit", "full_page_writes")
            return {name: await connection.fetchval("select current_setting($1)", name) for name in names}
        finally:
            await connection.close()

    async def rate(self, clients: int, seconds: int = 2) -> float:
        """Turns a second."""
        output = await self._run(["-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-f", str(self._script)])
        found = re.search(r"tps = ([\d.]+)", output)
        if not found:
            raise RuntimeError(f"pgbench said no rate: {output[-400:]}")
        return float(found[1])

    async def _run(self, arguments: Sequence[str]) -> str:
        where = self._where
        process = await asyncio.create_subprocess_exec(
            self._pgbench,
            *("-h", str(where["host"]), "-p", str(where["port"]), "-U", str(where["user"]), *arguments, str(where["database"])),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "PGOPTIONS": ""},
        )
        output, _ = await process.communicate()
        return output.decode()
