"""What is remembered of each source, in one small file that is replaced whole."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path

from foyer_node.adapters.durable import storage_error, write_durably
from foyer_node.importing.schedule import SourceState
from foyer_protocol.errors import StorageError

NAME = "pulls.json"


class PullFiles:
    """The states of all sources."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def states(self) -> dict[str, SourceState]:
        """Every source that was ever tried.

        Raises:
            StorageError: the file is damaged or cannot be read.
        """
        try:
            kept = json.loads(self._path.read_bytes())
            known = {one.name for one in fields(SourceState)}
            return {
                name: SourceState(**{key: value for key, value in state.items() if key in known})
                for name, state in kept.items()
            }
        except FileNotFoundError:
            return {}
        except OSError as failure:
            raise storage_error(self._path, failure) from failure
        except (ValueError, AttributeError, TypeError):
            raise StorageError(
                f"{NAME} is damaged; nothing was pulled.",
                hint="Delete it: everything is then asked for again, which changes nothing.",
            ) from None

    def keep(self, name: str, state: SourceState) -> None:
        """Replace the state of one source, on the disk when this returns."""
        states: Mapping[str, SourceState] = {**self.states(), name: state}
        kept = {one: asdict(state) for one, state in states.items()}
        write_durably(self._path, json.dumps(kept, indent=1, sort_keys=True).encode())
