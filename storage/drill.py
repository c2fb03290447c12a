"""Proof that a backup can be read back: restored into a database of its own, compared with what was there, its ledger and documents checked."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import psycopg

from storage.backup import DOCUMENT_ROWS, DOCUMENTS, DUMP, MOST_TOLD, SUMS, Manifest, connect, read_facts, run_client, sha256_of
from storage.documents import DocumentStores
from storage.embedded import EmbeddedServer
from storage.ledger.checking import Report, Store, check_store
from storage.migrations.schema import APP, OWNER, SYSTEM

DATABASE = "sospeso"
STANDING = "select count(*) from party where id = any($1) and erased_at is null"


@dataclass(slots=True)
class Drill:
    """What was found; `wrong` is empty where everything can be relied on."""

    tables: int
    rows: int
    documents: int
    ledger: Report
    to_erase: int
    """Customers erased since, who are erased again as soon as the program runs on it."""
    wrong: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        told = {name: getattr(self, name) for name in ("tables", "rows", "documents", "to_erase", "wrong")}
        return {"holds": not self.wrong} | told | {"ledger": self.ledger.as_json()}


def restore_into(server: EmbeddedServer, folder: Path) -> None:
    """The database of a backup into a server that has none yet."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        for role in (OWNER, APP, SYSTEM):
            admin.execute(f"create role {role} nologin")
        admin.execute(f"grant {APP} to {SYSTEM}")
        admin.execute(f"create database {DATABASE}")
    run_client("pg_restore", server.url(DATABASE), "--exit-on-error", str(folder / DUMP))


async def inspect(url: str, folder: Path, manifest: Manifest, store: Store, erased: list[UUID]) -> Drill:
    """`store`: the restored database with the backup's own documents. `erased`: who is in the list of erasures today."""
    wrong = list(changed_files(folder, manifest))
    async with _reading(url) as connection:
        found = await read_facts(connection)
        wrong += _unlike(manifest, found.rows, found.heads)
        documents = 0
        async for row in connection.cursor(DOCUMENT_ROWS, prefetch=1_000):
            documents += 1
            wrong += _unlike_document(folder / DOCUMENTS / row["path"], row["sealed_sha256"])
        to_erase = await connection.fetchval(STANDING, erased)
    report = await check_store(store)
    wrong += [f"{each.where}: {each.what}" for each in report.chains.wrong]
    return Drill(len(found.rows), sum(found.rows.values()), documents, report, to_erase, wrong[:MOST_TOLD])


@asynccontextmanager
async def _reading(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close()


def changed_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What in a backup is not as it was written."""
    if sha256_of(folder / DUMP) != manifest.dump_sha256:
        yield f"{DUMP} is not what was written"
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    if len(lines) != manifest.documents:
        yield f"{SUMS} names {len(lines)} files, and {manifest.documents} were written"
    for line in lines:
        digest, _, path = line.partition("  ")
        if not (folder / path).is_file():
            yield f"{path} is missing"
        elif sha256_of(folder / path) != digest:
            yield f"{path} was changed"


def _unlike(manifest: Manifest, rows: dict[str, int], heads: str) -> Iterator[str]:
    for table in sorted(manifest.facts.rows.keys() | rows.keys()):
        before, after = manifest.facts.rows.get(table), rows.get(table)
        if before != after:
            yield f"{table} had {before} rows and has {after}"
    if heads != manifest.facts.heads:
        yield "the heads of the chains are not what they were"


def _unlike_document(path: Path, sealed_sha256: bytes) -> Iterator[str]:
    if not path.is_file():
        yield f"document {path.name} is not in the backup"
    elif hashlib.sha256(path.read_bytes()).digest() != sealed_sha256:
        yield f"document {path.name} is not what its row says"


def documents_of(folder: Path) -> DocumentStores:
    """The backup's own, as if they were both stores."""
    place = (folder / DOCUMENTS).resolve().as_uri()
    return DocumentStores(place, place)
