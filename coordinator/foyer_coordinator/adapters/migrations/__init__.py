"""The database's history. `upgrade` brings any earlier state to the present one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from foyer_coordinator.adapters.database import Database
from foyer_protocol.errors import StorageError


def upgrade(url: str) -> None:
    """Make or migrate the database at `url`, in one transaction.

    Raises:
        ConfigError: the URL names no database that we support.
        StorageError: the database failed, or it was made by a newer version; nothing changed.
    """
    database = Database(url)
    try:
        with database.reading() as connection:  # commands need not wait for a busy server
            if MigrationContext.configure(connection).get_current_revision() == head():
                return
        with database.writing() as connection:
            command.upgrade(_settings(connection), "head")
    except CommandError as failure:
        raise StorageError(
            f"the coordinator's database could not be brought up to date: {failure};"
            f" this program knows up to {head()}; nothing was changed",
            hint="Install the newer foyer-coordinator again.",
        ) from failure
    finally:
        database.close()


def head() -> str:
    """The name of the newest state."""
    return ScriptDirectory.from_config(_settings(None)).get_current_head() or ""


def _settings(connection: Connection | None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings
