"""What the peers of `bounding` have in common. Needs nothing but Python."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.peak import peak_mib

Sums = dict[str, list[int]]
Asked = Mapping[str, Any]
"""Windows, caps, codes and edges, as `bounding` writes them."""


def answer(compute: Callable[[Path, Asked], Sums]) -> None:
    """Compute what the command line asks for and print it with its time and peak memory."""
    lines, asked = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    start = perf_counter()
    sums = compute(lines, asked)
    tell(perf_counter() - start, sums)


def tell(seconds: float, sums: Sums) -> None:
    """Print what `bounding` reads: seconds, MiB at the peak, and the sums."""
    print(json.dumps({"seconds": seconds, "mib": peak_mib(), "sums": sums}))


def cells(counts: Mapping[str, int], codes: Sequence[str]) -> list[int]:
    """Counts by territory, in the order of `codes`; any other territory in the last."""
    slots = [0] * len(codes)
    for code, units in counts.items():
        slots[codes.index(code) if code in codes else -1] += units
    return slots


def tree(days: Mapping[int, int], edges: Sequence[int], branching: int) -> list[int]:
    """Counts by day, as the levels of a tree below its root, coarsest first."""
    leaves = [0] * (len(edges) - 1)
    for day, units in days.items():
        leaves[max(i for i, edge in enumerate(edges[:-1]) if edge <= day)] += units
    levels = [leaves]
    while len(levels[0]) > branching:
        below = levels[0]
        levels.insert(0, [sum(below[i : i + branching]) for i in range(0, len(below), branching)])
    return [units for level in levels for units in level]
