"""The command line. Exit status: 0 done; 1 done, and something was found wrong; 2 could not be done, with one sentence that says what to do."""

import json
import os
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rules.exports import Format, Subject
from sospeso.backup import backup, restore, restore_drill
from sospeso.colleagues import staff
from sospeso.importing import import_
from sospeso.ledger import evidence, ledger
from sospeso.subjects import erase, subject_access
from sospeso.syncing import sync
from sospeso.terminal import Json, fail

if TYPE_CHECKING:
    pass

# Everything heavy is imported in the command that needs it: `--help` answers at once.

app = typer.Typer(
    pretty_exceptions_enable=False,
    help="Sospeso: conversations, consents, quotes, receipts and review for insurance intermediaries.",
)
db = typer.Typer(help="The database's tables.")
forms = typer.Typer(help="The catalogue of questionnaires.")
documents = typer.Typer(help="The documents in their two stores.")
rasa = typer.Typer(help="A project for Rasa, which hands every message on to us.")
for name, group in {"db": db, "forms": forms, "staff": staff, "documents": documents, "rasa": rasa, "ledger": ledger, "sync": sync}.items():
    app.add_typer(group, name=name)
for command in (evidence, subject_access, erase, backup, restore_drill, restore):
    app.command()(command)
app.command("import")(import_)

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="0 takes a free one.")]


class ServedRole(StrEnum):
    ALL = "all"
    WEB = "web"
    CONSOLE = "console"
    BOTS = "bots"
    WORKER = "worker"


def main() -> None:
    """Runs a command; what a person can mend becomes one sentence and status 2."""
    from storage.processes import CannotStart, look_seldom_for_garbage

    look_seldom_for_garbage()  # before anything heavy is imported
    from storage.settings import NotConfigured

    try:
        sys.exit(app(standalone_mode=False))
    except typer.TyperException as error:  # wrong use: what was wrong, and where to look
        context = getattr(error, "ctx", None)
        told = " ".join(error.format_message().split()).replace("Value error, ", "").removesuffix(".")
        fail(f"{told}: see `{context.command_path if context else 'sospeso'} --help`.")
    except typer.Abort:
        fail("Nothing was done: an answer is missing. Type it when asked, or give it as an option (see --help).")
    except (CannotStart, NotConfigured) as error:
        fail(str(error))
    except ValueError as error:  # a file of the broker's catalogue
        from forms.files import CatalogueError

        if not isinstance(error, CatalogueError):
            raise
        fail(f"{error}. `sospeso forms lint` names everything that is wrong.")
    except OSError as error:  # the database of one's own, a closed folder
        fail(f"{error.strerror or error}: {error.filename or 'see the address in SOSPESO_DATABASE_URL'}.")


@app.command()
def demo(
    home: Annotated[Path | None, typer.Option(help="Folder of everything; default SOSPESO_HOME.")] = None,
    port: Port = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the demo of before.")] = False,
) -> None:
    """The whole program with an invented agency; Ctrl-C stops it."""
    from sospeso.demo import demo as run_demo
    from sospeso.logs import log_to_stderr

    log_to_stderr()
    run_demo(home, port, fresh=fresh)
    _leave()


@app.command()
def serve(role: ServedRole = ServedRole.ALL, host: Host = "127.0.0.1", port: Port = None) -> None:
    """For production; refuses to start without its secrets."""
    from sospeso.logs import log_to_stderr
    from sospeso.parts import make_current, open_database
    from sospeso.server import address_of, listen, run
    from sospeso.settings import load_settings

    log_to_stderr()
    settings = load_settings()
    for name in ("secret_key", "master_key"):
        settings.secret(name)
    with listen(host, settings.port if port is None else port) as listening, open_database(settings) as addresses:
        make_current(addresses)
        run(settings, addresses, listening, role=role.value, when_ready=lambda: typer.echo(f"ready {address_of(listening)}/"))
    _leave()


