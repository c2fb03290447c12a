"""`sospeso backup` and `sospeso restore-drill`: copies, and proof that they can be read back."""

import asyncio
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from sospeso.terminal import Json

if TYPE_CHECKING:
    from storage.drill import Drill

Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)]


def backup(folder: Folder, as_json: Json = False) -> None:
    """Copies database, documents and catalogue, sealed as they are, into a new folder. The keys are not in it: keep them elsewhere."""
    from sospeso.parts import make_current, open_database
    from sospeso.settings import load_settings
    from storage.backup import make_backup
    from storage.documents import DocumentStores

    settings = load_settings()
    with open_database(settings) as addresses:
        make_current(addresses)
        documents = DocumentStores(settings.documents_url, settings.documents_copy_url)
        beside = (settings.catalogue_folder, settings.versions_folder)
        manifest = asyncio.run(make_backup(addresses.owner, documents, folder, datetime.now(UTC), beside=beside))
    if as_json:
        typer.echo(json.dumps(manifest.as_json(), indent=1))
        return
    typer.echo(
        f"{folder}: {sum(manifest.facts.rows.values()):,} rows, {manifest.documents:,} files; try it with `sospeso restore-drill {folder}`"
    )
    typer.echo(f"The keys are not in it: keep SOSPESO_MASTER_KEY and {settings.ledger_folder} in another place, or nobody can open it.")


def restore_drill(folder: Folder, as_json: Json = False) -> None:
    """Restores a copy into a database of its own, compares and checks everything, and leaves nothing behind; 1 = something is wrong."""
    drill = run_drill(folder)
    if as_json:
        typer.echo(json.dumps(drill.as_json(), indent=1))
    else:
        for line in _lines(drill):
            typer.echo(line)
    raise typer.Exit(1 if drill.wrong else 0)


def run_drill(folder: Path) -> "Drill":
    from sospeso.settings import load_settings
    from storage.backup import read_manifest
    from storage.drill import documents_of, inspect, restore_into
    from storage.embedded import EmbeddedServer
    from storage.ledger.checking import Store

    settings, manifest = load_settings(), read_manifest(folder)
    with tempfile.TemporaryDirectory(prefix="sospeso-drill-") as home:
        Path(home).chmod(0o711)  # the server may run under another account
        with EmbeddedServer(Path(home) / "database") as server:
            restore_into(server, folder)
            store = Store(
                url=server.url(),
                master=settings.master if settings.master_key else None,
                documents=documents_of(folder),
                ledger_folder=settings.ledger_folder,
            )
            return asyncio.run(inspect(server.url(), folder, manifest, store, asyncio.run(_erased(folder))))


async def _erased(folder: Path) -> list[UUID]:
    """Who is in the list of erasures today, and who was in it when the copy was made."""
    from bots.erasing import FOLDER
    from sospeso.settings import load_settings
    from storage.documents import DocumentStores
    from storage.drill import documents_of

    settings = load_settings()
    today = DocumentStores(settings.documents_url, settings.documents_copy_url)
    listed = await today.list_in_either(FOLDER) | await documents_of(folder).list_in_either(FOLDER)
    return [UUID(path.rpartition("/")[2]) for path in listed]


def _lines(drill: "Drill") -> list[str]:
    from storage.ledger.checking import lines_of

    told = [f"restored  {drill.rows:,} rows of {drill.tables:,} tables, {drill.documents:,} documents"]
    if drill.to_erase:
        told.append(f"erased    {drill.to_erase:,} customers since: erased again as soon as the program runs on this copy")
    told += [line for line in lines_of(drill.ledger) if not line.startswith("WRONG")][:-1]
    told += [f"WRONG     {each}" for each in drill.wrong]
    return [*told, "something is wrong" if drill.wrong else "everything can be read back"]
