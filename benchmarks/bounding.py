"""The same clipped sums per visitor by this engine, by pandas and by Polars, on the same lines.

All three answer for the same leaves over the same period, one after the other, each in a
process of its own with two threads, and must give the very same numbers. The engine opens
its encrypted store and joins the lines from the tables of an import. The others are given
what is easiest for them: one Parquet file of eligible lines, joined already, in clear, with
ids as 64-bit numbers. Timed is from there to the sums; starting Python and importing the
library are not.

pandas and Polars are no part of the development environment, for DuckDB becomes slower at
taking Python's values where it finds pandas. `FOYER_PEERS_PYTHON` names a Python that has the
dependency group `bench` of `pyproject.toml`; without it the comparison is left out, and says so:

    .venv/bin/uv venv PEERS
    .venv/bin/uv pip install --python PEERS/bin/python --group bench
    FOYER_PEERS_PYTHON=PEERS/bin/python make bench NAME=node
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

import duckdb

from benchmarks.machine import ROOT
from benchmarks.peer_answers import tell
from foyer_node.adapters.key_files import STORE_KEY, read_data_key
from foyer_node.app import reading_store
from foyer_node.config import read_config
from foyer_node.engine.compile import compile_leaves
from foyer_node.holdings import STORE_NAME
from foyer_protocol.catalogue.measures import (
    LeadTimes,
    Leaf,
    Residence,
    Spend,
    Tickets,
    Visitors,
    Window,
)
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.catalogue.territories import TERRITORIES

PEERS_PYTHON = "FOYER_PEERS_PYTHON"
ENGINE = "this engine"
PEERS = {"pandas": "benchmarks.peer_pandas", "Polars": "benchmarks.peer_polars"}
THREADS = "2"
YEAR = Period(starts=date(2025, 1, 1), ends=date(2026, 1, 1))

CAP, SPEND_CAP, STEP = 40, 1200, 50
EDGES = (*range(240), *range(240, 369, 8))
LEAVES: dict[str, Leaf] = {
    "tickets": Tickets(cap=CAP),
    "online": Tickets(cap=CAP, online=True),
    "known": Tickets(cap=CAP, identified=True),
    "paid": Tickets(cap=CAP, paid=True),
    "spend": Spend(cap=SPEND_CAP, step_minor=STEP),
    "bookers": Visitors(booked=(Window.PERIOD,)),
    "new": Visitors(booked=(Window.PERIOD,), not_booked=(Window.HISTORY,)),
    "previous": Visitors(booked=(Window.PREVIOUS,)),
    "retained": Visitors(booked=(Window.PREVIOUS, Window.PERIOD)),
    "residence": Residence(codes=TERRITORIES),
    "lead_times": LeadTimes(edges=EDGES),
}
"""What the first nine statistics are computed from, written out so that the peers may be too."""

_NUMBER = "('0x' || replace(left({id}::VARCHAR, 18), '-', ''))::UBIGINT"
_LINES = f"""
    SELECT {_NUMBER.format(id="unit")} AS unit, visitor IS NOT NULL AND person AS booker, person,
        visitor IS NOT NULL AS known, {_NUMBER.format(id='"order"')} AS "order", ordered_at,
        event_at, quantity, paid_minor, online, territory
    FROM store.eligible_line"""


def compare(node: Path) -> dict[str, dict[str, float]]:
    """Seconds and MiB of each, the engine first; nothing where there are no peers.

    Raises:
        ValueError: two of them differ in a sum.
    """
    python = os.environ.get(PEERS_PYTHON)
    if python is None:
        print(f"node: pandas and Polars left out: {PEERS_PYTHON} names no Python that has them",
              file=sys.stderr)  # fmt: skip
        return {}
    lines, asked = node / "lines.parquet", node / "asked.json"
    hand_over(node, lines)
    asked.write_text(json.dumps(_asked()), encoding="utf-8")
    commands = {ENGINE: [sys.executable, "-m", "benchmarks.bounding", str(node)]}
    for name, module in PEERS.items():
        commands[name] = [python, "-m", module, str(lines), str(asked)]
    found = {name: _answer(command) for name, command in commands.items()}
    lines.unlink()
    for name, one in found.items():
        if one["sums"] != found[ENGINE]["sums"]:
            raise ValueError(f"{name} and the engine differ in a sum; nothing was kept")
    return {name: {"seconds": one["seconds"], "mib": one["mib"]} for name, one in found.items()}


def hand_over(node: Path, path: Path) -> None:
    """Write the eligible lines of a node's store into a Parquet file, in clear."""
    config = read_config(node)
    key = read_data_key(config.path("keys", STORE_KEY)).hex()
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"ATTACH '{config.path(STORE_NAME)}' AS store (ENCRYPTION_KEY '{key}', READ_ONLY)"
        )
        connection.execute(f"COPY ({_LINES}) TO '{path}' (FORMAT parquet)")


def _asked() -> dict[str, object]:
    windows = {"period": YEAR, "previous": YEAR.previous(), "history": YEAR.history()}
    return {
        "windows": {
            name: [days.starts.isoformat(), days.ends.isoformat()]
            for name, days in windows.items()
        },
        "cap": CAP, "spend_cap": SPEND_CAP, "step": STEP,
        "codes": TERRITORIES, "edges": EDGES, "branching": LeadTimes(edges=EDGES).branching,
    }  # fmt: skip


def _answer(command: list[str]) -> dict[str, object]:
    threads = {"POLARS_MAX_THREADS": THREADS, "OMP_NUM_THREADS": THREADS}
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | threads
    )
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def _sums(node: Path) -> Iterator[tuple[str, list[int]]]:
    rows = []
    with reading_store(read_config(node)) as store:
        for query in compile_leaves(list(LEAVES.values()), YEAR):
            rows += store.execute_measure(query.sql, query.parameters)
    for position, (name, leaf) in enumerate(LEAVES.items()):
        slots = [0] * leaf.width
        for number, slot, total in rows:
            if number == position:
                slots[slot] = total
        yield name, slots


def _engine(node: Path) -> None:
    start = perf_counter()
    sums = dict(_sums(node))
    tell(perf_counter() - start, sums)


if __name__ == "__main__":
    _engine(Path(sys.argv[1]))
