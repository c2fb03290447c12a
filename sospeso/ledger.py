"""`sospeso ledger`: whether everything holds, and the change of its key."""

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sospeso.terminal import Json, fail, in_transaction

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.ledger.checking import Report
    from storage.settings import Settings
    from storage.tables.ledger import LedgerKey

ledger = typer.Typer(help="The ledger of acts: check it, change its key.")

Seen = Annotated[
    list[str] | None, typer.Option(help="Beginning (16 digits or more) of a head or root on an old receipt: it must be there.")
]


@ledger.command("verify")
def verify(seen: Seen = None, as_json: Json = False) -> None:
    """The whole store; 1 = something does not hold."""
    from sospeso.settings import load_settings

    report = _check_store(load_settings(), tuple(_digits(each) for each in seen or ()))
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
