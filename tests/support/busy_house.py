"""Sales of a house by a rule: weeks alike, then one week with three times as much.

Known visitors are canaries, so that no log and no error may hold one of them.
"""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from tests.support.local_node import FACTS

from foyer_node.config import NodeConfig, read_config
from foyer_node.setup import FileHints, import_export, make_node

MONDAY = datetime(2026, 11, 16)
"""Of the last whole week before `local_node.TODAY`."""

TILL = ["Order no", "Order date", "Event", "Event date", "Qty", "Amount"]
KNOWN = [*TILL, "E-mail", "Postcode", "Country", "Channel", "Marketing opt-in"]
HOURS = (10, 14, 19, 22)  # by the venue's clock: one of each part of the day


def _rows(weeks: int, *, known: bool) -> Iterator[list[object]]:
    number = 0
    for week in range(weeks):
        for sale in range(12 if week == 0 else 4):
            number += 1
            at = MONDAY - timedelta(weeks=week) + timedelta(days=sale % 6, hours=11)
            event = (at + timedelta(days=10)).replace(hour=HOURS[sale % 4])
            row: list[object] = [f"N{number}", at, "Evening", event, 2, "60.00"]
            if known:
                opted = ("yes", "no", "")[number % 3]
                row += [f"canary-7f3a-{number}@example.org", "2100", "DK", "web", opted]
            yield row


def make_busy_house(folder: Path, *, weeks: int = 30, known: bool = True) -> NodeConfig:
    """A node that imported `weeks` whole weeks of sales, of known visitors or of a till."""
    make_node(folder / "node", **FACTS)
    config = read_config(folder / "node")
    path = folder / "sales.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(KNOWN if known else TILL)
        writer.writerows(_rows(weeks, known=known))
    import_export(config, path, apply=True, hints=FileHints())
    return config
