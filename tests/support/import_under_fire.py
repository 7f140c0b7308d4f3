"""One import in a process of its own, to be killed in.

`python -m ... FOLDER` makes it once; an outside tracer may kill it. Without FOLDER the process
makes one for each line `[FOLDER, CALL]` that it reads, in a fork of itself: loading our program
takes longer than the import. That fork kills itself at that call of the database (counted over
store and vault, from the first of the import on), before it is made; if there are fewer, it tells
how many there are.
"""

import json
import os
import signal
import sys
import traceback
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


def look(house: House) -> Seen:
    """What is in an open house."""
    sales = sorted(
        (line.ordered_at, line.quantity, line.paid_minor, line.visitor is None)
        for line in house.store.lines(date(2000, 1, 1), date(2100, 1, 1))
    )
    tables = house.contents()
    counts = [len(tables[f"store.{name}"]) for name in ("import_batch", "quarantine", "visitor")]
    return Seen(store=(*sales, *counts), identifiers=len(tables["vault.identifier"]))


def seen(folder: Path) -> Seen:
    """Open a house, look and close it."""
    house = House.open(folder)
    try:
        return look(house)
    finally:
        house.close()


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


def fire(folder: Path, call: int) -> int:
    """Import `AFTER` into a house that has `BEFORE`, and return how many calls it took."""
    house = House.open(folder)
    Fused.left = call
    for part in (house.store, house.vault):
        part._connection = Fused(part._connection)
        part._database.connection = part._connection
    take(house, "after.csv", AFTER)
    house.close()
    return call - Fused.left


def fork(folder: Path, call: int) -> tuple[int, str]:
    """Do it in a fork; its exit status, and what it told."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(theirs, str(fire(folder, call)).encode())
        except BaseException:  # noqa: BLE001 - this process must not go on as its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as told:
        words = told.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words


def main() -> None:
    """Once, or as often as is asked."""
    if len(sys.argv) > 1:
        house = House.open(Path(sys.argv[1]))
        take(house, "after.csv", AFTER)
        house.close()
        return
    for line in sys.stdin:
        folder, call = json.loads(line)
        print(json.dumps(fork(Path(folder), call)), flush=True)


if __name__ == "__main__":
    main()
