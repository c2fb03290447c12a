"""What the tables promise, as SQL: roles, tables, triggers that keep rows, row security, rights."""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.tables.base import NOBODY

OWNER = "sospeso_owner"
"""Owns every table; works only in `sospeso db upgrade`."""
APP = "sospeso_app"
"""The run time's role where a person asks, for row security to look at: owns nothing, and cannot change what is append-only."""
SYSTEM = "sospeso_system"
"""The run time's role for turns and jobs: a member of APP that sees every row. A role of its own, and not a setting that the policies
look at: those bring a statement on three tables a hundred sub-plans, a third of the processor time it takes to write a turn."""
SEES_ALL = "'manager', 'auditor'"  # rules.access.SEES_ALL
READS_AUDIT = "'manager', 'auditor', 'admin'"  # Action.READ_AUDIT of rules.access.ALLOWED
STAFF = "'agent', 'manager', 'auditor', 'admin'"

KEEP_ROWS = """
create function keep_rows() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % stay as they are', tg_table_name using errcode = 'restrict_violation';
end $$
""".strip()

# A submission carries its customer's agent, so that row security and the queue compare one column of the row itself.
# The customer's row is locked meanwhile: a hand-over at the same moment comes before or after, never between.
AGENT_OF_SUBMISSION = (
    f"""
create function take_agent() returns trigger language plpgsql as $$
begin
  select coalesce(agent_id, '{NOBODY}') into new.agent_id from party where id = new.party_id for share;
  return new;
end $$
""".strip(),
    "create trigger take_agent before insert or update of party_id, agent_id on submission for each row execute function take_agent()",
    f"""
create function hand_over() returns trigger language plpgsql as $$
begin
  update submission set agent_id = coalesce(new.agent_id, '{NOBODY}') where party_id = new.id;
  return null;
end $$
""".strip(),
    "create trigger hand_over after update of agent_id on party for each row execute function hand_over()",
)
# Row security keeps every index on names unused (LIKE is not leakproof). So the names lie once more in `party_name`, which nobody may
# read; a function of the owner's finds in it, and looks at role and portfolio itself.
NAMES = (
    r"""
create function fold_name(name text) returns text language sql immutable strict parallel safe
as $$ select regexp_replace(normalize(lower(name), nfkd), '[\u0300-\u036f]', '', 'g') $$
""".strip(),
    """
create function keep_name() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.display_name is null then
    delete from party_name where party_id = new.id;
  else
    insert into party_name values (new.id, new.agent_id, fold_name(new.display_name))
    on conflict (party_id) do update set agent_id = excluded.agent_id, folded = excluded.folded;
  end if;
  return null;
end $$
""".strip(),
    "create trigger keep_name after insert or update of display_name, agent_id on party for each row execute function keep_name()",
    rf"""
create function parties_named(part text, most integer) returns setof uuid
language plpgsql stable security definer set search_path = public, pg_temp set enable_bitmapscan = on set enable_seqscan = on as $$
declare
  who text := nullif(current_setting('sospeso.role', true), '');
  me uuid := nullif(current_setting('sospeso.staff', true), '')::uuid;
begin
  return query execute $find$
    select party_id from party_name where folded like $1
    and ($2 in ('system', {SEES_ALL}) or ($2 = 'agent' and (agent_id is null or agent_id = $3))) limit $4
  $find$ using '%' || regexp_replace(fold_name(part), '([\\%_])', '\\\1', 'g') || '%', who, me, most;
end $$
""".strip(),
    "revoke all on function parties_named(text, integer), keep_name() from public",
    f"grant execute on function parties_named(text, integer) to {APP}",
)


def schema_statements(metadata: MetaData) -> Iterator[str]:
    """Everything but roles and extensions, to be run by OWNER in an empty database, in this order."""
    yield KEEP_ROWS
    for table in metadata.sorted_tables:
        yield from _table(table)
    yield from AGENT_OF_SUBMISSION
    yield from NAMES
    for table in metadata.sorted_tables:
        yield from _guards(table)


def _table(table: Table) -> Iterator[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
    yield str(CreateTable(table).compile(dialect=dialect)).strip()
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        yield str(CreateIndex(index).compile(dialect=dialect)).strip()
    for column in table.columns:
        if storage := column.info.get("storage"):  # a clause of CREATE TABLE only since PostgreSQL 16
            yield f"alter table {table.name} alter column {column.name} set storage {storage}"


def _guards(table: Table) -> Iterator[str]:
    if table.info["is_private"]:
        return
    refused = "update or delete or truncate" if table.info["append_only"] else "delete or truncate" if table.info["is_kept"] else ""
    rights = [right for right in ("select", "insert", "update", "delete") if right not in refused]
    yield f"grant {', '.join(rights)} on {table.name} to {APP}"
    if refused:
        yield f"create trigger keep_rows before {refused} on {table.name} for each statement execute function keep_rows()"
    if table.info["rls"] is not None:
        yield f"alter table {table.name} enable row level security"
        yield f"alter table {table.name} force row level security"
        yield f"create policy {table.name}_system on {table.name} to {SYSTEM}, {OWNER} using (true)"
        if table.info["rls"] != "system":
            yield f"create policy {table.name}_{table.info['rls']} on {table.name} to {APP} using ({_policy(table)})"


def _policy(table: Table) -> str:
    seen_by = {
        "staff": _staff,
        "own": _own,
        "preparer": _preparer,
        "conversation": _conversation,
        "party": _party,
        "visitor": _visitor,
    }
    return seen_by[table.info["rls"]](table)


def _staff(_table: Table) -> str:
    return f"{_setting('role')} in ({STAFF})"


def _own(_table: Table) -> str:
    return f"{_setting('role')} in ({READS_AUDIT}) or ({_setting('role')} = 'agent' and colleague_id = {_setting('staff')}::uuid)"


def _preparer(_table: Table) -> str:
    return _colleagues(f"colleague_id = {_setting('staff')}::uuid")


def _conversation(table: Table) -> str:
    return f"exists (select from conversation where conversation.id = {table.name}.conversation_id)"


def _party(table: Table) -> str:
    """The party itself; managers and auditors; agents for their own customers and those nobody has taken yet."""
    itself = f"({_setting('role')} = 'party' and {table.info['party_column']} = {_setting('party')}::uuid)"
    return f"{itself} or {_colleagues(_portfolio(table))}"


def _visitor(table: Table) -> str:
    """As a party's, for colleagues only; what no party has caused is every colleague's."""
    return _colleagues(f"({table.info['party_column']} is null or {_portfolio(table)})")


def _colleagues(portfolio: str) -> str:
    return f"{_setting('role')} in ({SEES_ALL}) or ({_setting('role')} = 'agent' and {portfolio})"


def _portfolio(table: Table) -> str:
    if "agent_id" in table.columns:
        nobodys = "agent_id is null" if table.columns["agent_id"].nullable else f"agent_id = '{NOBODY}'"
        return f"({nobodys} or agent_id = {_setting('staff')}::uuid)"
    # row by row: a list of the whole portfolio takes seconds to make
    return f"exists (select from party where party.id = {table.name}.{table.info['party_column']})"


def _setting(name: str) -> str:
    # In a sub-select it is looked up once a statement and not once a row; once set in a session it ends as '' and not as NULL.
    return f"(select nullif(current_setting('sospeso.{name}', true), ''))"
