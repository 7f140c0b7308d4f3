"""Side tables held in memory while the lines stream past them.

The largest table, that of the lines, is read row by row and never held. Of each side
table (orders, performances, customers) only the columns that are used are kept, under
its key. What is held is counted, and a delivery that would take more is refused rather
than swapped to the disk.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from sys import getsizeof

from foyer_node.connectors.reshaping import ReshapedTable, Rows, body_of, key_of
from foyer_node.ports import Cell, Table
from foyer_protocol.errors import ConnectorError

MOST_HELD_BYTES = 1 << 30
"""Some 4 million orders with their customers: twenty years of a large house."""

_PER_ROW = 100  # a dictionary's entry and the tuple in it


class Held:
    """How much the side tables of one file take, in bytes."""

    def __init__(self, most: int = MOST_HELD_BYTES) -> None:
        self._most, self._bytes = most, 0

    def add(self, key: str, cells: Sequence[Cell]) -> None:
        """Count one row, or refuse the file."""
        self._bytes += _PER_ROW + getsizeof(key) + sum(map(getsizeof, cells))
        if self._bytes > self._most:
            raise ConnectorError(
                f"The tables to be joined would take more than {self._most >> 20} MiB of memory."
                " Nothing was imported.",
                hint="Export a shorter period, such as one season at a time.",
            )


def hold(
    table: Table, key: int, kept: Sequence[int | None], held: Held
) -> Mapping[str, tuple[Cell, ...]]:
    """The `kept` columns of each row by its `key` column; None gives None.

    Of rows with one key the first stands. A row without a key, or too short to have
    one, is left out: nothing can be joined to it.
    """
    found: dict[str, tuple[Cell, ...]] = {}
    for _, cells in body_of(table):
        name = key_of(cells[key]) if key < len(cells) else ""
        if not name or name in found:
            continue
        row = tuple(None if at is None or at >= len(cells) else cells[at] for at in kept)
        held.add(name, row)
        found[name] = row
    return found


def widen(table: Table, key: int, side: Table, side_key: int, added: Mapping[str, int]) -> Table:
    """`table` with columns of a `side` table behind its own, joined by key.

    `added` gives the names of the new columns and their positions in the side table. A row
    whose key is not in the side table has nothing in them.
    """
    width, nothing = len(table.header), (None,) * len(added)

    @cache
    def held() -> Mapping[str, tuple[Cell, ...]]:
        return hold(side, side_key, tuple(added.values()), Held())

    def made() -> Rows:
        for number, cells in body_of(table):
            if len(cells) < width:  # refused as a short row
                yield number, cells
                continue
            yield number, [*cells[:width], *held().get(key_of(cells[key]), nothing)]

    return ReshapedTable(header=(*table.header, *added), layout="joined tables", made=made)
