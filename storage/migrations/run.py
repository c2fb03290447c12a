"""`upgrade` and `status` of a database, as its owner.

The login given may be a superuser, or one that may make roles and owns the database. It makes three roles that cannot log in:
`sospeso_owner`, to which every table belongs, and the run time's `sospeso_app` and `sospeso_system` (storage.migrations.schema). The
running program takes one of these as it works (`storage.database`); in production give it a login of its own that is a member of nothing
but `sospeso_system`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from storage.database import psycopg_url
from storage.migrations.revisions import revisions
from storage.migrations.schema import APP, OWNER, SYSTEM
from storage.settings import NotConfigured

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_361_202_611  # two upgrades at once wait for each other
PREPARE = (
    f"grant {OWNER} to current_user",
    f"grant {SYSTEM} to current_user",
    f"grant {APP} to {SYSTEM}, current_user",
    "create extension if not exists pg_trgm",
    f"grant create, usage on schema public to {OWNER}",
    f"grant usage on schema public to {APP}",
)


@dataclass(frozen=True, slots=True)
class Status:
    current: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        return self.current == self.newest


def upgrade(url: str) -> Status:
    """Brings the tables of ours and of the jobs to the newest revision; nothing to do = nothing done. Raises NotConfigured likewise."""
    from alembic import command  # not where there is nothing to do

    status(url)
    with _connection(url) as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        try:
            _prepare(connection)
            connection.execute(text(f"set role {OWNER}"))
            connection.commit()
            command.upgrade(_config(connection), "head")
            connection.execute(text(f"grant select on alembic_version to {APP}"))
            connection.commit()
            _upgrade_jobs(url)
        finally:
            connection.rollback()
            connection.execute(text("reset role"))
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()
    return status(url)


def prepare(url: str) -> None:
    """The roles that tables belong and answer to, in a database that has no table yet."""
    with _connection(url) as connection:
        _prepare(connection)


def status(url: str) -> Status:
    """Raises NotConfigured for a database of a revision that is none of ours."""
    known = revisions()
    with _connection(url) as connection:
        is_there = connection.scalar(text("select to_regclass('alembic_version') is not null"))
        current = connection.scalar(text("select version_num from alembic_version")) if is_there else None
    if current is not None and current not in known:
        raise NotConfigured("The database was made by another state of this program: give it an empty one, the demo with --fresh.")
    return Status(current, known[-1])


def _prepare(connection: Connection) -> None:
    for role in (OWNER, APP, SYSTEM):
        if not connection.scalar(text("select true from pg_roles where rolname = :role"), {"role": role}):
            connection.execute(text(f"create role {role} nologin"))
    for statement in PREPARE:
        connection.execute(text(statement))
    database = connection.dialect.identifier_preparer.quote(str(connection.scalar(text("select current_database()"))))
    connection.execute(text(f"grant create, temporary on database {database} to {OWNER}"))
    connection.commit()


def _upgrade_jobs(url: str) -> None:
    from dbos import DBOS

    logging.getLogger("dbos").setLevel(logging.WARNING)  # it tells each of its hundred steps, with the address
    DBOS.migrate(psycopg_url(url, role=OWNER), schema="dbos", application_role=APP)


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "storage:migrations")
    return config
