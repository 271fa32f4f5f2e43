"""Runs the migrations on the connection that `core.migrate` gives."""

from alembic import context

import fieldsvc.domain.tables  # noqa: F401  (registers every table)
from fieldsvc.core.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
