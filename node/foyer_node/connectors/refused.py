"""A row that is refused while it is read."""

from foyer_node.connectors.connector import Reason


class Refused(Exception):
    """A row's reason, on its way to become a `Rejected`. Never leaves this package."""

    def __init__(self, reason: Reason, column: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
