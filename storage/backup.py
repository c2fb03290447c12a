"""A copy of everything that is kept but the keys, and what must be found again in it: database, documents, the broker's catalogue.

It is sealed as it lies in the database and the stores: the master key has its own safe place. Names and towns by which lists are sorted, and
colleagues' addresses, are in clear there and here."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg
from sqlalchemy import make_url

from storage.alone import COPYING, alone
from storage.documents import DamagedError, DocumentStores, UnreachableError
from storage.embedded import binaries
from storage.ledger.witnesses import copied_days, copy_day
from storage.processes import CannotStart, environment

DUMP: Final = "database.dump"
DOCUMENTS: Final = "documents"
SUMS: Final = "documents.sha256"
"""As `sha256sum -c` reads it."""
MANIFEST: Final = "manifest.json"
"""Written last: a copy without it is none."""
TABLES = """
select format('%I.%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'r' and nspname in ('public', 'dbos') order by 1
"""
DOCUMENT_ROWS = "select coalesce(party_id, conversation_id)::text || '/' || id::text as path, sealed_sha256 from document order by id"
ROOT_DAYS = "select day from ledger_root"
HEADS = "select owner_id, number, link from chain_head order by owner_id"
AT_A_TIME = 5_000
MOST_TOLD: Final = 100
NO_ANSWER: Final = "A store of documents does not answer: see SOSPESO_DOCUMENTS_URL and SOSPESO_DOCUMENTS_COPY_URL."


class CannotCopy(CannotStart):
    """Says in one sentence what to do."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database holds: rows of each table, and one hash over the heads of all chains."""

    rows: dict[str, int]
    heads: str


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at: str
    facts: Facts
    dump_sha256: str
    documents: int

    def as_json(self) -> dict[str, object]:
        return {"format": "sospeso.backup.v1", **asdict(self)}


async def make_backup(
    url: str, documents: DocumentStores, folder: Path, at: datetime, *, beside: Sequence[Path] = ()
) -> tuple[Manifest, list[str]]:
    """In a new or empty folder; and what is wrong with it. `url`: who owns the tables, or a member. `beside`: folders to be copied as they
    are, where they exist. Raises CannotCopy where neither store of documents answers."""
    _make_empty(folder)
    async with alone(partial(connect, url), COPYING):  # else a customer's file that is replaced meanwhile would be missing in it
        known = await _copied_days(documents)
        facts, rows, roots = await _copy_database(url, folder)
        copied = await _copy_documents(documents, folder, rows, known | roots)
    for path in beside:
        if path.is_dir():
            shutil.copytree(path, folder / path.name)
    manifest = Manifest(at.isoformat(), facts, sha256_of(folder / DUMP), len(copied))
    write_synced(folder / MANIFEST, json.dumps(manifest.as_json(), indent=1).encode())
    wrong = [f"document {path} lies in no store as its row says" for path in rows if copied.get(path) != rows[path]]
    return manifest, wrong[:MOST_TOLD]


async def _copied_days(documents: DocumentStores) -> set[date]:
    """Empty where the second store does not answer; what is missing is told by its own name."""
    try:
        return await copied_days(documents)
    except UnreachableError:
        return set()


async def _copy_database(url: str, folder: Path) -> tuple[Facts, dict[str, bytes], set[date]]:
    """Of one moment; and the documents that must be found, with their hashes, and the days that have a root."""
    connection = await connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("select pg_export_snapshot()")
            await asyncio.to_thread(_dump, url, snapshot, folder / DUMP)
            rows = {row["path"]: row["sealed_sha256"] async for row in connection.cursor(DOCUMENT_ROWS, prefetch=AT_A_TIME)}
            return await read_facts(connection), rows, {row["day"] for row in await connection.fetch(ROOT_DAYS)}
    finally:
        await connection.close()


def read_manifest(folder: Path) -> Manifest:
    """Raises CannotCopy where there is no whole copy."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(told["made_at"], Facts(**told["facts"]), told["dump_sha256"], told["documents"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotCopy(f"{folder} holds no whole backup: name a folder that `sospeso backup` has written.") from error


async def read_facts(connection: asyncpg.Connection) -> Facts:
    rows = {table: await connection.fetchval(f"select count(*) from {table}") for (table,) in await connection.fetch(TABLES)}
    heads = hashlib.sha256()
    async for row in connection.cursor(HEADS, prefetch=AT_A_TIME):
        heads.update(b"".join((row["owner_id"].bytes, row["number"].to_bytes(8), row["link"] or b"")))
    return Facts(rows, heads.hexdigest())


async def connect(url: str) -> asyncpg.Connection:
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return await asyncpg.connect(dsn, server_settings={"application_name": "sospeso backup"})


def as_libpq(url: str) -> str:
    """Without its password, which every account of the machine could read among a program's arguments. SQLAlchemy writes a space as a form
    does, which libpq does not read."""
    return make_url(url)._replace(drivername="postgresql", password=None).render_as_string().replace("+", "%20")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_synced(path: Path, content: bytes) -> None:
    """For this account's eyes only; on return it survives a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def run_client(name: str, url: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs on a database. Raises CannotCopy with the last thing it said."""
    password = make_url(url).password
    own = environment() | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(binaries() / name), f"--dbname={as_libpq(url)}", *arguments]
    done = subprocess.run(command, env=own, capture_output=True, check=False)  # noqa: S603 - our own binary
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise CannotCopy(f"{name} did not do its part: {said[-1]}.")


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise CannotCopy(f"{folder} is not empty: name a new folder, such as one with the day in its name.")
    folder.chmod(0o700)


def _dump(url: str, snapshot: str, out: Path) -> None:
    # Tables are under row security for their owner too; the policies let the owner see all.
    os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # before anything is in it
    run_client("pg_dump", url, "--format=custom", "--enable-row-security", f"--snapshot={snapshot}", f"--file={out}")


async def _copy_documents(documents: DocumentStores, folder: Path, rows: Mapping[str, bytes], roots: Collection[date]) -> dict[str, bytes]:
    """Of both stores, sealed as they lie there, each as its row says where one of them has it so; what is deleted meanwhile is left out, and
    so is the root of another day than those: made after the dump, it would look in the copy as if it had been taken out of it.
    The hash of each."""
    copied = {}
    try:
        for path in sorted(await documents.list_in_either("")):
            if (day := copy_day(path)) and day not in roots:
                continue
            with suppress(DamagedError):
                content = await documents.read_from_either(path, rows.get(path))
                copied[path] = hashlib.sha256(content).digest()
                await asyncio.to_thread(write_synced, folder / DOCUMENTS / path, content)
    except UnreachableError as error:
        raise CannotCopy(NO_ANSWER) from error
    write_synced(folder / SUMS, "".join(f"{digest.hex()}  {DOCUMENTS}/{path}\n" for path, digest in copied.items()).encode())
    return copied