@app.command()
def settings(as_json: Json = False) -> None:
    """Every setting with its origin, secrets masked."""
    from sospeso.settings import load_settings, show_settings

    shown = show_settings(load_settings())
    if as_json:
        typer.echo(json.dumps([{"name": each.name, "value": each.value, "origin": each.origin} for each in shown], indent=1))
        return
    for each in shown:
        typer.echo(f"{each.name:<34} {each.value or '(unset)':<44} {each.origin:<12} {each.about}".rstrip())


@db.command("upgrade")
def db_upgrade() -> None:
    """Brings the tables to this release."""
    from sospeso.parts import make_current, open_database
    from sospeso.settings import load_settings
    from storage.migrations.run import upgrade

    with open_database(load_settings()) as addresses:
        if addresses.is_embedded:
            make_current(addresses)
        done = upgrade(addresses.owner)
    typer.echo(f"the database is of revision {done.current}")


@db.command("status")
def db_status(as_json: Json = False) -> None:
    """0 = of this release; 1 = to be upgraded."""
    from sospeso.parts import open_database
    from sospeso.settings import load_settings
    from storage.migrations.run import status

    with open_database(load_settings()) as addresses:
        found = status(addresses.owner)
    if as_json:
        typer.echo(json.dumps({"current": found.current, "newest": found.newest, "is_current": found.is_current}))
    else:
        typer.echo(f"revision {found.current or 'none'}, newest {found.newest}")
    raise typer.Exit(0 if found.is_current else 1)


@forms.command("list")
def forms_list(
    everything: Annotated[bool, typer.Option("--all", help="Every version of every module, retired ones too.")] = False,
    as_json: Json = False,
) -> None:
    """The forms and modules as they are asked today."""
    from forms.catalogue import load_catalogue
    from forms.modules import by_beginning
    from sospeso.settings import load_settings

    given = load_settings()
    catalogue = load_catalogue(
        given.catalogue_folder if given.catalogue_folder.is_dir() else None, given.languages, countries=given.countries
    )
    rows: list[dict[str, str | None]] = [
        {"kind": "form", "name": name, "version": form.version} for name, form in sorted(catalogue.forms.items())
    ]
    in_force = catalogue.modules(datetime.now(given.zone).date())
    rows += [_module_row(each, everything) for each in (by_beginning(catalogue.published.values()) if everything else in_force)]
    typer.echo(json.dumps(rows, indent=1) if as_json else "\n".join(_listed(row) for row in rows))


