"""`sospeso import`: a list of customers from another program, read with the questionnaire's own checks."""

import asyncio
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rules.exports import Format
from rules.imports import FORMAT_OF_ENDING, FORMATS, Encoding, Outcome
from sospeso.terminal import Json, fail

if TYPE_CHECKING:
    from dialogs.importing import Incoming, Reading
    from sospeso.parts import Addresses
    from storage.settings import Settings


class Importable(StrEnum):
    CLIENTS = "clients"


def import_(
    subject: Importable,  # noqa: ARG001 - as `export` has it; there is one so far
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    *,
    form: Annotated[Format | None, typer.Option("--format", help="Default: by the file's ending.")] = None,
    mapping: Annotated[
        str, typer.Option(metavar="NAME", help="The target (catalog/sync/NAME.yaml) whose columns it has; default: ours.")
    ] = "",
    encoding: Annotated[Encoding, typer.Option(help="cp1252: as older Windows programs write.")] = Encoding.UTF_8,
    language: Annotated[str | None, typer.Option(help="Of its words and dates; default: the first of SOSPESO_LANGUAGES.")] = None,
    source: Annotated[str, typer.Option(help="Where it comes from and what for; customers read it.")] = "by the command line",
    leave_out: Annotated[bool, typer.Option("--leave-out-unknown", help="Columns that are not known are named and left out.")] = False,
    take_rest: Annotated[
        bool, typer.Option("--take-the-rest", help="A row is taken without a refused cell that is neither address, name nor tax code.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read: nothing is kept.")] = False,
    as_json: Json = False,
) -> None:
    """A list of customers: new ones and differences wait in the console to be released. 1 = some rows were refused."""
    from console.wording import Wording
    from dialogs.importing import Incoming
    from forms.imports.files import Handed
    from rules.refusals import Refused
    from sospeso.parts import make_current, open_database
    from sospeso.settings import load_settings

    settings = load_settings()
    told = form or FORMAT_OF_ENDING.get(file.suffix.lower().removeprefix("."))
    if told not in FORMATS:
        raise typer.BadParameter(f"customers come as {', '.join(FORMATS)}: say which with --format")
    if language is not None and language not in settings.languages:
        raise typer.BadParameter(f"--language is one of {', '.join(settings.languages)}")
    with file.open("rb") as opened, open_database(settings) as addresses:
        make_current(addresses)
        incoming = Incoming(
            Handed(opened, told, encoding, leave_out), source, language or settings.languages[0], mapping, takes_rest=take_rest
        )
        try:
            reading = asyncio.run(_read(settings, addresses, incoming, is_dry=dry_run))
        except Refused as refused:
            fail(Wording("en", settings.zone, settings.currency).refusal(refused))
    typer.echo(_as_json(reading) if as_json else "\n".join(_lines(reading)))
    raise typer.Exit(1 if reading.refused else 0)


async def _read(settings: "Settings", addresses: "Addresses", incoming: "Incoming", *, is_dry: bool) -> "Reading":
    from console.importing import read_in_for_operator
    from sospeso.parts import open_services

    async with open_services(settings, addresses) as services:
        return await read_in_for_operator(services, incoming, is_dry=is_dry)


def _lines(reading: "Reading") -> Iterator[str]:
    """Counts, and what was refused by line and column: no value of anybody's."""
    yield ", ".join(f"{outcome}: {reading.counts.get(outcome, 0)}" for outcome in Outcome)
    if reading.doubtful:
        yield f"doubtful: {reading.doubtful}"
    if reading.left_out:
        yield f"left out: {', '.join(reading.left_out)}"
    yield from (f"line {line}, {problem.column or 'whole row'}: {problem.reason.value}" for line, problem in reading.refused)
    yield from (f"line {line}, {problem.column}: {problem.reason.value}, taken without" for line, problem in reading.omitted)
    if reading.id:
        yield f"import {reading.id}: it waits in the console to be released"


def _as_json(reading: "Reading") -> str:
    refused, omitted = (
        [{"line": line, "column": problem.column, "reason": problem.reason.value} for line, problem in cells]
        for cells in (reading.refused, reading.omitted)
    )
    told = {"id": str(reading.id) if reading.id else None, "counts": reading.counts, "doubtful": reading.doubtful}
    return json.dumps({**told, "left_out": reading.left_out, "refused": refused, "omitted": omitted}, indent=1, ensure_ascii=False)
