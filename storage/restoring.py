"""A backup put back to work: into a database, stores and folders that hold nothing yet."""

import asyncio
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import Audited, audit
from storage.backup import DOCUMENTS, DUMP, NO_ANSWER, SUMS, TABLES, CannotCopy, Manifest, connect, run_client
from storage.documents import DocumentStores, UnreachableError
from storage.drill import changed_files
from storage.migrations.run import prepare
from storage.receipts import take_numbers

SERIES: Final = ("R", "P", "E")
PASSED_OVER: Final = 1_000  # of each series: more than an agency gives between two backups


async def restore(
    url: str, documents: DocumentStores, folder: Path, manifest: Manifest, *, beside: Sequence[Path] = (), spared: str = ""
) -> None:
    """`url`: who may make roles and owns the database. `beside`: folders that were copied as they were. `spared`: a folder of the stores
    whose files may be there already and stay. Raises CannotCopy where something is in the way or the copy is damaged; nothing is written then."""
    if wrong := next(changed_files(folder, manifest), None):
        raise CannotCopy(f"{wrong}: nothing was restored; see what else is wrong with `sospeso restore-drill {folder}`.")
    await _must_hold_nothing(url)
    kept = await _must_be_empty(documents, spared)
    _must_be_free(beside)
    await _put_back(documents, folder, kept)
    for path in beside:
        if (folder / path.name).is_dir():
            shutil.copytree(folder / path.name, path, dirs_exist_ok=True)
    await asyncio.to_thread(prepare, url)
    # last, and whole or not at all: a database that is there says that all is there
    await asyncio.to_thread(run_client, "pg_restore", url, "--exit-on-error", "--single-transaction", str(folder / DUMP))


async def pass_over_numbers(session: AsyncSession, at: datetime, zone: str) -> list[tuple[str, str]]:
    """From which to which number of this year each series has a gap now. What was given after the copy was made is on papers that
    customers have, and nothing here tells which: none of it is given to somebody else."""
    passed = [await take_numbers(session, series, at, zone, count=PASSED_OVER) for series in SERIES]
    for first, last in passed:
        await audit(session, Audited("numbers.passed_over", at, "operator", detail={"first": first, "last": last}))
    return passed


async def _must_hold_nothing(url: str) -> None:
    connection = await connect(url)
    try:
        if await connection.fetch(TABLES):
            raise CannotCopy("The database holds tables: name an empty one in SOSPESO_DATABASE_URL, or a new SOSPESO_HOME.")
    finally:
        await connection.close()


async def _must_be_empty(documents: DocumentStores, spared: str) -> set[str]:
    """What lies there of what may."""
    try:
        found = {*await documents.list_in_either(""), *await documents.list_copies("")}
    except UnreachableError as error:
        raise CannotCopy(NO_ANSWER) from error
    if any(path.partition("/")[0] != spared for path in found):
        raise CannotCopy("The stores of documents are not empty: name empty ones in SOSPESO_DOCUMENTS_URL and SOSPESO_DOCUMENTS_COPY_URL.")
    return found


def _must_be_free(folders: Iterable[Path]) -> None:
    for path in folders:
        if path.is_dir() and any(path.iterdir()):
            raise CannotCopy(f"{path} is not empty: move away what is in it, or name a new SOSPESO_HOME.")


async def _put_back(documents: DocumentStores, folder: Path, kept: set[str]) -> None:
    """What lies in one of the stores already comes to lie in both."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    for path in kept | {line.partition("  ")[2].removeprefix(f"{DOCUMENTS}/") for line in lines}:
        content = await (documents.read_from_either(path) if path in kept else asyncio.to_thread((folder / DOCUMENTS / path).read_bytes))
        if not await _is_in_both(documents, path, content):
            raise CannotCopy("A store of documents has ceased to answer: empty both, and restore once it does.")


async def _is_in_both(documents: DocumentStores, path: str, content: bytes) -> bool:
    try:
        return await documents.keep_in_both(path, content)
    except UnreachableError:
        return False
