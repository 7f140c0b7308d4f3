"""What the engine asks of the store that holds the imported lines."""

from typing import Protocol

from foyer_node.engine.facts import ImportFacts


class LineStore(Protocol):
    """A store with the view `eligible_line`, columns as `catalogue.schema.EligibleLine`."""

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        """Run one compiled statement and return its rows `(leaf, slot, total)`.

        `parameters` are bound to the `?` of `sql` in order; they are integers, naive UTC
        datetimes, and lists of integers or of strings.
        """
        ...

    def facts(self) -> ImportFacts:
        """What the applied imports provide and cover.

        It switches whole statistics on and off without noise, so it must come from what was
        noted at each import, not from the lines that are held now.
        """
        ...
