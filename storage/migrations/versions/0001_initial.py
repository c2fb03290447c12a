"""The first release's tables, triggers, policies and rights."""

from hashlib import sha256
from pathlib import Path

from alembic import op

script = Path(__file__).with_suffix(".sql").read_text()
# Until the first release it is rendered anew when the tables change: a database of other tables is then told apart.
revision = f"0001_{sha256(script.encode()).hexdigest()[:12]}"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("the connection was closed")
    connection.execute(script)  # psycopg's own: many statements at once, and no parameters to look for
