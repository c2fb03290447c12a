"""The first release's tables, triggers, policies and rights."""

from pathlib import Path

from alembic import op

from storage.migrations.revisions import revision_of

script = Path(__file__).with_suffix(".sql")
revision = revision_of(script)
down_revision = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("the connection was closed")
    connection.execute(script.read_text())  # psycopg's own: many statements at once, and no parameters to look for
