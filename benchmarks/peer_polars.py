"""The sums of `bounding` by Polars: `python -m benchmarks.peer_polars LINES ASKED`.

Run by a Python that has Polars; it need not have Foyer.
"""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.peer_answers import Asked, Sums, answer, cells, tree


def compute(path: Path, asked: Asked) -> Sums:
    """Scan lazily, so that Polars reads no column or line that it does not need."""
    windows = {
        name: pl.col("ordered_at").is_between(
            datetime.fromisoformat(starts), datetime.fromisoformat(ends), closed="left"
        )
        for name, (starts, ends) in asked["windows"].items()
    }
    lines = pl.scan_parquet(path).filter(windows["period"])
    home = pl.col("territory").sort_by("ordered_at", "order", "territory").last()
    queries = [
        _units(lines, asked),
        lines.filter("booker").group_by("unit").agg(home).group_by("territory").len(),
        _days(lines),
        _visitors(pl.scan_parquet(path), windows),
    ]
    units, homes, days, visitors = pl.collect_all(queries)
    sums = {name: [value] for name, value in (units.row(0, named=True)).items()}
    sums |= {name: [value] for name, value in (visitors.row(0, named=True)).items()}
    sums["residence"] = cells(dict(homes.iter_rows()), asked["codes"])
    sums["lead_times"] = tree(
        {int(day): units for day, units in days.iter_rows()}, asked["edges"], asked["branching"]
    )
    return sums


def _units(lines: pl.LazyFrame, asked: Asked) -> pl.LazyFrame:
    quantity, paid = pl.col("quantity").cast(pl.Int64), pl.col("paid_minor")
    per_unit = lines.group_by("unit").agg(
        tickets=quantity.sum(),
        online=quantity.filter("online").sum(),
        known=quantity.filter("known").sum(),
        paid=quantity.filter(paid > 0).sum(),
        spend=paid.filter(paid > 0).sum(),
    )
    step = asked["step"]
    steps, twice = pl.col("spend") // step, pl.col("spend") % step * 2
    up = (twice > step) | ((twice == step) & (steps % 2 == 1))
    return per_unit.select(
        pl.col("tickets", "online", "known", "paid").clip(0, asked["cap"]).sum(),
        spend=(steps + up.cast(pl.Int64)).clip(upper_bound=asked["spend_cap"]).sum(),
    )


def _days(lines: pl.LazyFrame) -> pl.LazyFrame:
    timed = lines.filter(pl.col("person") & pl.col("event_at").is_not_null())
    firsts = timed.group_by("unit", "order").agg(pl.col("event_at", "ordered_at").min())
    wait = (pl.col("event_at") - pl.col("ordered_at")).clip(lower_bound=timedelta(0))
    days = firsts.select("unit", days=wait.dt.total_days())
    middles = days.group_by("unit").agg(pl.col("days").quantile(0.5, interpolation="lower"))
    return middles.group_by("days").len()


def _visitors(lines: pl.LazyFrame, windows: dict[str, pl.Expr]) -> pl.LazyFrame:
    booked = (
        lines.filter("booker")
        .group_by("unit")
        .agg(**{name: inside.any() for name, inside in windows.items()})
    )
    period, previous, history = (pl.col(name) for name in ("period", "previous", "history"))
    return booked.select(
        bookers=period.sum(),
        new=(period & ~history).sum(),
        previous=previous.sum(),
        retained=(period & previous).sum(),
    )


if __name__ == "__main__":
    answer(compute)
