"""A release beside the exact pooled truth: the last line of the demo's output."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any


def compare(
    release: Mapping[str, Any], values: Mapping[str, Fraction], residence: Mapping[str, int]
) -> list[dict[str, object]]:
    """One record for each figure, and for each territory in which anybody lives.

    Withheld figures have no numbers and a `withheld` reason.
    """
    records: list[dict[str, object]] = []
    for figure in release["figures"]:
        key = figure["key"]
        if figure["status"] != "shown":
            records.append({"key": key, "withheld": figure["reason"]})
        elif figure["cells"]:
            records += [
                _record(f"{key}:{cell['code']}", cell, residence.get(cell["code"], 0))
                for cell in figure["cells"]
                if residence.get(cell["code"], 0)
            ]
        else:
            records.append(_record(key, figure, values[key]))
    return records


def _record(key: str, numbers: Mapping[str, Any], truth: Fraction | int) -> dict[str, object]:
    return {
        "key": key,
        "estimate": float(numbers["estimate"]),
        "low": float(numbers["low"]),
        "high": float(numbers["high"]),
        "truth": round(float(truth), 6),
    }


def covered(records: list[dict[str, object]]) -> tuple[int, int]:
    """How many intervals hold the truth, of how many."""
    shown = [one for one in records if "truth" in one]
    held = [
        one for one in shown if _number(one, "low") <= _number(one, "truth") <= _number(one, "high")
    ]
    return len(held), len(shown)


def _number(record: Mapping[str, object], name: str) -> float:
    value = record[name]
    return float(value) if isinstance(value, int | float) else float("nan")


def last_line(records: list[dict[str, object]], *, institutions: int, seconds: float) -> str:
    """The one JSON object."""
    return json.dumps(
        {
            "statistics": records,
            "institutions": institutions,
            "seconds_to_release": round(seconds, 1),
        }
    )


def table(records: list[dict[str, object]]) -> str:
    """The figures for people: estimate, interval, truth. Territories are left to the portal."""
    lines = [f"  {'statistic':28s} {'estimate':>12s} {'95 % interval':>24s} {'truth':>12s}"]
    for one in records:
        if "withheld" in one:
            lines.append(f"  {one['key']:28s} withheld: {one['withheld']}")
        elif ":" not in str(one["key"]):
            interval = f"{_number(one, 'low'):,.4g} to {_number(one, 'high'):,.4g}"
            lines.append(
                f"  {one['key']:28s} {_number(one, 'estimate'):12,.4g} {interval:>24s}"
                f" {_number(one, 'truth'):12,.4g}"
            )
    return "\n".join(lines)
