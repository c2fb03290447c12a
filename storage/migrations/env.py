"""Alembic's way in: works on the connection that `storage.migrations.run` opened."""

from alembic import context
from sqlalchemy import Connection

from storage.tables import Base

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
