"""`sospeso sync`: the programs that are kept in step, for whoever runs this machine."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from sospeso.terminal import Json, fail

if TYPE_CHECKING:
    from bots.sync.running import Standing
    from dialogs.services import Services

sync = typer.Typer(help="Other programs that are kept in step: catalog/sync/NAME.yaml.")

Name = Annotated[str, typer.Argument(help="Of its file, without .yaml.")]


@sync.command("list")
def sync_list(as_json: Json = False) -> None:
    """Each target and how it stands; 1 = one was given up, or has conflicts."""
    from bots.sync.running import standings

    found = _with(standings)
    typer.echo(json.dumps([asdict(each) for each in found], indent=1) if as_json else "\n".join(map(_told, found)) or _none())
    raise typer.Exit(1 if any(each.is_wrong for each in found) else 0)


@sync.command("run")
def sync_run(name: Name, as_json: Json = False) -> None:
    """Looks for what has changed and sends it now; 1 = it was not taken, or has conflicts."""
    from bots.sync.running import run_now

    done = _with(lambda services: run_now(_known(services, name), name))
    typer.echo(json.dumps(asdict(done), indent=1) if as_json else _told(done))
    raise typer.Exit(1 if done.is_wrong or done.error else 0)


@sync.command("release")
def sync_release(name: Name) -> None:
    """Releases all that waits; the console shows what it is, and releases single records."""
    from bots.sync.running import release_waiting

    rows = _with(lambda services: release_waiting(_known(services, name), name))
    typer.echo(f"{name}: {rows} released; they leave as soon as the program runs, or by `sospeso sync run {name}`")


def _with[T](act: "Callable[[Services], Awaitable[T]]") -> T:
    from sospeso.parts import make_current, open_database, open_services
    from sospeso.settings import load_settings

    settings = load_settings()

    async def run() -> T:
        async with open_services(settings, addresses) as services:
            return await act(services)

    with open_database(settings) as addresses:
        make_current(addresses)
        return asyncio.run(run())


def _known(services: "Services", name: str) -> "Services":
    if name not in services.targets:
        there = f"there is {', '.join(sorted(services.targets))}" if services.targets else _none()
        fail(f"There is no target «{name}»: {there}.")
    return services


def _none() -> str:
    return "no target yet, docs/synchronisation.md shows a file to begin with"


def _told(each: "Standing") -> str:
    batch = f"batch {each.number} {each.state}{f' ({each.error})' if each.error else ''}" if each.number else "nothing sent yet"
    left = [
        f"{count} {what}"
        for what, count in (("waiting", each.waiting), ("withheld", each.withheld), ("in conflict", each.conflicts))
        if count
    ]
    return f"{each.name:<20} {each.kind:<8} {each.list:<12} {each.mode:<11} {', '.join([batch, *left])}"
