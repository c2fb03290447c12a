"""`sospeso subject-access` and `sospeso erase`: what the law gives each customer a right to."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from sospeso.terminal import fail

if TYPE_CHECKING:
    from dialogs.services import Services

Party = Annotated[str, typer.Argument(help="Its id in the clients' export, or the number of one of its receipts.")]


def subject_access(
    party: Party, out: Annotated[Path, typer.Option(metavar="FILE.zip", help="A file of this name is replaced.", dir_okay=False)]
) -> None:
    """Everything held about one party, for programs and for people, with who looked at it; 1 = a document cannot be read in either store."""

    async def write(services: "Services", customer: UUID) -> list[str]:
        from bots.access.archive import write_archive
        from sospeso.exporting import opened

        with opened(out) as file:
            return await write_archive(services, customer, file, who="operator")

    missing = _about(party, write)
    typer.echo(f"{out}: unpack it and open index.html")
    for title in missing:
        typer.echo(f"cannot be read in either document store: {title}", err=True)
    raise typer.Exit(1 if missing else 0)


def erase(
    party: Party,
    reason: Annotated[str, typer.Option(help="Kept with the erasure: no names of customers.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again: two people have decided it.")] = False,
) -> None:
    """Destroys everything about one party but what the law obliges to keep. It cannot be called back."""

    async def erase_one(services: "Services", customer: UUID) -> str:
        from bots.erasing import erase_for_operator

        return await erase_for_operator(services, customer, reason)

    if not yes:
        typer.confirm(f"Erase {party} for good, as two people have decided?", abort=True)
    number = _about(party, erase_one)
    typer.echo(f"erased, certificate {number}: files and mails follow as soon as the program runs")


def _about[T](named: str, act: "Callable[[Services, UUID], Awaitable[T]]") -> T:
    from rules.refusals import Refused
    from sospeso.parts import make_current, open_database, open_services
    from sospeso.settings import load_settings
    from storage.receipts import party_named
    from storage.sealing import ErasedError

    settings = load_settings()

    async def run() -> T:
        async with open_services(settings, addresses) as services:
            async with services.database.transaction() as session:
                customer = await party_named(session, named)
            if customer is None:
                raise LookupError(named)
            return await act(services, customer)

    with open_database(settings) as addresses:
        make_current(addresses)
        try:
            return asyncio.run(run())
        except ErasedError:
            fail("This customer was erased: nothing of theirs can be read.")
        except LookupError:
            fail(f"There is no customer «{named}»: give the id from the clients' export, or a receipt's number such as R-2026-000001.")
        except Refused as refused:
            fail(_told(refused.facts))


def _told(facts: Mapping[str, object]) -> str:
    if facts.get("state") == "policy_runs":
        return f"A policy runs until {facts['until']}: until then the contract needs the data. Erase them afterwards."
    return "Say in 8 to 200 characters on one line why they are erased: --reason."
