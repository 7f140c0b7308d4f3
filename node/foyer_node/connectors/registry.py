"""The connectors there are. To add one: a module, a line here, and its golden export."""

from foyer_node.connectors.aggregates import AGGREGATES
from foyer_node.connectors.agile import AGILE
from foyer_node.connectors.archtics import ARCHTICS
from foyer_node.connectors.audienceview import AUDIENCEVIEW
from foyer_node.connectors.billetweb import BILLETWEB
from foyer_node.connectors.connector import Connector
from foyer_node.connectors.counters import CounterConnector
from foyer_node.connectors.donations import DONATIONS
from foyer_node.connectors.eventbrite import EventbriteConnector
from foyer_node.connectors.generic import GenericConnector
from foyer_node.connectors.gomus import GOMUS
from foyer_node.connectors.mapado import MAPADO
from foyer_node.connectors.memberships import MEMBERSHIPS
from foyer_node.connectors.pass_culture import PASS_CULTURE
from foyer_node.connectors.pretix import PretixConnector
from foyer_node.connectors.shotgun import SHOTGUN
from foyer_node.connectors.spektrix import SPEKTRIX
from foyer_node.connectors.tessitura import TessituraConnector
from foyer_node.connectors.touchpoints import TOUCHPOINTS
from foyer_node.ports import Source, Table
from foyer_protocol.errors import ConnectorError

CONNECTORS: dict[str, Connector] = {
    connector.name: connector
    for connector in (
        PretixConnector(),
        EventbriteConnector(),
        BILLETWEB,
        MAPADO,
        SHOTGUN,
        SPEKTRIX,
        PASS_CULTURE,
        TessituraConnector(),
        ARCHTICS,
        AUDIENCEVIEW,
        AGILE,
        GOMUS,
        AGGREGATES,
        CounterConnector(),
        MEMBERSHIPS,
        DONATIONS,
        TOUCHPOINTS,
        GenericConnector(),
    )
}
"""By the name used in `foyer-node import --from NAME`."""


def choose(source: Source, name: str | None = None) -> tuple[Connector, Table]:
    """The connector and the table of a file that fit best; `name` settles the connector.

    Raises:
        ConnectorError: no connector is called `name`, or it makes no table of the file.
    """
    if name is not None and name not in CONNECTORS:
        raise ConnectorError(
            f"No connector is called {name!r}; nothing was imported.",
            hint=f"Connectors are {', '.join(CONNECTORS)}.",
        )
    connectors = [CONNECTORS[name]] if name else list(CONNECTORS.values())
    fits = [(c.recognises(t.header), c, t) for c in connectors for t in c.tables(source)]
    if not fits:
        raise ConnectorError(
            "No table that a connector knows is in the file; nothing was imported.",
            hint="Export it as CSV or XLSX, with one line per order or ticket.",
        )
    _, connector, table = max(fits, key=lambda fit: fit[0])
    return connector, table
