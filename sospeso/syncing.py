"""`sospeso sync`: the agency's other programs, for whoever runs this machine."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from sospeso.terminal import Json, fail

if TYPE_CHECKING:
    from bots.sync.running import Arrival, Standing
    from dialogs.services import Services

sync = typer.Typer(help="Other programs that are kept in step, or hand lists over: catalog/sync/NAME.yaml.")

Name = Annotated[str, typer.Argument(help="Of its file, without .yaml.")]


@sync.command("list")
def sync_list(as_json: Json = False) -> None:
    """Each program and how it stands; 1 = one was given up, has conflicts, left a file that was refused, or its folder is out of reach."""
    from bots.sync.running import arrivals, standings

    async def all_of(services: "Services") -> "tuple[tuple[Standing, ...], tuple[Arrival, ...]]":
        return await standings(services), await arrivals(services)

    told, came = _with(all_of)
    lines = [*map(_told, told), *map(_came, came)]
    typer.echo(_as_json(*told, *came) if as_json else "\n".join(lines) or _none())
    raise typer.Exit(1 if any(each.is_wrong for each in told) or any(each.error for each in came) else 0)


@sync.command("run")
def sync_run(name: Name, as_json: Json = False) -> None:
    """Looks for what has changed and sends it, or for lists that lie there and reads them; 1 = not taken, in conflict, or refused."""
    from bots.sync.running import Arrival, pick_up_now, run_now

    async def run(services: "Services") -> "Standing | Arrival":
        if name in services.sources:
            return await pick_up_now(services, name)
        return await run_now(_known(services, name), name)

    try:
        done = _with(run)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        fail(f"The folder of {name} is out of reach: {error.filename}")
    typer.echo(_as_json(done) if as_json else _came(done) if isinstance(done, Arrival) else _told(done))
    raise typer.Exit(1 if done.error or (not isinstance(done, Arrival) and done.is_wrong) else 0)


@sync.command("release")
def sync_release(name: Annotated[str | None, typer.Argument(help="Of its file, without .yaml; default: every target.")] = None) -> None:
    """Releases all that waits; the console shows what it is, and releases single records."""
    from bots.sync.running import release_waiting

    async def release(services: "Services") -> dict[str, int]:
        names = sorted(services.targets) if name is None else [name]
        return {each: await release_waiting(_known(services, each), each) for each in names}

    lines = [
        f"{each}: {rows} released; they leave as soon as the program runs, or by `sospeso sync run {each}`"
        for each, rows in _with(release).items()
    ]
    typer.echo("\n".join(lines) or _none())


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
        known = sorted({*services.targets, *services.sources})
        there = f"there is {', '.join(known)}" if known else _none()
        fail(f"There is no target «{name}»: {there}.")
    return services


def _none() -> str:
    return "no target yet, docs/synchronisation.md shows a file to begin with"


def _as_json(*found: "Standing | Arrival") -> str:
    return json.dumps([asdict(each) for each in found], indent=1, default=lambda at: at.isoformat())


def _came(each: "Arrival") -> str:
    last = f"last file {each.last_at:%Y-%m-%d %H:%M} UTC" if each.last_at else "no file of late"  # they are forgotten after a while
    return f"{each.name:<20} {each.kind:<8} {last}{f' ({each.error})' if each.error else ''}"


def _told(each: "Standing") -> str:
    batch = f"batch {each.number} {each.state}{f' ({each.error})' if each.error else ''}" if each.number else "nothing sent yet"
    left = [
        f"{count} {what}"
        for what, count in (("waiting", each.waiting), ("withheld", each.withheld), ("in conflict", each.conflicts))
        if count
    ]
    return f"{each.name:<20} {each.kind:<8} {each.list:<12} {each.mode:<11} {', '.join([batch, *left])}"
