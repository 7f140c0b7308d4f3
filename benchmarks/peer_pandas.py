"""The sums of `bounding` by pandas: `python -m benchmarks.peer_pandas LINES ASKED`.

Run by a Python that has pandas; it need not have Foyer.
"""

from pathlib import Path

import pandas as pd

from benchmarks.peer_answers import Asked, Sums, answer, cells, tree


def compute(path: Path, asked: Asked) -> Sums:
    """Read the lines of the period once with all columns, and bookers of all windows once."""
    starts, ends = map(pd.Timestamp, asked["windows"]["period"])
    lines = pd.read_parquet(path, filters=[("ordered_at", ">=", starts), ("ordered_at", "<", ends)])
    sums = {**_tickets(lines, asked), "spend": [_spend(lines, asked)]}
    homes = lines[lines.booker].sort_values(["ordered_at", "order", "territory"])
    homes = homes.drop_duplicates("unit", keep="last").territory.value_counts()
    sums["residence"] = cells(homes.to_dict(), asked["codes"])
    sums["lead_times"] = _lead_times(lines, asked)
    del lines
    return sums | _visitors(path, asked)


def _tickets(lines: pd.DataFrame, asked: Asked) -> Sums:
    whole = pd.Series(True, index=lines.index)
    filters = {
        "tickets": whole, "online": lines.online, "known": lines.known,
        "paid": lines.paid_minor > 0,
    }  # fmt: skip
    return {
        name: [int(lines[chosen].groupby("unit").quantity.sum().clip(0, asked["cap"]).sum())]
        for name, chosen in filters.items()
    }


def _spend(lines: pd.DataFrame, asked: Asked) -> int:
    paid = lines[lines.paid_minor > 0].groupby("unit").paid_minor.sum()
    steps, twice = paid // asked["step"], paid % asked["step"] * 2
    up = (twice > asked["step"]) | ((twice == asked["step"]) & (steps % 2 == 1))
    return int((steps + up).clip(upper=asked["spend_cap"]).sum())


def _lead_times(lines: pd.DataFrame, asked: Asked) -> list[int]:
    timed = lines[lines.person & lines.event_at.notna()]
    firsts = timed.groupby(["unit", "order"])[["event_at", "ordered_at"]].min()
    days = (firsts.event_at - firsts.ordered_at).clip(lower=pd.Timedelta(0)).dt.days
    middles = days.groupby(level="unit").quantile(0.5, interpolation="lower")
    counts = {int(day): units for day, units in middles.value_counts().items()}
    return tree(counts, asked["edges"], asked["branching"])


def _visitors(path: Path, asked: Asked) -> Sums:
    bookers = pd.read_parquet(
        path, columns=["unit", "ordered_at"], filters=[("booker", "==", True)]
    )
    booked = {}
    for name, (starts, ends) in asked["windows"].items():
        inside = (bookers.ordered_at >= starts) & (bookers.ordered_at < ends)
        booked[name] = pd.Index(bookers.unit[inside].unique())
    period, previous = booked["period"], booked["previous"]
    return {
        "bookers": [len(period)],
        "new": [len(period.difference(booked["history"], sort=False))],
        "previous": [len(previous)],
        "retained": [len(period.intersection(previous, sort=False))],
    }


if __name__ == "__main__":
    answer(compute)
