"""Putting the rooms together: where the database is, and what the parts of the program share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from storage.database import Database
from storage.embedded import EmbeddedServer
from storage.migrations.schema import SYSTEM
from storage.settings import NotConfigured, Settings

if TYPE_CHECKING:
    from dialogs.services import Services
    from dialogs.turn import Interpret
    from forms.catalogue import Catalogue
    from storage.documents import DocumentStores


ANSWER_S = 10


@dataclass(frozen=True, slots=True)
class Addresses:
    """`owner` migrates, `app` runs. On a server of one's own they are the one address given."""

    owner: str
    app: str
    is_embedded: bool
    server: EmbeddedServer | None = field(default=None, repr=False)
    """The embedded one that this process owns, and must keep."""

    def told(self) -> "Addresses":
        """For another process, which owns nothing."""
        return replace(self, server=None)


@contextmanager
def open_database(settings: Settings, *, own: bool = False) -> Iterator[Addresses]:
    """The database given, or the embedded one: joined where it runs, else started for our own time. `own` = it must not run yet."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        _must_answer(url)
        yield Addresses(url, url, is_embedded=False)
        return
    server = EmbeddedServer(settings.home / "database")
    if own:
        server.start()
    else:
        server.join()
    try:
        _ensure_database(server.url("postgres"))
        yield Addresses(server.url(), server.url(user=SYSTEM), is_embedded=True, server=server if server.pid is not None else None)
    finally:
        server.stop()


def make_current(addresses: Addresses) -> None:
    """Migrates an embedded database; of another it demands that `sospeso db upgrade` was run."""
    from storage.migrations.run import status, upgrade  # here: the jobs' process migrates nothing and spares 10 MB

    if not addresses.is_embedded:
        if not status(addresses.app).is_current:
            raise NotConfigured("The database is not of this release: run `sospeso db upgrade`.")
        return
    if not status(addresses.owner).is_current:
        upgrade(addresses.owner)
    let_in(addresses)


def let_in(addresses: Addresses) -> None:
    """The program's own role into an embedded server, which nobody but this account reaches. At every start: a restore may have been cut
    off before it came to this."""
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute(f"alter role {SYSTEM} login")


@asynccontextmanager
async def open_services(
    settings: Settings, addresses: Addresses, *, is_demo: bool = False, catalogue: "Catalogue | None" = None
) -> AsyncIterator["Services"]:
    """Without a catalogue already loaded it loads the house's own, and keeps a copy of it in either case."""
    from bots.printing import Printers
    from bots.sealing import seal_of
    from dialogs.services import Services
    from dialogs.turn import Turns
    from forms.programs import Programs
    from storage.keys import Keys
    from storage.turns import TurnStore

    settings.secret("secret_key")
    keys = Keys(settings.master)
    entries, most_bytes = settings.cache_limits
    catalogue = _asked_by(settings, catalogue)
    database = Database(addresses.app)
    printers, lookers = Printers(), Printers()  # no process is started before something is printed; strangers' files hold up no paper
    try:
        async with TurnStore(database, keys, cache_entries=entries, cache_bytes=most_bytes) as turn_store:
            yield Services(
                settings=settings,
                database=database,
                keys=keys,
                turn_store=turn_store,
                turns=Turns(database, turn_store, catalogue, settings, keys=keys, interpret=_interpreter(settings)),
                catalogue=catalogue,
                documents=_stores(settings),
                print_paper=partial(printers.print_paper, seal=seal_of(settings)),
                is_demo=is_demo,
                look_at_seal=partial(lookers.look_at_seal, seal=seal_of(settings)),
                programs=Programs.load(settings.catalogue_folder, catalogue),
            )
    finally:
        await asyncio.to_thread(printers.close)
        await asyncio.to_thread(lookers.close)
        await database.close()


def _stores(settings: Settings) -> "DocumentStores":
    from obstore.exceptions import BaseError

    from storage.documents import DocumentStores

    try:
        return DocumentStores(settings.documents_url, settings.documents_copy_url)
    except (BaseError, ValueError) as error:  # its own words are lines, and may hold what the environment says of keys
        raise NotConfigured(
            "SOSPESO_DOCUMENTS_URL or SOSPESO_DOCUMENTS_COPY_URL cannot be opened: "
            "write file:///folder, or s3://bucket/folder with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION."
        ) from error


def _asked_by(settings: Settings, catalogue: "Catalogue | None") -> "Catalogue":
    """The one given, or the house's own; kept, so that what is asked by it can be read for ever. Raises NotConfigured for other money."""
    from forms.catalogue import freeze, load_catalogue

    if catalogue is None:
        overlay = settings.catalogue_folder if settings.catalogue_folder.is_dir() else None
        catalogue = load_catalogue(overlay, settings.languages, settings.versions_folder, settings.countries)
    if other := catalogue.in_other_money(settings.currency):
        raise NotConfigured(
            f"SOSPESO_CURRENCY is {settings.currency}, and these name amounts in another currency: {', '.join(other)}. "
            f"Put your own in {settings.catalogue_folder}, or set the currency they are in. What was asked in one currency stays in it."
        )
    for edition in catalogue.editions.values():
        freeze(edition, settings.versions_folder)
    return catalogue


def _interpreter(settings: Settings) -> "Interpret | None":
    if settings.rasa_url is None:
        return None
    from bots.rasa.nlu import Interpreter

    return Interpreter(settings.rasa_url)


def _must_answer(url: str) -> None:
    try:
        address = make_url(url)
        given = address.translate_connect_args(username="user", database="dbname") | dict(address.query)
        psycopg.connect(**given, connect_timeout=ANSWER_S).close()
    except (ArgumentError, psycopg.Error) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise NotConfigured(f"The database of SOSPESO_DATABASE_URL does not answer: {reason}.") from error


def _ensure_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        if admin.execute("select from pg_database where datname = 'sospeso'").fetchone() is None:
            admin.execute("create database sospeso")
