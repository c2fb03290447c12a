"""Migrations: the same tables as the code's, from an empty database, twice, on a server of one's own."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from storage.migrations.render import INITIAL, render
from storage.migrations.revisions import VERSIONS, revisions
from storage.migrations.run import status, upgrade
from storage.settings import NotConfigured
from storage.tables import Base

SHAPE = """
select 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '') from information_schema.columns where table_schema = 'public'
union all select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
union all select 'policy', tablename, policyname, roles::text || qual from pg_policies where schemaname = 'public'
union all select 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid where not tgisinternal
union all select 'security', relname, relrowsecurity::text, relforcerowsecurity::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
union all select 'right', table_name, grantee, string_agg(privilege_type, ',' order by privilege_type) from information_schema.role_table_grants
  where table_schema = 'public' and grantee = 'sospeso_app' group by 2, 3
union all select 'storage', c.relname, attname, attstorage::text from pg_attribute a join pg_class c on c.oid = attrelid where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0
order by 1, 2, 3, 4
"""


def test_an_upgrade_makes_what_the_tables_say_and_the_second_changes_nothing(empty_database_url: str) -> None:
    assert status(empty_database_url).current is None
    assert upgrade(empty_database_url).is_current
    before = shape(empty_database_url)
    assert upgrade(empty_database_url).is_current
    assert shape(empty_database_url) == before


def test_a_database_of_other_tables_is_told_apart_and_left_alone(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(make_url(empty_database_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("set role sospeso_owner"))
        connection.execute(text("update alembic_version set version_num = '0001'"))
    for use in (status, upgrade):
        with pytest.raises(NotConfigured, match="another state of this program"):
            use(empty_database_url)


def test_the_first_revision_is_rendered_from_the_tables() -> None:
    assert INITIAL.read_text() == render(), "run: python -m storage.migrations.render"


def test_the_newest_revision_is_the_one_that_an_upgrade_ends_at(database_url: str) -> None:
    script = ScriptDirectory(str(VERSIONS.parent))
    assert [each.revision for each in script.walk_revisions()] == revisions()[::-1]
    assert status(database_url).newest == script.get_current_head()


def test_the_tables_are_those_of_the_code(database_url: str) -> None:
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False}), Base.metadata
        )
    assert [difference for difference in found if difference[0] != "remove_table"] == []


def test_every_table_says_who_may_see_it(database_url: str) -> None:
    for table in Base.metadata.sorted_tables:
        assert {"append_only", "rls"} <= table.info.keys(), table.name
    secured = {row[1] for row in shape(database_url) if row[0] == "security" and row[2:] == ("true", "true")}
    assert secured == {table.name for table in Base.metadata.sorted_tables if table.info["rls"]}


def shape(url: str) -> list[tuple[str, ...]]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(SHAPE))]


@pytest.mark.parametrize("role", ["sospeso_owner", "sospeso_app", "sospeso_system"])
def test_the_roles_can_neither_log_in_nor_pass_by_row_security(database_url: str, role: str) -> None:
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        rights = connection.execute(
            text("select rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = :role"),
            {"role": role},
        ).one()
    assert not any(rights)
