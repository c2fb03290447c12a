"""What commands share: the one sentence of a failure, a transaction for their own time."""

import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Json = Annotated[bool, typer.Option("--json", help="For programs.")]


def fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(2)


def in_transaction[T](run: Callable[["AsyncSession"], Coroutine[Any, Any, T]]) -> T:  # Any: what a coroutine sends and receives
    import asyncio

    from sospeso.parts import make_current, open_database
    from sospeso.settings import load_settings
    from storage.database import Database

    async def run_within(url: str) -> T:
        database = Database(url)
        try:
            async with database.transaction() as session:
                return await run(session)
        finally:
            await database.close()

    with open_database(load_settings()) as addresses:
        make_current(addresses)
        return asyncio.run(run_within(addresses.app))
