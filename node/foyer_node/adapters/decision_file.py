"""Decisions about sharing on the disk: one line each, in the node's folder."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from foyer_node.adapters.durable import append_durably, read_lines
from foyer_node.decisions import ABOUT_ROUNDS, Act, Decision, Decisions
from foyer_protocol.errors import ConfigError, StorageError

NAME = "decisions.jsonl"
MOST_REASON = 500


class DecisionFile:
    """The file of a node's folder."""

    def __init__(self, folder: Path, clock: Callable[[], int]) -> None:
        self._path = folder / NAME
        self._clock = clock

    def read(self) -> Decisions:
        """Every decision.

        Raises:
            StorageError: a line is damaged. Nothing may be shared until it is mended.
        """
        try:
            return Decisions(all=tuple(_decision(line) for line in read_lines(self._path)))
        except (ValueError, TypeError, KeyError):
            raise StorageError(
                f"{NAME} is damaged: what was decided about sharing cannot be told",
                hint="Restore it from a backup, or move it away and decide again.",
            ) from None

    def is_paused(self) -> bool:
        """Whether nothing is shared: also where it cannot be told, for then nothing is either."""
        try:
            return self.read().pause is not None
        except StorageError:
            return True

    def add(self, act: Act, *, by: str, round_id: str = "", reason: str = "") -> Decision:
        """Write a decision down, flushed.

        Raises:
            ConfigError: a round is named where none belongs, or the reason is too long;
                nothing was decided.
            StorageError: the disk refused; it may not hold.
        """
        if (act in ABOUT_ROUNDS) is not bool(round_id):
            raise ConfigError(f"to {act} takes {'a' if act in ABOUT_ROUNDS else 'no'} round")
        if len(reason) > MOST_REASON:
            raise ConfigError(
                f"the reason has {len(reason)} characters; at most {MOST_REASON} are kept,"
                " and nothing was decided"
            )
        made = Decision(at=self._clock(), act=act, round_id=round_id, reason=reason, by=by)
        append_durably(self._path, json.dumps(asdict(made), sort_keys=True).encode())
        if made not in self.read().all:  # somebody else decided in the very same moment
            raise StorageError(
                "two decisions were written at once; this one does not hold",
                hint="Decide again.",
            )
        return made


def _decision(line: bytes) -> Decision:
    facts = json.loads(line)
    return Decision(**(facts | {"act": Act(facts["act"])}))
