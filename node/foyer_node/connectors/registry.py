"""The connectors there are. To add one: a module, a line here, and its golden export."""

from collections.abc import Sequence

from foyer_node.connectors.connector import Connector
from foyer_node.connectors.generic import GenericConnector
from foyer_node.connectors.pretix import PretixConnector
from foyer_node.ports import Table
from foyer_protocol.errors import ConnectorError

CONNECTORS: dict[str, Connector] = {
    connector.name: connector for connector in (PretixConnector(), GenericConnector())
}
"""By the name used in `foyer-node import --from NAME`."""


def choose(tables: Sequence[Table], name: str | None = None) -> tuple[Connector, Table]:
    """The connector and the table of a file that fit best; `name` settles the connector.

    Raises:
        ConnectorError: no connector is called `name`.
    """
    if name is not None and name not in CONNECTORS:
        raise ConnectorError(
            f"No connector is called {name!r}; nothing was imported.",
            hint=f"Connectors are {', '.join(CONNECTORS)}.",
        )
    connectors = [CONNECTORS[name]] if name else list(CONNECTORS.values())
    fits = [(c.recognises(t.header), c, t) for t in tables for c in connectors]
    _, connector, table = max(fits, key=lambda fit: fit[0])
    return connector, table
