"""How Alembic runs the steps: on the connection that `upgrade` hands over."""

from alembic import context

from foyer_coordinator.adapters.database_account_tables import PERSON

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=PERSON.metadata,
    transactional_ddl=True,  # SQLite can, once the driver is kept from committing by itself
)
with context.begin_transaction():
    context.run_migrations()
