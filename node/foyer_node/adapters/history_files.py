"""This node's copy of the network's history, as files that are on the disk at once."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from foyer_node.adapters.durable import append_durably, read_lines, write_durably
from foyer_protocol.errors import RemoteProtocolError, StorageError
from foyer_protocol.messages.history import History, HistoryEntry, verify_history

ALARM_NAME = "history-alarm.json"
"""There while rounds are stopped; a steward moves it away."""


class HistoryFiles:
    """Implements `ports.HistoryStore` in one folder of a node."""

    def __init__(self, folder: Path) -> None:
        self._entries = folder / "history.jsonl"
        self._witnesses = folder / "history-witnesses.json"
        self._alarm = folder / ALARM_NAME

    def history(self) -> History:
        """Read our copy and verify its chain.

        Raises:
            StorageError: an entry was altered or is missing.
        """
        try:
            entries = [HistoryEntry.from_json(line) for line in read_lines(self._entries)]
            return verify_history(History(), entries)
        except RemoteProtocolError as refusal:
            raise StorageError(
                f"history.jsonl is damaged: {refusal.message}",
                hint="Move the file away: the coordinator sends the whole history again.",
            ) from None

    def extend_history(self, entries: Sequence[HistoryEntry]) -> None:
        """Add entries that were verified, flushed; a crash leaves whole entries only."""
        if entries:
            append_durably(self._entries, b"\n".join(entry.to_json() for entry in entries))

    def witnesses(self) -> Mapping[str, int]:
        """Who saw the same history as we did, and how long it then was."""
        try:
            return {name: int(at) for name, at in json.loads(self._witnesses.read_bytes()).items()}
        except FileNotFoundError:
            return {}

    def keep_witnesses(self, agreed: Mapping[str, int]) -> None:
        """Keep who agreed."""
        if dict(agreed) != self.witnesses():
            write_durably(self._witnesses, json.dumps(dict(agreed), sort_keys=True).encode())

    def alarm(self) -> str:
        """What contradicted our copy first, or nothing."""
        try:
            return str(json.loads(self._alarm.read_bytes())["found"])
        except FileNotFoundError:
            return ""
        except (ValueError, KeyError):
            return "history-alarm.json is there and cannot be read"

    def keep_alarm(self, found: str, evidence: bytes) -> None:
        """Keep the first contradiction, with the very bytes that the coordinator signed."""
        if not self._alarm.exists():
            note = {"found": found, "evidence": evidence.hex()}
            write_durably(self._alarm, json.dumps(note, indent=1).encode())
