"""How Alembic reaches the database: over the connection that bot/store/migrate.py hands it."""

from __future__ import annotations

from alembic import context

from bot.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
