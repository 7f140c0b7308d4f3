"""Some lines of a delimited file of which every line is one row."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from foyer_node.adapters.table_files import DelimitedTable
from foyer_node.ports import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedLines:
    """Rows of `table`, read again from the disk each time they are asked for."""

    table: DelimitedTable
    path: Path
    numbers: Sequence[int] = field(repr=False)  # lines of the file, counted from 1, ascending

    @property
    def header(self) -> tuple[str, ...]:
        """As of the whole table."""
        return self.table.header

    @property
    def layout(self) -> str:
        """As of the whole table."""
        return self.table.layout

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Each row that is not blank, with its line."""
        at = 0
        with self.path.open("rb") as file:
            for number in self.numbers:
                line = next(islice(file, number - at - 1, None))
                at = number
                (cells,) = csv.reader([line.decode()], delimiter=self.table.delimiter)
                if any(cells):
                    yield number, cells
