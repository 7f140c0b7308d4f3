"""A box office of a given number of lines, as a CSV with the columns most exports have."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

LINES = 100_000
"""Some four years of a house with 25,000 lines a year."""

HEADER = (
    "Order no", "Order date", "Event", "Event date", "Qty", "Amount", "E-mail", "Postcode",
    "Country", "Channel",
)  # fmt: skip
FIRST = datetime(2022, 7, 2, 10)
MINUTES_APART = 21
VISITORS = 30_011
"""A prime, so that who buys does not follow what is bought."""


def write_box_office(path: Path, lines: int = LINES) -> Path:
    """Write the file. The same lines every time: what is timed must not vary."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(lines):
            at = FIRST + timedelta(minutes=MINUTES_APART * number)
            shown = at.replace(hour=19, minute=30) + timedelta(days=number * 7 % 60)
            who = number * 17 % VISITORS
            writer.writerow(
                (
                    f"N{number}", f"{at:%Y-%m-%d %H:%M:%S}", f"Evening {number % 40}",
                    f"{shown:%Y-%m-%d %H:%M:%S}", 1 + number % 4, f"{12 + number % 30}.50",
                    f"visitor{who}@example.org" if number % 5 else "", 2000 + who % 900,
                    "DK", "web" if number % 3 else "box office",
                )
            )  # fmt: skip
    return path
