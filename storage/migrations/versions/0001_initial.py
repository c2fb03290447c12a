"""The first release's tables, triggers, policies and rights."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text()
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("the connection was closed")
    connection.execute(script)  # psycopg's own: many statements at once, and no parameters to look for
