"""What the coordinator is told of this node: a state, and the month that its data reach.

A running node asks for it in a process of its own (`python -m foyer_node.data_status FOLDER`):
the store's engine takes some 45 MB for as long as its process lives, and the node lives for
months in which it waits.
"""

import subprocess
import sys
from datetime import date
from pathlib import Path

from foyer_node.adapters.decision_file import DecisionFile
from foyer_node.app import now, reading_store
from foyer_node.config import NodeConfig, read_config
from foyer_node.holdings import STORE_NAME
from foyer_node.standing import NO_DATA
from foyer_protocol.errors import ConfigError, FoyerError, NothingImported, StorageError

PAUSED, READY = "paused", "ready"
_SECONDS = 60.0

Status = tuple[str, date | None]


def data_status(config: NodeConfig) -> Status:
    """The state, and the first day of the month of the last order.

    Only the month: the day of the last order could be one visitor's.

    Raises:
        StorageError: the store cannot be opened, for instance while something is imported.
    """
    if _is_paused(config):
        return PAUSED, None
    try:
        with reading_store(config) as store:
            until = store.data_until()
    except (NothingImported, ConfigError):
        return NO_DATA, None
    return (READY, until.replace(day=1)) if until else (NO_DATA, None)


def status_aside(config: NodeConfig) -> Status:
    """As `data_status`, without the store's engine in this process.

    Raises:
        StorageError: the store cannot be opened, or no process could be started.
    """
    if _is_paused(config):
        return PAUSED, None
    if not config.path(STORE_NAME).exists():
        return NO_DATA, None
    command = [sys.executable, "-m", "foyer_node.data_status", str(config.folder)]
    try:
        done = subprocess.run(  # noqa: S603 - this very program
            command, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
        state, day = done.stdout.split(" ")
        return state, date.fromisoformat(day.strip()) if day.strip() else None
    except (OSError, subprocess.SubprocessError, ValueError):
        raise StorageError(
            "how far the data reach could not be found out; nothing was told",
            hint="`foyer-node doctor` says what is wrong with the store.",
        ) from None


def _is_paused(config: NodeConfig) -> bool:
    return config.policy.paused or DecisionFile(config.folder, now).is_paused()


def main(folder: Path) -> int:
    """Print the state and the day; the exit status of a refusal."""
    try:
        state, until = data_status(read_config(folder))
    except FoyerError as refusal:
        return refusal.exit_status
    sys.stdout.write(f"{state} {until or ''}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