@forms.command("lint")
def forms_lint(
    folder: Annotated[
        Path | None, typer.Argument(help="Your own catalogue, laid over ours; default SOSPESO_HOME/catalog.", exists=True, file_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Looks for faults in the catalogue; 1 = there are some."""
    from forms.lint import lint
    from sospeso.settings import load_settings

    given = load_settings()
    own = folder or (given.catalogue_folder if given.catalogue_folder.is_dir() else None)
    findings = lint(own, given.languages, datetime.now(given.zone).date(), given.countries)
    if as_json:
        typer.echo(json.dumps([_finding(each) for each in findings], indent=1))
    else:
        for each in findings:
            typer.echo(f"{each.file}:{each.line}: {each.code} {each.message}")
            for step in each.conversation or ():
                typer.echo(f"    {step}")
    raise typer.Exit(1 if any(each.severity == "error" for each in findings) else 0)


@forms.command("record")
def forms_record(
    folder: Annotated[
        Path | None, typer.Argument(help="Your own catalogue; default SOSPESO_HOME/catalog.", exists=True, file_okay=False)
    ] = None,
) -> None:
    """Records what each module in force says, so that a later change of it is found; 1 = one has changed since."""
    from forms.files import catalogue_folders
    from forms.records import write_records
    from sospeso.settings import load_settings

    given = load_settings()
    written, changed = write_records(catalogue_folders(folder or given.catalogue_folder), datetime.now(given.zone).date())
    for path in written:
        typer.echo(f"{path}: recorded")
    for path in changed:
        typer.echo(f"{path}: no longer what was recorded; put it back, and write the change as a new version")
    raise typer.Exit(1 if changed else 0)


@forms.command("preview")
def forms_preview(
    form: str,
    language: Annotated[str, typer.Option(help="One of SOSPESO_LANGUAGES.")] = "it",
    kind: Annotated[str, typer.Option(help="As which kind of customer: person, company.")] = "person",
) -> None:
    """Plays a form in the terminal; nothing is stored."""
    from sospeso.preview import open_form
    from sospeso.settings import load_settings

    player = open_form(load_settings(), form, language, kind)
    try:
        player.play(input, typer.echo)
    except EOFError:
        typer.echo("")


@documents.command("scrub")
def documents_scrub(as_json: Json = False) -> None:
    """Reads every document back now, from both stores, and mends one from the other; 1 = one could not be put right, or a store did not answer."""
    import asyncio

    from bots.scrub import scrub_all
    from sospeso.parts import make_current, open_database, open_services
    from sospeso.settings import load_settings

    async def scrub() -> dict[str, int]:
        async with open_services(settings, addresses) as services:
            return dict(await scrub_all(services))

    settings = load_settings()
    with open_database(settings) as addresses:
        make_current(addresses)
        found = dict.fromkeys(("whole", "mended", "damaged", "unreachable"), 0) | asyncio.run(scrub())
    typer.echo(json.dumps(found) if as_json else ", ".join(f"{result}: {count}" for result, count in found.items()))
    raise typer.Exit(1 if found["damaged"] or found["unreachable"] else 0)


@rasa.command("export")
def rasa_export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Files of an earlier export in it are replaced.", file_okay=False)],
) -> None:
    """Writes what Rasa 3.6 trains and runs: domain, rules, examples, endpoints, and the action."""
    from bots.rasa.project import project_files
    from forms.catalogue import load_catalogue
    from sospeso.settings import load_settings

    given = load_settings()
    catalogue = load_catalogue(
        given.catalogue_folder if given.catalogue_folder.is_dir() else None, given.languages, countries=given.countries
    )
    for name, content in project_files(catalogue, given.languages).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    typer.echo(f"{folder}: `rasa train`, then `python actions.py` and `rasa run` in it (docs/rasa.md)")


@app.command()
def export(
    subject: Subject,
    *,
    form: Annotated[Format, typer.Option("--format", help="vcf is vCard 4.0, vcf3 what Outlook reads, jsonl an object a line.")],
    since: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="What has changed from that day on: 2026-11-22.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Default: standard output.", dir_okay=False)] = None,
    purpose: Annotated[str, typer.Option(help="What for; it stands in the file and in the audit trail.")] = "by the command line",
    only_schema: Annotated[bool, typer.Option("--schema", help="Only what such a file is held against: XSD, JSON Schema.")] = False,
) -> None:
    """A list of everybody's, those still suspended included, each with its state."""
    from rules.refusals import Refused
    from sospeso import exporting

    try:
        exporting.show_schema(subject, form) if only_schema else exporting.export(subject, form, since, out, purpose)
    except Refused:
        fail("Say in 8 to 200 characters on one line what the list is for: --purpose.")


def _module_row(published: Any, with_history: bool) -> dict[str, str | None]:
    module = published.module
    row = {"kind": "module", "name": module.code, "version": module.version}
    if not with_history:
        return row
    return {**row, "from": module.valid_from, "until": module.valid_until, "change": module.change, "replaces": ", ".join(module.replaces)}


def _listed(row: dict[str, str | None]) -> str:
    line = f"{row['kind']:<8}{row['name']:<28}{row['version']}"
    if "from" not in row:
        return line
    replaces = f" replaces {row['replaces']}" if row["replaces"] else ""
    return f"{line:<40}{row['from']} to {row['until'] or '':<12}{row['change']}{replaces}"


def _finding(found: Any) -> dict[str, object]:  # forms.lint_report.Finding, imported only where it is needed
    return {
        "file": str(found.file),
        "line": found.line,
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "conversation": list(found.conversation or ()),
    }


def _leave() -> None:
    """Everything is closed; taking Panel's objects apart one by one would keep people waiting for seconds."""
    import logging

    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
