"""The first release's tables, triggers and policies."""

from alembic import op

from storage.migrations.schema import schema_statements
from storage.tables import Base

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in schema_statements(Base.metadata):
        op.execute(statement)
