"""`sospeso backup`, `sospeso restore-drill` and `sospeso restore`: copies, proof that they can be read back, and the day it is needed."""

import asyncio
import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from sospeso.terminal import Json

if TYPE_CHECKING:
    from sospeso.parts import Addresses
    from storage.drill import Drill
    from storage.settings import Settings


@dataclass(frozen=True, slots=True)
class Restored:
    drill: "Drill"
    erased_again: int
    passed_over: list[tuple[str, str]]
    """The first and the last number of each series that are given to nobody."""


Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)]


def backup(folder: Folder, as_json: Json = False) -> None:
    """Copies database, documents and catalogue, sealed as they are, into a new folder; 1 = a document is not whole in it. The keys are not
    in it: keep them elsewhere."""
    from sospeso.parts import make_current, open_database
    from sospeso.settings import load_settings
    from storage.backup import make_backup
    from storage.documents import DocumentStores

    settings = load_settings()
    with open_database(settings) as addresses:
        make_current(addresses)
        documents = DocumentStores(settings.documents_url, settings.documents_copy_url)
        beside = (settings.catalogue_folder, settings.versions_folder)
        manifest, wrong = asyncio.run(make_backup(addresses.owner, documents, folder, datetime.now(UTC), beside=beside))
    if as_json:
        typer.echo(json.dumps(manifest.as_json() | {"wrong": wrong}, indent=1))
        raise typer.Exit(1 if wrong else 0)
    typer.echo(
        f"{folder}: {sum(manifest.facts.rows.values()):,} rows, {manifest.documents:,} files; try it with `sospeso restore-drill {folder}`"
    )
    typer.echo(f"The keys are not in it: keep SOSPESO_MASTER_KEY and {settings.ledger_folder} in another place, or nobody can open it.")
    for each in wrong:
        typer.echo(f"WRONG     {each}")
    raise typer.Exit(1 if wrong else 0)


def restore_drill(folder: Folder, as_json: Json = False) -> None:
    """Restores a copy into a database of its own, compares and checks everything, and leaves nothing behind; 1 = something is wrong."""
    drill = run_drill(folder)
    if as_json:
        typer.echo(json.dumps(drill.as_json(), indent=1))
    else:
        for line in _lines(drill, f"{drill.to_erase:,} customers since: erased again as soon as the program runs on this copy"):
            typer.echo(line)
    raise typer.Exit(1 if drill.wrong else 0)


def restore(folder: Folder, as_json: Json = False) -> None:
    """Restores a copy into an empty database and empty stores, checks everything, erases again whoever was; 1 = something is wrong."""
    done = run_restore(folder)
    drill = done.drill
    if as_json:
        typer.echo(json.dumps(drill.as_json() | {"erased_again": done.erased_again, "passed_over": done.passed_over}, indent=1))
    else:
        for first, last in done.passed_over:
            typer.echo(
                f"passed    {first} to {last}: given to nobody, as customers may have papers with them that the copy knows nothing of"
            )
        for line in _lines(drill, f"{done.erased_again:,} of {drill.to_erase:,} customers again, who were erased since"):
            typer.echo(line)
    raise typer.Exit(1 if drill.wrong else 0)


def run_restore(folder: Path) -> Restored:
    from bots.erasing import FOLDER
    from sospeso.parts import let_in, open_database
    from sospeso.settings import load_settings
    from storage.backup import read_manifest
    from storage.documents import DocumentStores
    from storage.drill import inspect
    from storage.ledger.checking import Store
    from storage.migrations.run import upgrade
    from storage.restoring import restore as put_back

    settings, manifest = load_settings(), read_manifest(folder)
    for name in ("secret_key", "master_key"):
        settings.secret(name)
    documents = DocumentStores(settings.documents_url, settings.documents_copy_url)
    with open_database(settings, own=True) as addresses:
        url, beside = addresses.owner, (settings.catalogue_folder, settings.versions_folder)
        asyncio.run(put_back(url, documents, folder, manifest, beside=beside, spared=FOLDER))
        store = Store(url=url, master=settings.master, documents=documents, ledger_folder=settings.ledger_folder)
        drill = asyncio.run(inspect(url, folder, manifest, store, asyncio.run(_erased(folder))))
        upgrade(url)
        if addresses.is_embedded:
            let_in(addresses)
        return asyncio.run(_put_to_work(settings, addresses, drill))


async def _put_to_work(settings: "Settings", addresses: "Addresses", drill: "Drill") -> Restored:
    """What the stores do not give back is added to what is wrong."""
    from bots.erasing import House, erase_again
    from bots.records import press_of
    from bots.scrub import scrub_all
    from sospeso.parts import open_services
    from storage.ledger.keys import Signer
    from storage.restoring import pass_over_numbers

    async with open_services(settings, addresses) as services:
        async with services.database.transaction() as session:
            passed_over = await pass_over_numbers(session, services.clock(), settings.timezone)
        again = await erase_again(House(services, press_of(services), Signer(settings.ledger_folder)))
        looks = await scrub_all(services)
    if (standing := drill.to_erase - len(again)) > 0:
        drill.wrong.append(f"{standing} customers who were erased since stand again: the log says why, `sospeso erase` erases them")
    drill.wrong += [f"{looks[look]} documents are {look} in the stores" for look in ("damaged", "unreachable") if looks[look]]
    return Restored(drill, len(again), passed_over)


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
    from bots.erasing import listed_parties
    from sospeso.settings import load_settings
    from storage.documents import DocumentStores
    from storage.drill import documents_of

    settings = load_settings()
    today = DocumentStores(settings.documents_url, settings.documents_copy_url)
    return list(await listed_parties(today) | await listed_parties(documents_of(folder)))


def _lines(drill: "Drill", erased: str) -> list[str]:
    from storage.ledger.checking import lines_of

    told = [f"restored  {drill.rows:,} rows of {drill.tables:,} tables, {drill.documents:,} documents"]
    if drill.to_erase:
        told.append(f"erased    {erased}")
    told += [line for line in lines_of(drill.ledger) if not line.startswith("WRONG")][:-1]
    told += [f"WRONG     {each}" for each in drill.wrong]
    return [*told, "something is wrong" if drill.wrong else "everything can be read back"]
