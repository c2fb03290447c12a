"""`sospeso export`: a list as a file or on standard output, in clear, for whoever holds this machine's keys."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import typer

from console.exporting import Asker, NewOrder, keep_operators_order, make_file
from forms.exports.files import schema
from forms.exports.subjects import columns
from rules.exports import FORMATS, Format, Subject
from sospeso.parts import Addresses, make_current, open_database, open_services
from sospeso.settings import load_settings
from storage.exports import Wanted
from storage.settings import Settings


def export(subject: Subject, form: Format, since: datetime | None, out: Path | None, purpose: str) -> None:
    _check(subject, form)
    settings = load_settings()
    wanted = Wanted(since=since.replace(tzinfo=settings.zone) if since else None)
    new = NewOrder(subject, form, purpose, wanted, settings.languages[0])
    with open_database(settings) as addresses:
        make_current(addresses)
        asyncio.run(_write(settings, addresses, new, out))


def show_schema(subject: Subject, form: Format) -> None:
    """Without a database: of the forms as they are asked now."""
    from forms.catalogue import load_catalogue

    _check(subject, form)
    given = load_settings()
    overlay = given.catalogue_folder if given.catalogue_folder.is_dir() else None
    catalogue = load_catalogue(overlay, given.languages, given.versions_folder, given.countries)
    told = schema(subject, form, columns(subject, catalogue))
    if told is None:
        raise typer.BadParameter(f"{form} has no schema; xml, json and jsonl have one")
    typer.echo(told.decode(), nl=False)


def _check(subject: Subject, form: Format) -> None:
    if form not in FORMATS[subject]:
        raise typer.BadParameter(f"{subject} come as {', '.join(FORMATS[subject])}")


async def _write(settings: Settings, addresses: Addresses, new: NewOrder, out: Path | None) -> None:
    async with open_services(settings, addresses) as services:
        mark = await keep_operators_order(services, new)
        with opened(out) as file:
            async for chunk in make_file(services, Asker("system"), new, mark):
                file.write(chunk)


@contextmanager
def opened(out: Path | None) -> Iterator[BinaryIO]:
    """A file for this account's eyes only; under its own name once it is whole."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = out.with_name(f".{out.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
