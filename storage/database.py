"""The database as the running program uses it: the transactions everybody writes in, and single statements for jobs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, Literal

import asyncpg
import orjson
from sqlalchemy import bindparam, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from storage.connections import LOST
from storage.migrations.schema import APP, SYSTEM

type Role = Literal["system", "party", "agent", "manager", "auditor", "admin"]
"""Who asks, for row security: `system` (turns, jobs, the command line), the `party` itself, or a colleague by their rule in rules.access."""

BEGIN = select(
    func.set_config("role", bindparam("works_as"), True),
    *(func.set_config(f"sospeso.{name}", bindparam(name), True) for name in ("role", "staff", "party")),
)

WHO = select(func.current_setting("role"), func.current_setting("sospeso.role"))
SWITCH = select(func.set_config("role", bindparam("works_as"), True), func.set_config("sospeso.role", bindparam("role"), True))


SHUT_DOWN = frozenset({"57P01", "57P02", "57P03"})  # by an administrator, by a crash; and not yet back
NO_ROOM = "53"  # PostgreSQL's class of errors (Appendix A): disk, memory, connections


class Database:
    """`url` as in SOSPESO_DATABASE_URL. Whoever logs in works as `sospeso_app`, or for the system as `sospeso_system`: both own nothing."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine = _engine(url, pool_size)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._alone = _engine(url, pool_size, {"role": SYSTEM}, isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self, role: Role = "system", *, staff: object = None, party: object = None) -> AsyncIterator[AsyncSession]:
        """Commits at the end, rolls back on any exception.

        The first statement is SQLAlchemy's: only then do statements on the driver's own connection belong to this transaction."""
        async with self._sessions.begin() as session:
            works_as = SYSTEM if role == "system" else APP
            await session.execute(BEGIN, {"works_as": works_as, "role": role, "staff": str(staff or ""), "party": str(party or "")})
            yield session

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[AsyncSession]:
        """For jobs, as `system`: each statement is a transaction of its own, and spares three others that begin, tell the role and commit."""
        async with AsyncSession(self._alone, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        await self.engine.dispose()
        await self._alone.dispose()


@asynccontextmanager
async def as_system(session: AsyncSession) -> AsyncIterator[None]:
    """Within somebody's own transaction: for what their action needs to know and they may not see, so that both hold or neither."""
    await session.flush()  # what they did themselves is held against their own rights
    works_as, role = (await session.execute(WHO)).one()
    await session.execute(SWITCH, {"works_as": SYSTEM, "role": "system"})
    try:
        yield
    except DBAPIError:
        raise  # the transaction is lost, and what was switched with it: a further statement would only hide why
    except BaseException:
        await session.execute(SWITCH, {"works_as": works_as, "role": role})
        raise
    await session.execute(SWITCH, {"works_as": works_as, "role": role})


async def driver_connection(session: AsyncSession) -> asyncpg.Connection:
    """The session's own connection, inside its transaction: `Database.transaction` has run SQLAlchemy's first statement. For what somebody
    waits for: a statement there takes a third of the time. What the session still holds must be flushed first."""
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection


def is_cut(error: BaseException) -> bool:
    """The connection was lost, or none was to be had; with what was asked nothing is wrong, and whether it was done nobody knows."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or state.startswith("08") or state in SHUT_DOWN
    return isinstance(error, LOST) and not isinstance(error, asyncpg.QueryCanceledError)


def is_away(error: BaseException) -> bool:
    """It was cut off; or the server has no room for it now, a disk that is full for one: nothing was done, and the same may be asked again."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return is_cut(error) or str(getattr(told, "sqlstate", None) or "").startswith(NO_ROOM)


def psycopg_url(url: str, *, role: str) -> str:
    """The same address for the jobs' own driver, taking `role` as it connects."""
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    return parsed.update_query_dict({"options": f"-c role={role}"}).render_as_string(hide_password=False)


def _engine(url: str, pool_size: int, settings: Mapping[str, str] = MappingProxyType({}), **more: str) -> AsyncEngine:
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        hide_parameters=True,  # an error's text ends in the log; what was to be stored must not
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"server_settings": {"role": APP, "application_name": "sospeso", **settings}},
        json_serializer=_json,
        json_deserializer=orjson.loads,
        **more,
    )
    event.listen(engine.sync_engine, "checkout", _must_be_open)
    return engine


def _must_be_open(connection: Any, _record: object, _proxy: object) -> None:  # Any: SQLAlchemy's own face of the driver's connection
    """What a server that restarted has cut is replaced before anybody uses it. The driver knows: to ask the server would cost each a round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("cut while it was idle")


def _json(value: Any) -> str:  # Any: whatever JSON holds
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
