"""What the tables promise, as SQL: roles, tables, triggers that keep rows, row security, rights."""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

OWNER = "sospeso_owner"
"""Owns every table; works only in `sospeso db upgrade`."""
APP = "sospeso_app"
"""The run time's role: owns nothing, and cannot change what is append-only."""
SEES_ALL = "'manager', 'auditor'"  # rules.access.SEES_ALL
STAFF = "'agent', 'manager', 'auditor', 'admin'"

KEEP_ROWS = """
create function keep_rows() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % stay as they are', tg_table_name using errcode = 'restrict_violation';
end $$
""".strip()


def schema_statements(metadata: MetaData) -> Iterator[str]:
    """Everything but roles and extensions, to be run by OWNER in an empty database, in this order."""
    yield KEEP_ROWS
    for table in metadata.sorted_tables:
        yield from _table(table)
    for table in metadata.sorted_tables:
        yield from _guards(table, metadata)


def _table(table: Table) -> Iterator[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
    yield str(CreateTable(table).compile(dialect=dialect)).strip()
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        yield str(CreateIndex(index).compile(dialect=dialect)).strip()
    for column in table.columns:
        if storage := column.info.get("storage"):  # a clause of CREATE TABLE only since PostgreSQL 16
            yield f"alter table {table.name} alter column {column.name} set storage {storage}"


def _guards(table: Table, metadata: MetaData) -> Iterator[str]:
    rights = "select, insert" if table.info["append_only"] else "select, insert, update, delete"
    yield f"grant {rights} on {table.name} to {APP}"
    if table.info["append_only"]:
        yield f"create trigger keep_rows before update or delete or truncate on {table.name} for each statement execute function keep_rows()"
    if table.info["rls"] is not None:
        yield f"alter table {table.name} enable row level security"
        yield f"alter table {table.name} force row level security"
        yield f"create policy {table.name}_{table.info['rls']} on {table.name} using ({_policy(table, metadata)})"


def _policy(table: Table, metadata: MetaData) -> str:
    seen_by = {"system": "", "staff": _staff, "conversation": _conversation, "party": _party}[table.info["rls"]]
    system = f"{_setting('role')} = 'system'"
    return f"{system} or {seen_by(table, metadata)}" if callable(seen_by) else system


def _staff(_table: Table, _metadata: MetaData) -> str:
    return f"{_setting('role')} in ({STAFF})"


def _conversation(_table: Table, _metadata: MetaData) -> str:
    return "conversation_id in (select id from conversation)"


def _party(table: Table, metadata: MetaData) -> str:
    """The party itself; managers and auditors; agents for their own customers and those nobody has taken yet."""
    column = table.info["party_column"]
    itself = f"({_setting('role')} = 'party' and {column} = {_setting('party')}::uuid)"
    overseers = f"{_setting('role')} in ({SEES_ALL})"
    if table is metadata.tables.get("party"):
        portfolio = f"(agent_id is null or agent_id = {_setting('staff')}::uuid)"
    else:
        portfolio = f"{column} in (select id from party)"
    return f"{itself} or {overseers} or ({_setting('role')} = 'agent' and {portfolio})"


def _setting(name: str) -> str:
    # In a sub-select it is looked up once a statement and not once a row; once set in a session it ends as '' and not as NULL.
    return f"(select nullif(current_setting('sospeso.{name}', true), ''))"
