"""Deciding about sharing, from the command line and from the pages."""

from foyer_node.adapters.decision_file import DecisionFile
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import now
from foyer_node.config import NodeConfig
from foyer_node.decisions import Act, Decision, Decisions
from foyer_protocol.errors import ConfigError
from foyer_protocol.ids import is_slug


def decisions_of(config: NodeConfig) -> Decisions:
    """Everything that was decided.

    Raises:
        StorageError: the file is damaged.
    """
    return DecisionFile(config.folder, now).read()


def decide(
    config: NodeConfig, act: Act, *, by: str, round_id: str = "", reason: str = ""
) -> Decision:
    """Write a decision down; a running node obeys it from the next question on.

    Raises:
        ConfigError: no such round was proposed, or the reason is too long; nothing changed.
        StorageError: the disk refused; it may not hold.
    """
    if round_id and not _was_proposed(config, round_id):
        raise ConfigError(
            f"no round {round_id!r} was proposed to this node; nothing was decided",
            hint="Proposals arrive while `foyer-node run` is running.",
        )
    return DecisionFile(config.folder, now).add(act, by=by, round_id=round_id, reason=reason)


def _was_proposed(config: NodeConfig, round_id: str) -> bool:
    return is_slug(round_id) and RoundFiles(config.folder).plan(round_id) is not None
