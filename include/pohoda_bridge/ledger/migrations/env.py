"""Alembic's entry: runs the migrations on the connection that the ledger hands over."""

from alembic import context

from pohoda_bridge.ledger.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, transaction_per_migration=False, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
