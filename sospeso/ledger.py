"""`sospeso ledger` and `sospeso evidence`: whether everything holds, the change of the key, all that is provable about one customer."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sospeso.terminal import Json, fail, in_transaction

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from sospeso.parts import Addresses
    from storage.ledger.checking import Report
    from storage.settings import Settings
    from storage.tables.ledger import LedgerKey

ledger = typer.Typer(help="The ledger of acts: check it, change its key.")

Seen = Annotated[
    list[str] | None,
    typer.Option(
        help="Beginning (16 digits or more) of the head on an old receipt, or of its root, which stands for older acts only: it must be there. "
        "A key says nothing about the acts."
    ),
]


@ledger.command("verify")
def verify(
    bundle: Annotated[
        Path | None, typer.Argument(metavar="FILE.zip", help="A bundle, which needs no database; default: the whole store.")
    ] = None,
    seen: Seen = None,
    as_json: Json = False,
) -> None:
    """The whole store, or a bundle; 1 = something does not hold."""
    from sospeso.settings import load_settings

    digits = tuple(_digits(each) for each in seen or ())
    if bundle is not None:
        _verify_bundle(bundle, digits, as_json=as_json)
    report = _check_store(load_settings(), digits)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=1))
    else:
        from storage.ledger.checking import lines_of

        for line in lines_of(report):
            typer.echo(line)
    raise typer.Exit(0 if report.holds else 1)


@ledger.command("rotate")
def rotate(
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key is gone and cannot vouch for the new one; every check says so.")
    ] = False,
) -> None:
    """A new key takes over; the old one vouches for it and is deleted."""
    from sospeso.settings import load_settings
    from storage.ledger.keys import Signer, key_path

    settings = load_settings()
    signer = Signer(settings.ledger_folder)

    async def rotate_within(session: "AsyncSession") -> "tuple[LedgerKey, LedgerKey | None]":
        return await signer.rotate(session, datetime.now(UTC), is_lost=lost)

    new, old = in_transaction(rotate_within)
    if old is not None:
        signer.retire(old)
    typer.echo(f"key {new.number} signs from now on: keep a copy of {key_path(settings.ledger_folder, new.public_key)} in a safe place")


def evidence(
    party: Annotated[
        str,
        typer.Argument(help="Its id in the clients' export, or a receipt's number; with a certificate's of erasure, what the law keeps."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE.zip", help="A file of this name is replaced.")],
) -> None:
    """Everything provable about one party, with the program that checks it."""
    import asyncio

    from sospeso.parts import make_current, open_database
    from sospeso.settings import load_settings
    from storage.sealing import ErasedError

    settings = load_settings()
    if not out.parent.is_dir():
        fail(f"There is no folder {out.parent}: make it, or choose another one.")
    with open_database(settings) as addresses:
        make_current(addresses)
        try:
            missing = asyncio.run(_make_evidence(settings, addresses, party, out))
        except ErasedError:
            fail(
                "This customer was erased: give the number of the certificate for what the law keeps. `sospeso ledger verify` still checks the chain."
            )
        except LookupError:
            fail(f"There is no customer «{party}»: give the id from the clients' export, or a receipt's number such as R-2026-000001.")
    typer.echo(f"{out}: unpack it and open index.html, or run `sospeso ledger verify {out}`")
    for title in missing:
        typer.echo(f"cannot be read in either document store: {title}", err=True)
    raise typer.Exit(1 if missing else 0)


async def _make_evidence(settings: "Settings", addresses: "Addresses", party: str, out: Path) -> list[str]:
    from bots.erasing import read_kept
    from bots.evidence.bundle import write_bundle
    from bots.records import press_of
    from sospeso.exporting import opened
    from sospeso.parts import open_services
    from storage.erasures import SERIES
    from storage.ledger.keys import Signer
    from storage.receipts import party_named

    async with open_services(settings, addresses) as services:
        if party.startswith(f"{SERIES}-"):
            kept = await read_kept(services, party)
            with opened(out) as file:
                file.write(kept)
            return []
        async with services.database.transaction() as session:
            found = await party_named(session, party)
        if found is None:
            raise LookupError(party)
        return await write_bundle(services, Signer(settings.ledger_folder), press_of(services), found, out)


def _verify_bundle(bundle: Path, seen: tuple[str, ...], *, as_json: bool) -> NoReturn:
    from bots.evidence.verify import report

    said, holds = report(bundle, seen)
    typer.echo(json.dumps({"holds": holds, "said": said}, indent=1) if as_json else "\n".join(said))
    raise typer.Exit(0 if holds else 1)


def _check_store(settings: "Settings", seen: tuple[str, ...]) -> "Report":
    import asyncio

    from cryptography.x509 import load_pem_x509_certificates
    from obstore.exceptions import BaseError

    from sospeso.parts import make_current, open_database
    from storage.documents import DocumentStores
    from storage.ledger.checking import Store, check_store

    certificates = settings.tsa_certificates
    with open_database(settings) as addresses:
        make_current(addresses)
        store = Store(
            url=addresses.app,
            master=settings.master if settings.master_key else None,
            documents=DocumentStores(settings.documents_url, settings.documents_copy_url),
            ledger_folder=settings.ledger_folder,
            authorities=tuple(load_pem_x509_certificates(certificates.read_bytes())) if certificates else (),
            seen=seen,
        )
        try:
            return asyncio.run(check_store(store))
        except BaseError:
            fail("The second document store does not answer: see SOSPESO_DOCUMENTS_COPY_URL.")


def _digits(given: str) -> str:
    """A hash as it is printed, in groups."""
    digits = re.sub(r"\s", "", given).lower()
    if not re.fullmatch(r"[0-9a-f]{16,64}", digits):
        fail(f"«{given}» is no beginning of a hash: give at least its first 16 digits, 0-9 and a-f, as the receipt prints them.")
    return digits
