"""One's own figures without a network: what a house sees on the day of its first import."""

from datetime import date

from foyer_node.config import NodeConfig
from foyer_node.web.local_files import LocalFiles
from foyer_node.web.node_views import Shown, show_own
from foyer_protocol.errors import NothingImported


def own_overview(config: NodeConfig, today: date) -> Shown:
    """Exact figures of the last twelve full months of the node in `config.folder`.

    Needs no membership, opens no connection and writes nothing.

    Raises:
        NothingImported: there are no orders to compute on, or an import is running.
    """
    node = LocalFiles(config, today=lambda: today)
    period = node.last_year()
    if period is None:
        raise NothingImported(
            "no orders can be read; nothing was computed",
            hint="Import an export with `foyer-node import FILE --apply`, then try again.",
        )
    return show_own(node, period)
