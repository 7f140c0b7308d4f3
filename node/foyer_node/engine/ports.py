"""What the engine asks of the store that holds the imported lines."""

from datetime import date
from typing import Protocol


class LineStore(Protocol):
    """A store with the view `eligible_line`, columns as `catalogue.schema.EligibleLine`."""

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        """Run one compiled measure and return its rows `(slot, total)`.

        `parameters` are bound to the `?` of `sql` in order; they are integers, naive UTC
        datetimes, and lists of integers or of strings.
        """
        ...

    def history_starts(self) -> date | None:
        """First day of the imported history, or None where nothing was imported.

        It switches whole statistics on and off without noise, so it must be a fact of the
        imports (the first day a file covers), not of one visitor's earliest order.
        """
        ...
