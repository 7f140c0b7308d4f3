"""One import in a process of its own, to be killed in: `python -m ... FOLDER [CALL]`.

With CALL the process kills itself at that call of the database (counted over store and
vault, from the first of the import on), before it is made; if there are fewer, it prints how
many there are. Without, an outside tracer may kill it.
"""

import os
import signal
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tests.support.exports import House, usual

HEADER = "order no,order date,event,event date,qty,amount,email,status\n"
BEFORE = (
    "A1,2026-01-14 10:00,Hamlet,2026-02-20 20:00,2,40.00,ada@example.org,Paid",
    "A2,2026-01-15 10:00,Hamlet,2026-02-20 20:00,1,20.00,,Paid",
)
AFTER = (
    "A1,2026-01-14 10:00,Hamlet,2026-02-20 20:00,5,99.00,ada@example.org,Paid",
    "A3,2026-01-16 10:00,Faust,2026-02-21 20:00,3,60.00,bo@example.org,Paid",
    "A4,not a date,Faust,2026-02-21 20:00,3,60.00,cy@example.org,Paid",
)


def take(house: House, name: str, rows: tuple[str, ...]) -> None:
    """Import rows from a file of the house's folder."""
    path = house.folder / name
    path.write_text(HEADER + "\n".join(rows) + "\n")
    house.take(path, replace(usual(), most_rejected_share=0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a reader finds in a house."""

    store: tuple[object, ...]  # sales, and how many imports, refused rows and visitors
    identifiers: int  # in the vault


def seen(folder: Path) -> Seen:
    """Open a house, look and close it."""
    house = House.open(folder)
    sales = sorted(
        (line.ordered_at, line.quantity, line.paid_minor, line.visitor is None)
        for line in house.store.lines(date(2000, 1, 1), date(2100, 1, 1))
    )
    tables = house.contents()
    house.close()
    counts = [len(tables[f"store.{name}"]) for name in ("import_batch", "quarantine", "visitor")]
    return Seen(store=(*sales, *counts), identifiers=len(tables["vault.identifier"]))


class Fused:
    """A connection on which the process dies at its n-th call, counted over all of them."""

    left = 0

    def __init__(self, connection: object) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> object:
        if name in {"execute", "close"}:
            Fused.left -= 1
            if Fused.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self._connection, name)


def main() -> None:
    """Import `AFTER` into a house that has `BEFORE`."""
    house = House.open(Path(sys.argv[1]))
    if len(sys.argv) > 2:
        Fused.left = int(sys.argv[2])
        for part in (house.store, house.vault):
            part._connection = Fused(part._connection)
            part._database.connection = part._connection
    take(house, "after.csv", AFTER)
    house.close()
    if len(sys.argv) > 2:
        print(int(sys.argv[2]) - Fused.left)


if __name__ == "__main__":
    main()
